package entry

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// distance counts edits (optimal string alignment) the way textbooks do.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	d := make([][]int, len(x)+1)
	for i := range d {
		d[i] = make([]int, len(y)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			other := 1
			if x[i-1] == y[j-1] {
				other = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+other)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(x)][len(y)]
}

func meet(a, b string) bool {
	keys := set(Variants(a))
	for _, k := range Variants(b) {
		if keys[string(k)] {
			return true
		}
	}
	return false
}

func checkNear(t *testing.T, a, b string) {
	d := distance(a, b)
	long := max(utf8.RuneCountInString(a), utf8.RuneCountInString(b)) >= minFuzzy
	if near := Near(a, b); near != (d == 0 || d == 1 && long) || near != Near(b, a) {
		t.Fatalf("%+q and %+q at distance %d: near is %v", a, b, d, near)
	}
	if Near(a, b) && !meet(a, b) {
		t.Fatalf("%+q and %+q are near and share no variant", a, b)
	}
	if meet(a, b) && d > 2 {
		t.Fatalf("%+q and %+q share a variant at distance %d", a, b, d)
	}
}

func TestNearWordsShareAVariant(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	letters := []rune("aabé漢")
	near := 0
	for range 100000 {
		word := func() string {
			w := make([]rune, 1+r.IntN(6))
			for i := range w {
				w[i] = letters[r.IntN(len(letters))]
			}
			return string(w)
		}
		a, b := word(), word()
		checkNear(t, a, b)
		if a != b && Near(a, b) {
			near++
		}
	}
	require.Greater(t, near, 500)
}

func TestNear(t *testing.T) {
	for _, c := range []struct {
		a, b string
		near bool
	}{
		{"smith", "smyth", true}, {"smith", "smit", true}, {"smith", "smiths", true}, {"smith", "msith", true},
		{"smith", "smiht", true}, {"smith", "simht", false}, {"smith", "schmidt", false}, {"abc", "abcd", true},
		{"abc", "abd", false}, {"abc", "acb", false}, {"ab", "abc", false}, {"abc", "abc", true},
	} {
		require.Equal(t, c.near, Near(c.a, c.b), "%s %s", c.a, c.b)
		checkNear(t, c.a, c.b)
	}
	require.Len(t, Variants("abcd"), 5)
	require.Len(t, Variants("aaaa"), 2)
	require.Len(t, Variants("abc"), 1)
	require.Len(t, Variants(strings.Repeat("ab", 32)), 65)
	require.Empty(t, VariantKeys(" - "))
	require.Equal(t, append(Variants("abcd"), Variants("xyz")...), VariantKeys("abcd xyz abcd"))
}

func FuzzNear(f *testing.F) {
	f.Add("smith", "smyth")
	f.Add("abc", "abcd")
	f.Add("ab漢字", "a漢b字")
	f.Fuzz(func(t *testing.T, a, b string) {
		if utf8.ValidString(a) && utf8.ValidString(b) && len(a) < 100 && len(b) < 100 {
			checkNear(t, a, b)
		}
	})
}
