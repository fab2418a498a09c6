package search_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
)

const address = " Siobhan.ODonnell@Example.com "

func emailIndex(t testing.TB, from keys.Source, o search.Options) *search.Index {
	return index(t, from, search.Exact("email", search.Trim, search.Fold), o)
}

// What it takes now; less is welcome. The values' slice and the string in it are
// the caller's.
func TestAllocationsOfTerm(t *testing.T) {
	if raceDetector {
		t.Skip("under the race detector sync.Pool forgets on purpose")
	}
	x := emailIndex(t, fixedRing(t), search.Options{})
	var v any = address
	require.LessOrEqual(t, testing.AllocsPerRun(200, func() { _, _ = x.Term(v) }), 4.0)
	require.LessOrEqual(t, testing.AllocsPerRun(200, func() { _, _ = x.Match(v) }), 6.0)
}

func BenchmarkTerm(b *testing.B) {
	one := onlyKey(b, fixedRing(b), primaryKey)
	column := func(name string) search.Column {
		return search.Column{Name: name, Transforms: []search.Transform{search.Trim, search.Fold}}
	}
	for _, c := range []struct {
		name   string
		x      *search.Index
		values []any
	}{
		{"email", emailIndex(b, one, search.Options{}), []any{address}},
		{"unique", emailIndex(b, one, search.Options{Unique: true}), []any{address}},
		{"nonASCII", emailIndex(b, one, search.Options{}), []any{"Siobhán Ní Dhúill"}},
		{"compound", index(b, one, search.ExactTuple(column("name"), column("city")), search.Options{}), []any{"Siobhan O'Donnell", "Cork"}},
		{"int", index(b, one, search.Exact("mrn"), search.Options{Types: []search.Type{search.Int}}), []any{4711}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = c.x.Term(c.values...)
			}
		})
	}
}

func BenchmarkMatchTwoKeys(b *testing.B) {
	x := emailIndex(b, fixedRing(b), search.Options{})
	b.ReportAllocs()
	for b.Loop() {
		_, _ = x.Match(address)
	}
}

// BenchmarkBareHMAC is what of all this cannot be saved.
func BenchmarkBareHMAC(b *testing.B) {
	h := hmac.New(sha256.New, make([]byte, 32))
	in, out := []byte("\x20siobhan.odonnell@example.com"), make([]byte, 0, 32)
	b.ReportAllocs()
	for b.Loop() {
		h.Reset()
		h.Write(in)
		h.Sum(out)
	}
}
