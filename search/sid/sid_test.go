package sid_test

import (
	"bytes"
	"fmt"
	"math/bits"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/internal/searchtest"
	"github.com/cellseal/cellseal/search/sid"
)

func index(t testing.TB, from keys.Source, label keys.Label, o sid.Options) *sid.Index {
	return sid.NewIndex(searchtest.Derive(t, from, keys.Table("patients"), label), o)
}

func entry(t testing.TB, x *sid.Index, row []byte, v any) sid.Entry {
	e, err := x.Entry(row, v)
	require.NoError(t, err)
	return e
}

// Two entries of one row have no more in common than two of any rows, in one column's entries or in
// two's.
func TestNothingLinksTheEntriesOfARow(t *testing.T) {
	ring := searchtest.FixedRing(t)
	for _, size := range []int{8, 16} {
		a := index(t, ring, sid.Label("diagnosis"), sid.Options{RowSize: size})
		b := index(t, ring, sid.Label("city"), sid.Options{RowSize: size})
		const rows = 4000
		var counts [256]int
		seen := map[string]bool{}
		same, other := 0, 0
		var before sid.Entry
		for i := range rows {
			row := append(make([]byte, size-8), sid.Int(int64(i))...) // as alike as ids can be
			first := entry(t, a, row, fmt.Sprintf("diagnosis %d", i%5))
			for _, e := range []sid.Entry{entry(t, b, row, fmt.Sprintf("city %d", i%7)), entry(t, a, row, fmt.Sprintf("diagnosis %d", i%5+1))} {
				require.False(t, seen[string(e.SID)])
				seen[string(e.SID)] = true
				same += distance(first.SID, e.SID)
				if i > 0 {
					other += distance(before.SID, e.SID)
				}
				for _, c := range e.SID {
					counts[c]++
				}
			}
			before = first
		}
		half := float64(8*(size+8)) / 2
		require.InDelta(t, half, float64(same)/(2*rows), .3, "bits in which two entries of one row differ")
		require.InDelta(t, half, float64(other)/(2*(rows-1)), .3, "and two of different rows")
		chi, expected := 0.0, float64(2*rows*(size+8))/256
		for _, n := range counts {
			chi += (float64(n) - expected) * (float64(n) - expected) / expected
		}
		require.Less(t, chi, 340.0, "255 degrees of freedom: one in 4 000 is above")
	}
}

func distance(a, b []byte) (n int) {
	for i := range a {
		n += bits.OnesCount8(a[i] ^ b[i])
	}
	return n
}

// Who can write the table can move and invent entries, and is found out.
func TestAlteredEntries(t *testing.T) {
	ring := searchtest.NewRing(t)
	for _, size := range []int{8, 16} {
		x := index(t, ring, sid.Label("city"), sid.Options{RowSize: size})
		row := bytes.Repeat([]byte{7}, size)
		cork, dublin := entry(t, x, row, "Cork"), entry(t, x, row, "Dublin")
		back, err := x.Row(cork)
		require.NoError(t, err)
		require.Equal(t, row, back)
		for i := range cork.SID {
			id := bytes.Clone(cork.SID)
			id[i] ^= 0x10
			_, err = x.Row(sid.Entry{Token: cork.Token, SID: id})
			require.ErrorIs(t, err, sid.ErrEntry)
		}
		for _, e := range []sid.Entry{{dublin.Token, cork.SID}, {cork.Token, cork.SID[1:]}, {cork.Token[1:], cork.SID}, {cork.Token, nil}, {}} {
			_, err = x.Row(e)
			require.ErrorIs(t, err, sid.ErrEntry)
		}
		other := index(t, ring, sid.Label("town"), sid.Options{RowSize: size})
		_, err = other.Row(cork)
		require.ErrorIs(t, err, sid.ErrEntry)
	}
}

func TestBadInput(t *testing.T) {
	ring := searchtest.NewRing(t)
	x := index(t, ring, sid.Label("city", search.Fold), sid.Options{})
	for _, n := range []int{0, 7, 9, 16} {
		_, err := x.Entry(make([]byte, n), "Cork")
		var size *sid.RowSizeError
		require.ErrorAs(t, err, &size)
		require.Equal(t, sid.RowSizeError{Have: n, Want: 8}, *size)
	}
	for _, v := range []any{nil, ""} {
		require.Equal(t, sid.Entry{}, entry(t, x, sid.Int(1), v))
		_, err := x.Match(v)
		require.ErrorAs(t, err, new(*search.ValueError))
	}
	_, err := x.Entry(sid.Int(1), "CANARY\xff")
	require.ErrorAs(t, err, new(*search.ValueError))
	require.NotContains(t, err.Error(), "CANARY")
}

func TestMisusePanics(t *testing.T) {
	ring := searchtest.NewRing(t)
	x := index(t, ring, sid.Label("city"), sid.Options{})
	for want, f := range map[string]func(){
		"want the Derived of an index": func() { sid.NewIndex(searchtest.Derive(t, ring, keys.Table("t")), sid.Options{}) },
		"want an index of kind sid":    func() { index(t, ring, search.Exact("a"), sid.Options{}) },
		"has one column":               func() { index(t, ring, "i:a+b/sid", sid.Options{}) },
		"RowSize: want 8 or 16":        func() { index(t, ring, sid.Label("a"), sid.Options{RowSize: 12}) },
		"name the dialect":             func() { x.DDL("") },
		"SQLite has no roles":          func() { index(t, ring, sid.Label("a"), sid.Options{Dialect: search.SQLite}).DDL("reader") },
		"a name that holds a NUL":      func() { index(t, ring, sid.Label("a"), sid.Options{Dialect: search.SQLite, Table: "\x00"}).DDL("") },
		"zero Index":                   func() { _, _ = new(sid.Index).Match("a") },
	} {
		said := searchtest.Panics(t, f)
		require.Contains(t, said, want)
		require.True(t, strings.HasPrefix(said, "cellseal/sid: "), said)
	}
}

func TestPrintsRedacted(t *testing.T) {
	x := index(t, searchtest.NewRing(t), sid.Label("city"), sid.Options{})
	searchtest.Redacted(t, "sid.Index(redacted)", x)
	searchtest.Redacted(t, "sid.Index(redacted)", *x)
}

// The table in doc.go is what Leakage returns.
func TestTheDocumentedLeakage(t *testing.T) {
	source, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	text := strings.Join(strings.Fields(strings.ReplaceAll(string(source), "//", "")), " ")
	l := index(t, searchtest.NewRing(t), sid.Label("city"), sid.Options{}).Leakage()
	require.Contains(t, text, l.Kind+" at rest "+l.AtRest+" on a query "+l.OnQuery+" over time "+l.OverTime+" for "+l.For)
}

func BenchmarkEntry(b *testing.B) {
	for _, size := range []int{8, 16} {
		x := index(b, searchtest.NewRing(b), sid.Label("city", search.Fold), sid.Options{RowSize: size})
		row := make([]byte, size)
		b.Run(fmt.Sprintf("row%d", size), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = x.Entry(row, "Cork")
			}
		})
	}
}
