package search

import (
	"fmt"
	"math"
	"slices"
)

// Leakage is what an index shows to whom, in words: a row of the package's table.
type Leakage struct {
	Kind     string
	AtRest   string // to whoever reads the table once
	OnQuery  string // to whoever also sees one query
	OverTime string // to whoever watches
	For      string // what it is fit for
}

// Leakage says what this index shows.
func (x *Index) Leakage() Leakage { return LeakageOf(x.state().o) }

// LeakageOf says what an exact index with these options shows.
func LeakageOf(o Options) Leakage {
	l := Leakage{
		Kind:     "Blind",
		AtRest:   "which rows hold equal values, and how often each value occurs",
		OnQuery:  "which rows hold the value that is asked for",
		OverTime: "accumulates: every query names its rows",
		For:      "unique or high-entropy values",
	}
	if o.Unique {
		l.Kind = "Blind, unique"
		l.AtRest = "nothing beyond the number of rows"
		l.For = "UNIQUE constraints and look-ups by unique values"
	}
	return l
}

// LeakageOfKind says what an index over segments shows: of kind words, substring, fuzzy
// or sorted. It panics on others, whose options matter.
func LeakageOfKind(kind string) Leakage {
	l := Leakage{
		Kind:     "Segmented",
		AtRest:   "sizes only: the number of pages, and of pending rows with their order and the number of their keys in powers of two",
		OnQuery:  "which pages it reads, and so roughly how much it found, and which rows are read next",
		OverTime: "queries can be recovered; forward private",
		For:      "keywords, substrings, anything repeated",
	}
	switch {
	case kind == "sorted":
		l.Kind = "Sorted"
		l.AtRest = "sizes only: the number of pages, and of pending rows with their order"
		l.OverTime = "order, after tens to hundreds of ranges"
		l.For = "ranges, prefix, ORDER BY … LIMIT"
	case !slices.Contains([]string{"words", "substring", "fuzzy"}, kind):
		panic("cellseal/search: LeakageOfKind is of indexes over segments, and not of " + kind)
	}
	return l
}

// BitsFor returns how many bits a term of a table with so many rows needs for
// about falseRows false rows a look-up: ⌈log2(rows/falseRows)⌉, between 1 and 256.
func BitsFor(rows uint64, falseRows float64) int {
	if rows == 0 || !(falseRows > 0) { // NaN included
		return termBits
	}
	bits := math.Ceil(math.Log2(float64(rows) / falseRows))
	return int(min(max(bits, 1), termBits))
}

// FalseRows returns how many false rows a look-up finds on average among rows
// that do not hold the value: rows · 2^-bits.
func FalseRows(rows uint64, bits int) float64 { return math.Ldexp(float64(rows), -bits) }

// Explain says in words what the index's term length means for a table of so
// many rows.
func (x *Index) Explain(rows uint64) string {
	o := x.state().o
	if o.Unique {
		return "Full terms of 256 bits: a look-up finds the row or nothing."
	}
	expected := FalseRows(rows, o.Bits)
	text := fmt.Sprintf("Terms of %d bits (%d bytes): among %d rows a look-up brings about %.3g false ones, which are decrypted and dropped. ", o.Bits, (o.Bits+7)/8, rows, expected)
	if expected < 1 {
		return text + fmt.Sprintf("Equal terms mean equal values, so the table shows how often each occurs; %d bits would bring about one false row.", BitsFor(rows, 1))
	}
	return text + "Equal terms may belong to different values, which blurs what the table shows."
}

func log2(n uint64) float64 { return math.Log2(float64(n)) }
