package entry

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/search/internal/transform"
)

func TestGrams(t *testing.T) {
	gram := func(s string) []byte {
		var k keySet
		k.add(tagGram, s)
		return k.keys[0]
	}
	for _, c := range []struct {
		text           string
		atFront, atEnd bool
		want           []string
	}{
		{"abcd", false, false, []string{"abc", "bcd"}},
		{"abcd", true, false, []string{"\x02ab", "abc", "bcd"}},
		{"abcd", false, true, []string{"abc", "bcd", "cd\x03"}},
		{"ab", true, false, []string{"\x02ab"}},
		{"ab", false, true, []string{"ab\x03"}},
		{"a", true, true, []string{"\x02a\x03"}},
		{"aaaaa", false, false, []string{"aaa"}},
		{"\u00DFü\U0001D400漢", false, false, []string{"\u00DFü\U0001D400", "ü\U0001D400漢"}},
		{"%_\\", false, false, []string{"%_\\"}},
		{"a\x00b", false, false, []string{"a\x00b"}},
	} {
		var want [][]byte
		for _, g := range c.want {
			want = append(want, gram(g))
		}
		got, err := Grams(c.text, c.atFront, c.atEnd)
		require.NoError(t, err)
		require.Equal(t, want, got, "%q", c.text)
	}
	for _, c := range []struct {
		text           string
		atFront, atEnd bool
		err            error
	}{
		{"", false, false, ErrShort}, {"", true, true, ErrShort}, {"ab", false, false, ErrShort}, {"é漢", false, false, ErrShort},
		{"a", true, false, ErrShort}, {"a", false, true, ErrShort}, {"abc\x02", false, false, errPad}, {"\x03", true, true, errPad},
		{"abc\xff", false, false, transform.ErrUTF8},
	} {
		_, err := Grams(c.text, c.atFront, c.atEnd)
		require.ErrorIs(t, err, c.err, "%q", c.text)
	}
	none, err := GramKeys("")
	require.NoError(t, err)
	require.Empty(t, none)
}

func set(list [][]byte) map[string]bool {
	m := map[string]bool{}
	for _, k := range list {
		m[string(k)] = true
	}
	return m
}

// What a value holds, its grams say; at its beginning and end too.
func checkPieces(t *testing.T, value, piece string) {
	all, err := GramKeys(value)
	if err != nil {
		return
	}
	have := set(all)
	if len(have) != len(all) {
		t.Fatalf("%q has a key twice", value)
	}
	for _, c := range []struct{ holds, atFront, atEnd bool }{
		{strings.Contains(value, piece), false, false},
		{strings.HasPrefix(value, piece), true, false},
		{strings.HasSuffix(value, piece), false, true},
		{value == piece, true, true},
	} {
		asked, err := Grams(piece, c.atFront, c.atEnd)
		if !c.holds || err != nil {
			continue
		}
		for _, k := range asked {
			if !have[string(k)] {
				t.Fatalf("%q holds %q, and its grams do not", value, piece)
			}
		}
	}
}

func TestGramsOfPiecesAreGramsOfTheWhole(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	letters := []rune("aab\u00E9漢\U0001D400 %")
	for range 20000 {
		value := make([]rune, 1+r.IntN(12))
		for i := range value {
			value[i] = letters[r.IntN(len(letters))]
		}
		from := r.IntN(len(value))
		checkPieces(t, string(value), string(value[from:from+1+r.IntN(len(value)-from)]))
	}
}

func FuzzGrams(f *testing.F) {
	f.Add("banana", uint8(1), uint8(4))
	f.Add("a\u0301\U0001D400é漢", uint8(0), uint8(3))
	f.Add("a\x02b", uint8(0), uint8(3))
	f.Fuzz(func(t *testing.T, s string, from, to uint8) {
		if int(to) > len(s) || from > to {
			return
		}
		checkPieces(t, s, s[from:to])
		if _, err := GramKeys(s); utf8.ValidString(s) && !strings.ContainsAny(s, "\x02\x03") != (err == nil) {
			t.Fatalf("%q: %v", s, err)
		}
	})
}
