package search_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
)

// One value in every context, and no two terms alike.
func TestEveryContextHasTermsOfItsOwn(t *testing.T) {
	ring := fixedRing(t)
	other, err := keys.NewRing()
	require.NoError(t, err)
	const v = "a@b"
	terms := map[string]string{}
	add := func(what string, from keys.Source, path ...keys.Label) {
		x := search.NewIndex(derive(t, from, path...), search.Options{Bits: 256, AcceptFrequencyLeak: true})
		values := []any{v, v}
		if !strings.Contains(string(path[len(path)-1]), "+b/") {
			values = values[:1]
		}
		b := string(term(t, x, values...))
		require.Empty(t, terms[b], what)
		terms[b] = what
	}
	patients, email := keys.Table("patients"), search.Exact("email")
	add("plain", ring, patients, email)
	add("another ring", other, patients, email)
	add("another table", ring, keys.Table("doctors"), email)
	add("another case of the table", ring, keys.Table("Patients"), email)
	add("another column", ring, patients, search.Exact("email2"))
	add("a scope", ring, keys.Scope("tenant", "1"), patients, email)
	add("another scope id", ring, keys.Scope("tenant", "2"), patients, email)
	add("another scope kind", ring, keys.Scope("subject", "1"), patients, email)
	for _, by := range [][]search.Transform{
		{search.Trim}, {search.Space}, {search.Fold}, {search.Email}, {search.Trim, search.Fold}, {search.Fold, search.Trim},
		{search.First(3)}, {search.First(4)}, {search.Last(3)}, // each leaves the value as it is
	} {
		add(fmt.Sprint(by), ring, patients, search.Exact("email", by...))
	}
	fold := []search.Transform{search.Fold}
	add("a tuple", ring, patients, search.ExactTuple(search.Column{Name: "a"}, search.Column{Name: "b"}))
	add("a tuple of other columns", ring, patients, search.ExactTuple(search.Column{Name: "c"}, search.Column{Name: "b"}))
	add("a tuple with a transform", ring, patients, search.ExactTuple(search.Column{Name: "a", Transforms: fold}, search.Column{Name: "b"}))
	add("a tuple with it on the other", ring, patients, search.ExactTuple(search.Column{Name: "a"}, search.Column{Name: "b", Transforms: fold}))
	require.Len(t, terms, 8+9+4)
}

// Terms of one index differ where values do, and only there.
func TestTheDeclaredTypeSaysWhatIsEqual(t *testing.T) {
	ring := fixedRing(t)
	at := time.Date(1969, 12, 31, 23, 59, 59, 5, time.UTC)
	for _, c := range []struct {
		typ              search.Type
		v, same, another any
	}{
		{search.Text, "1", []byte("1"), "1 "},
		{search.Bytes, []byte("1"), "1", "\x01"},
		{search.Int, int8(-1), int64(-1), 1},
		{search.Uint, 1, uint64(1), 2},
		{search.Float32, float32(0), float32(negativeZero), float32(1)},
		{search.Float64, 0.0, negativeZero, 5e-324},
		{search.Time, at, at.In(time.FixedZone("", -3600)), at.Add(1)},
		{search.UUID, "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6", [16]byte{0xf8, 0x1d, 0x4f, 0xae, 0x7d, 0xec, 0x11, 0xd0, 0xa7, 0x65, 0, 0xa0, 0xc9, 0x1e, 0x6b, 0xf6}, [16]byte{}},
		{search.Decimal, "1.50", "15e-1", "1.51"},
		{search.Bool, true, new(true), false},
	} {
		x := index(t, ring, search.Exact("c"), search.Options{Types: []search.Type{c.typ}, AcceptFrequencyLeak: true})
		require.Equal(t, term(t, x, c.v), term(t, x, c.same), "%v", c.typ)
		require.NotEqual(t, term(t, x, c.v), term(t, x, c.another), "%v", c.typ)
	}
}

var negativeZero = func() float64 { z := 0.0; return -z }()

// Length prefixes keep a tuple's columns apart.
func TestTuplesAreNotAmbiguous(t *testing.T) {
	x := index(t, fixedRing(t), search.ExactTuple(search.Column{Name: "a"}, search.Column{Name: "b"}), search.Options{Bits: 256})
	terms := map[string]string{}
	for _, values := range [][]any{{"ab", "c"}, {"a", "bc"}, {"", "abc"}, {"abc", ""}, {"c", "ab"}, {"a", "\x01b"}, {"a\x01", "b"}, {"\x01a", "b"}} {
		b := string(term(t, x, values...))
		require.Empty(t, terms[b], "%q", values)
		terms[b] = fmt.Sprintf("%q", values)
	}
}
