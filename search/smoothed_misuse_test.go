package search_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
)

func TestMisuseOfSmoothedPanics(t *testing.T) {
	ring := fixedRing(t)
	d := smoothedKey(t, ring)
	p := search.NewTextProfile(d, map[string]uint64{"a": 9}, 9, 7, seeded(1))
	ints, err := search.NewProfile(d, map[int]uint64{1: 9}, &search.ProfileOptions{Type: search.Int})
	require.NoError(t, err)
	x := search.NewSmoothed(d, p)
	of := func(label keys.Label, o *search.ProfileOptions) func() {
		d := derive(t, ring, keys.Table("t"), label)
		return func() { _, _ = search.NewProfile(d, map[string]uint64{"a": 1}, o) }
	}
	for said, f := range map[string]func(){
		"and not of exact ones":          of(search.Exact("a"), nil),
		`unknown transform "soundex.v1"`: of(keys.Index("a", "smoothed", "soundex.v1"), nil),
		"2 columns":                      of(keys.Index("a+b", "smoothed", ""), nil),
		"transforms are for text":        of(search.Smoothed("a", search.Fold), &search.ProfileOptions{Type: search.Int}),
		"column a is JSON":               of(search.Smoothed("a"), &search.ProfileOptions{Type: 10}),
		"there is no Type(11)":           of(search.Smoothed("a"), &search.ProfileOptions{Type: 11}),
		"want the Derived of an index":   func() { search.NewSmoothed(derive(t, ring, keys.Table("t")), p) },
		"needs a profile":                func() { search.NewSmoothed(d) },
		"profile 2 is given twice":       func() { search.NewSmoothed(d, p, p) },
		"profile 2 is of int, the first": func() { search.NewSmoothed(d, p, ints) },
		"zero Profile":                   func() { search.NewSmoothed(d, nil) },
		"use NewProfile or OpenProfile":  func() { new(search.Profile).Seal() },
		"empty row":                      func() { _, _ = x.Token(nil, "a") },
		"a row's identity":               func() { _, _ = x.Holds([]byte{}, nil, "a") },
		"zero SmoothedIndex":             func() { _, _ = new(search.SmoothedIndex).Tokens("a") },
		"use NewSmoothed":                func() { (*search.SmoothedIndex)(nil).Leakage() },
		"zero Derived":                   func() { _, _ = search.OpenProfile(nil, nil) },
	} {
		require.Contains(t, panics(t, f), said)
	}
	require.Contains(t, panics(t, func() { search.NewIndex(d, search.Options{}) }), "NewIndex builds exact indexes, and not smoothed")
}

func TestSmoothedPrintsRedacted(t *testing.T) {
	d := smoothedKey(t, fixedRing(t))
	p := search.NewTextProfile(d, map[string]uint64{canary: 9}, 9, 7, seeded(1))
	x := search.NewSmoothed(d, p)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		require.Equal(t, "search.Profile(redacted)", fmt.Sprintf(verb, p))
		require.Equal(t, "search.Profile(redacted)", fmt.Sprintf(verb, *p))
		require.Equal(t, "search.SmoothedIndex(redacted)", fmt.Sprintf(verb, x))
		require.Equal(t, "search.SmoothedIndex(redacted)", fmt.Sprintf(verb, *x))
		require.NotContains(t, fmt.Sprintf(verb, struct{ A, B any }{p, x}), canary)
	}
	var b bytes.Buffer
	slog.New(slog.NewTextHandler(&b, nil)).Info("log", "p", p, "x", x)
	require.NotContains(t, b.String(), canary)
	require.Equal(t, 2, strings.Count(b.String(), "redacted"))
	require.NotContains(t, string(p.Seal()), canary)
	require.NotContains(t, x.Explain(1e6), canary)
}

// The doc comment opens with what Leakage returns, word for word.
func TestTheDocumentedLeakageOfSmoothed(t *testing.T) {
	source, err := os.ReadFile("smoothed.go")
	require.NoError(t, err)
	d := smoothedKey(t, fixedRing(t))
	l := search.NewSmoothed(d, search.NewTextProfile(d, map[string]uint64{"a": 9}, 9, 7, seeded(1))).Leakage()
	require.Equal(t, search.SmoothedLeakage(), l)
	for row, want := range map[string]string{"": l.Kind, "at rest": l.AtRest, "on a query": l.OnQuery, "over time": l.OverTime, "for": l.For} {
		require.Regexp(t, `(?m)^//\t`+row+` +`+regexp.QuoteMeta(want)+`$`, string(source))
	}
}
