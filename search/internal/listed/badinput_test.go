package listed_test

import (
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/sorted"
	"github.com/cellseal/cellseal/search/text"
)

const canary = "CANARY-7f3a"

// refused checks that err names the column and nothing of the value.
func refused(t *testing.T, err error, column, say string, context ...any) {
	t.Helper()
	var e *search.ValueError
	require.ErrorAs(t, err, &e, context...)
	require.Equal(t, column, e.Column, context...)
	require.ErrorContains(t, err, say, context...)
	require.NotContains(t, err.Error(), canary, context...)
}

// What is too little to be looked for is refused, and never finds everything.
func TestQuestionsThatAreRefused(t *testing.T) {
	p := newPlace(t, testdb.OpenSQLite(t), nil)
	ring := newRing(t)
	words, piece, fuzzy := p.text(t, ring, search.Words("notes", search.Fold)), p.text(t, ring, search.Substring("notes", search.Fold)), p.text(t, ring, search.Fuzzy("notes"))
	const (
		noWord, short, pad = "no word", "too few characters", "U+0002"
		utf8, unassigned   = "not valid UTF-8", "does not assign"
	)
	for i, c := range []struct {
		say string
		ask func() (*text.Query, error)
	}{
		{noWord, func() (*text.Query, error) { return words.All() }},
		{noWord, func() (*text.Query, error) { return words.All("") }},
		{noWord, func() (*text.Query, error) { return words.All(canary, " - % _ ' ") }},
		{noWord, func() (*text.Query, error) { return words.Any() }},
		{noWord, func() (*text.Query, error) { return words.Any("", canary) }},
		{utf8, func() (*text.Query, error) { return words.All(canary + "\xff") }},
		{unassigned, func() (*text.Query, error) { return words.Any(canary + "\u1C89") }},
		{"leave nothing", func() (*text.Query, error) { return words.Equal("") }},
		{"leave nothing", func() (*text.Query, error) { return words.Equal(nil) }},
		{"leave nothing", func() (*text.Query, error) { return words.Equal(sql.NullString{String: canary}) }},
		{"is no text", func() (*text.Query, error) { return words.Equal(7) }},
		{noWord, func() (*text.Query, error) { return fuzzy.Near(" ") }},
		{utf8, func() (*text.Query, error) { return fuzzy.Near(canary + "\xff") }},
		{short, func() (*text.Query, error) { return piece.Contains("") }},
		{short, func() (*text.Query, error) { return piece.Contains("ab") }},
		{short, func() (*text.Query, error) { return piece.Contains("e\u0301\u6F22") }}, // two, when folded
		{short, func() (*text.Query, error) { return piece.HasPrefix("a") }},
		{short, func() (*text.Query, error) { return piece.HasSuffix("a") }},
		{pad, func() (*text.Query, error) { return piece.Contains("\x02ab" + canary) }},
		{pad, func() (*text.Query, error) { return piece.HasSuffix(canary + "\x03") }},
		{utf8, func() (*text.Query, error) { return piece.Contains(canary + "\xff") }},
		{short, func() (*text.Query, error) { return piece.Like("", 0) }},
		{short, func() (*text.Query, error) { return piece.Like("%", 0) }},
		{short, func() (*text.Query, error) { return piece.Like("%%_%", 0) }},
		{short, func() (*text.Query, error) { return piece.Like("a%ab_b%bc%c", 0) }},
		{pad, func() (*text.Query, error) { return piece.Like("%abc\x02%", 0) }},
		{"escape character", func() (*text.Query, error) { return piece.Like(canary+"\\", '\\') }},
	} {
		q, err := c.ask()
		refused(t, err, "notes", c.say, "case %d", i)
		require.Nil(t, q)
	}
	require.NoError(t, words.Add(t.Context(), p, search.DocInt(1), "\x02 may stand in words"))
	refused(t, piece.Add(t.Context(), p, search.DocInt(1), canary+"\x03"), "notes", pad)
	for _, x := range []*text.Index{words, piece, fuzzy} {
		refused(t, x.Replace(t.Context(), p, search.DocInt(1), canary+"\xff"), "notes", utf8)
		refused(t, x.Add(t.Context(), p, search.DocInt(1), 7), "notes", "is no text")
	}
}

func TestBoundsThatAreRefused(t *testing.T) {
	p := newPlace(t, testdb.OpenSQLite(t), nil)
	ring := newRing(t)
	floats, decimals := p.sorted(t, ring, search.Sorted("f"), search.Float64), p.sorted(t, ring, search.Sorted("d"), search.Decimal)
	front, back := p.sorted(t, ring, search.Sorted("n", search.Fold), search.Text), p.sorted(t, ring, search.Sorted("n", search.Fold, search.Reverse), search.Text)
	nan := math.NaN()
	for i, c := range []struct {
		column, say string
		ask         func() (*sorted.Span, error)
	}{
		{"f", "NaN", func() (*sorted.Span, error) { return floats.Range(sorted.Range{From: nan}) }},
		{"f", "NaN", func() (*sorted.Span, error) { return floats.Range(sorted.Range{From: 1.0, To: nan}) }},
		{"f", "NULL", func() (*sorted.Span, error) { return floats.Range(sorted.Range{From: (*float64)(nil)}) }},
		{"f", "NULL", func() (*sorted.Span, error) { return floats.Range(sorted.Range{To: sql.NullFloat64{Float64: 1}}) }},
		{"f", "is no float64", func() (*sorted.Span, error) { return floats.Range(sorted.Range{To: canary}) }},
		{"d", "10^32767", func() (*sorted.Span, error) { return decimals.Range(sorted.Range{From: "1e40000"}) }},
		{"n", "find everything", func() (*sorted.Span, error) { return front.HasPrefix("") }},
		{"n", "find everything", func() (*sorted.Span, error) { return back.HasSuffix("") }},
		{"n", "find everything", func() (*sorted.Span, error) { return front.Like("%a", 0) }},
		{"n", "find everything", func() (*sorted.Span, error) { return front.Like("", 0) }},
		{"n", "find everything", func() (*sorted.Span, error) { return front.Like("_"+canary, 0) }},
		{"n", "find everything", func() (*sorted.Span, error) { return back.Like("a%", 0) }},
		{"n", "not valid UTF-8", func() (*sorted.Span, error) { return front.HasPrefix(canary + "\xff") }},
		{"n", "escape character", func() (*sorted.Span, error) { return front.Like(canary+"|", '|') }},
	} {
		q, err := c.ask()
		refused(t, err, c.column, c.say, "case %d", i)
		require.Nil(t, q)
	}
	refused(t, floats.Add(t.Context(), p, search.DocInt(1), nan), "f", "NaN")
	refused(t, decimals.Add(t.Context(), p, search.DocInt(1), "-1e40000"), "d", "10^32767")
	_, err := floats.Compare(nil, 1.0)
	refused(t, err, "f", "NULL")
	_, err = floats.All().Page(t.Context(), p, &sorted.PageOptions{After: sorted.Cursor("short")})
	refused(t, err, "f", "cursor")
}

// An empty range finds nothing, and at the ends of a type nothing wraps around.
func TestRangesAtTheEndsOfATypeDoNotWrap(t *testing.T) {
	p := newPlace(t, testdb.OpenSQLite(t), nil)
	x := p.sorted(t, newRing(t), search.Sorted("n"), search.Int)
	for i, v := range []int64{math.MinInt64, 0, math.MaxInt64} {
		require.NoError(t, x.Add(t.Context(), p, search.DocInt(int64(i)), v))
	}
	for _, c := range []struct {
		r    sorted.Range
		want []int64
	}{
		{sorted.Range{From: int64(math.MaxInt64), AboveFrom: true}, []int64{}},
		{sorted.Range{To: int64(math.MinInt64), BelowTo: true}, []int64{}},
		{sorted.Range{From: int64(math.MaxInt64)}, []int64{2}},
		{sorted.Range{To: int64(math.MinInt64)}, []int64{0}},
		{sorted.Range{To: int64(math.MaxInt64)}, []int64{0, 1, 2}},
		{sorted.Range{To: int64(math.MaxInt64), BelowTo: true}, []int64{0, 1}},
		{sorted.Range{From: int64(math.MinInt64), AboveFrom: true}, []int64{1, 2}},
		{sorted.Range{From: 1, To: 0}, []int64{}},
		{sorted.Range{From: 0, To: 0, AboveFrom: true}, []int64{}},
		{sorted.Range{From: 0, To: 1, AboveFrom: true, BelowTo: true}, []int64{}},
		{sorted.Range{}, []int64{0, 1, 2}},
	} {
		span, err := x.Range(c.r)
		require.NoError(t, err)
		got, err := span.Find(t.Context(), p)
		require.NoError(t, err)
		require.Equal(t, c.want, ids(got), "%d", c.want)
	}
}

// A document of 1 MB, and one of 100 000 distinct words.
func TestLargeDocuments(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		p := newPlace(t, db, nil)
		ring := newRing(t)
		var long, many strings.Builder
		for i := range 100_000 {
			fmt.Fprintf(&many, "w%d ", i)
		}
		for long.Len() < 1<<20 {
			fmt.Fprintf(&long, "line %d of a long note; ", long.Len()%977)
		}
		words, piece := p.text(t, ring, search.Words("notes")), p.text(t, ring, search.Substring("notes"))
		values := []string{long.String(), many.String()}
		for i, v := range values {
			require.NoError(t, words.Add(t.Context(), p, search.DocInt(int64(i)), v))
			require.NoError(t, piece.Add(t.Context(), p, search.DocInt(int64(i)), v))
		}
		for range 2 { // pending, and in segments
			for i, v := range values {
				for _, ask := range []func() (*text.Query, error){
					func() (*text.Query, error) { return words.All([]string{"0 note", "w0 w50000 w99999"}[i]) },
					func() (*text.Query, error) { return words.Equal(v) },
					func() (*text.Query, error) { return piece.Contains([]string{"line 0 of a", "49999 w5"}[i]) },
					func() (*text.Query, error) { return piece.HasSuffix(v) },
				} {
					q, err := ask()
					require.NoError(t, err)
					got, err := q.Find(t.Context(), p)
					require.NoError(t, err)
					require.Equal(t, []int64{int64(i)}, ids(got))
					matches, err := q.Matches(v)
					require.NoError(t, err)
					require.True(t, matches)
				}
			}
			p.rekey(t, words)
			p.rekey(t, piece)
		}
	})
}

func TestMisusePanics(t *testing.T) {
	p := newPlace(t, testdb.OpenSQLite(t), nil)
	ring := newRing(t)
	words, front, back := p.text(t, ring, search.Words("a")), p.sorted(t, ring, search.Sorted("a"), search.Text), p.sorted(t, ring, search.Sorted("a", search.Reverse), search.Text)
	numbers := p.sorted(t, ring, search.Sorted("n"), search.Int)
	for say, f := range map[string]func(){
		"want an index of kind words, substring, fuzzy, and not sorted": func() { p.text(t, ring, search.Sorted("a")) },
		"want an index of kind sorted, and not words":                   func() { p.sorted(t, ring, search.Words("a"), search.Text) },
		"reverse.v1 is for sorted indexes":                              func() { p.text(t, ring, search.Substring("a", search.Reverse)) },
		"would leave parts of values that cannot be found":              func() { p.sorted(t, ring, search.Sorted("a", search.First(3)), search.Text) },
		"transforms are for text":                                       func() { p.sorted(t, ring, search.Sorted("a", search.Fold), search.Int) },
		"column a is JSON":                                              func() { p.sorted(t, ring, search.Sorted("a"), 10) },
		"Contains asks a substring index, and this one is words":        func() { _, _ = words.Contains("abc") },
		"HasSuffix asks an index with reverse.v1":                       func() { _, _ = front.HasSuffix("abc") },
		"Range asks an index with reverse.v1":                           func() { _, _ = back.Range(sorted.Range{}) },
		"patterns are of text, and this index is of int":                func() { _, _ = numbers.HasPrefix("1") },
		"zero Index; use New":                                           func() { _, _ = new(text.Index).All("a") },
		"sorted: zero Index":                                            func() { new(sorted.Index).All() },
		"zero Query":                                                    func() { _, _ = new(text.Query).Matches("a") },
		"zero Span":                                                     func() { _, _ = (*sorted.Span)(nil).Matches("a") },
		"IntOf wants the 8 bytes":                                       func() { search.IntOf([]byte("a")) },
	} {
		func() {
			defer func() {
				said, _ := recover().(string)
				require.Contains(t, said, say)
				require.Contains(t, said, "cellseal/search")
			}()
			f()
		}()
	}
	require.ErrorContains(t, text.Check(search.Substring("a", search.Reverse)), "cellseal/search/text: reverse.v1")
	require.NoError(t, text.Check(search.Substring("a", search.Fold)))
	require.ErrorContains(t, sorted.Check(search.Sorted("a", search.Fold), search.Int), "cellseal/search/sorted: ")
	require.NoError(t, sorted.Check(search.Sorted("a", search.Fold, search.Reverse), search.Text))
	require.ErrorContains(t, sorted.Check("i:a+b/sorted", search.Text), "on one column")
	require.Error(t, words.Add(t.Context(), p, []byte("short"), "a"), "a document's identity has the length of all others")
	require.True(t, errors.As(words.Remove(t.Context(), p, nil), new(interface{ Error() string })))
}

func TestWhatIsAskedPrintsRedacted(t *testing.T) {
	p := newPlace(t, testdb.OpenSQLite(t), nil)
	ring := newRing(t)
	words, names := p.text(t, ring, search.Words("a")), p.sorted(t, ring, search.Sorted("a"), search.Text)
	q, err := words.All(canary)
	require.NoError(t, err)
	span, err := names.HasPrefix(canary)
	require.NoError(t, err)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		for want, v := range map[string]any{
			"text.Index(redacted)": words, "text.Query(redacted)": q, "sorted.Index(redacted)": names, "sorted.Span(redacted)": span,
			"sorted.Cursor(redacted)": sorted.Cursor(canary), "sorted.Range(redacted)": sorted.Range{From: canary},
		} {
			require.Equal(t, want, fmt.Sprintf(verb, v))
			require.Contains(t, fmt.Sprintf(verb, []any{v}), want)
		}
		require.NotContains(t, fmt.Sprintf(verb, sorted.PageOptions{After: sorted.Cursor(canary)}), canary)
	}
	require.Equal(t, search.LeakageOfKind("words"), words.Leakage())
	require.Equal(t, search.LeakageOfKind("sorted"), names.Leakage())
}
