package search_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
)

func TestContradictionsPanic(t *testing.T) {
	text, number := search.Text, search.Int
	pair := search.ExactTuple(search.Column{Name: "a"}, search.Column{Name: "b"})
	for name, c := range map[string]struct {
		label keys.Label
		o     search.Options
		say   string
	}{
		"another kind":            {keys.Index("a", "sorted", ""), search.Options{}, "exact indexes, and not sorted"},
		"unknown transform":       {keys.Index("a", "exact", "soundex.v1"), search.Options{}, `unknown transform "soundex.v1"`},
		"later transform":         {keys.Index("a", "exact", "fold.v2"), search.Options{}, `unknown transform "fold.v2"`},
		"transform out of bounds": {search.Exact("a", search.First(65)), search.Options{}, `unknown transform "first(65).v1"`},
		"transform of a number":   {search.Exact("a", search.Trim), search.Options{Types: []search.Type{number}}, "column a is int: transforms are for text"},
		"JSON":                    {search.Exact("a"), search.Options{Types: []search.Type{10}}, "column a is JSON"},
		"no such type":            {search.Exact("a"), search.Options{Types: []search.Type{11}}, "column a: there is no Type(11)"},
		"too few types":           {pair, search.Options{Types: []search.Type{text}}, "1 types for 2 columns"},
		"too many types":          {search.Exact("a"), search.Options{Types: []search.Type{text, text}}, "2 types for 1 columns"},
		"no types":                {search.Exact("a"), search.Options{Types: []search.Type{}}, "0 types for 1 columns"},
		"unique and truncated":    {search.Exact("a"), search.Options{Unique: true, Bits: 64}, "leave Bits out"},
		"pinned and not unique":   {search.Exact("a"), search.Options{PinnedKey: primaryKey}, "PinnedKey is for unique indexes"},
		"negative bits":           {search.Exact("a"), search.Options{Bits: -1}, "-1 bits: want 1 to 256"},
		"too many bits":           {search.Exact("a"), search.Options{Bits: 257}, "257 bits: want 1 to 256"},
	} {
		d := derive(t, fixedRing(t), keys.Table("t"), c.label)
		said := panics(t, func() { search.NewIndex(d, c.o) })
		require.Contains(t, said, c.say, name)
		require.Equal(t, 1, strings.Count(said, "cellseal/search: "), "%s: %s", name, said)
		require.EqualError(t, search.CheckOptions(c.label, c.o), said, name)
	}
	unique := search.NewIndex(derive(t, fixedRing(t), keys.Table("t"), pair), search.Options{Unique: true, Bits: 256, PinnedKey: primaryKey})
	require.Len(t, term(t, unique, "a", "b"), 32, "256 bits are what a unique index has")
}

func TestOnlyTheDerivedOfAnIndexWillDo(t *testing.T) {
	ring := fixedRing(t)
	cells, err := ring.Cells(t.Context(), keys.Table("t"), keys.Compartment("default"))
	require.NoError(t, err)
	for name, d := range map[string]*keys.Derived{
		"the index root": derive(t, ring),
		"a scope":        derive(t, ring, keys.Scope("tenant", "1")),
		"a table":        derive(t, ring, keys.Table("t")),
		"a compartment":  cells,
	} {
		require.Contains(t, panics(t, func() { search.NewIndex(d, search.Options{}) }), "want the Derived of an index", name)
	}
	require.Panics(t, func() { search.NewIndex(nil, search.Options{}) })
	require.Panics(t, func() { search.NewIndex(new(keys.Derived), search.Options{}) })
}

func TestTheWrongNumberOfValuesPanics(t *testing.T) {
	ring := fixedRing(t)
	one := index(t, ring, search.Exact("a"), search.Options{})
	two := index(t, ring, search.ExactTuple(search.Column{Name: "a"}, search.Column{Name: "b"}), search.Options{})
	for _, f := range []func(){
		func() { _, _ = one.Term() },
		func() { _, _ = one.Match() },
		func() { _, _ = one.Term("a", "b") },
		func() { _, _ = two.Term("a") },
		func() { _, _ = two.Match("a", "b", "c") },
	} {
		require.Regexp(t, `^cellseal/search: \d values for an index on \d columns$`, panics(t, f))
	}
}

func TestTheZeroIndexPanics(t *testing.T) {
	for _, x := range []*search.Index{nil, {}} {
		for _, f := range []func(){
			func() { _, _ = x.Term("a") }, func() { _, _ = x.Match("a") }, func() { x.Leakage() }, func() { x.Explain(1) },
		} {
			require.Equal(t, "cellseal/search: zero Index; use NewIndex", panics(t, f))
		}
	}
}

func TestCheckOptionsRefusesWhatIsNoIndexLabel(t *testing.T) {
	for _, label := range []keys.Label{
		"", "i:", "i:a", "a/exact", "t:a", "i:a/exact/", "i:a/blind", "i:a+/exact", "i:a/exact/fold.v1;fold.v1", "i:a/exact/fold",
		"i:a/exact/fold.v1/x", keys.Label("i:" + strings.Repeat("a", 1024) + "/exact"), "c:a",
	} {
		require.ErrorContains(t, search.CheckOptions(label, search.Options{}), "cellseal/search: ", "%.40q", label)
		_, err := fixedRing(t).Index(t.Context(), keys.Table("t"), label)
		if label != "t:a" && label != "c:a" {
			require.Error(t, err, "%.40q", label)
		}
	}
}

func panics(t *testing.T, f func()) (said string) {
	t.Helper()
	defer func() {
		t.Helper()
		said, _ = recover().(string)
		require.NotEmpty(t, said, "want a panic")
	}()
	f()
	return ""
}
