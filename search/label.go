package search

import (
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search/internal/column"
)

// A Column is one column of an index, with the transforms that say how its
// values compare, in the order they apply.
type Column struct {
	Name       string
	Transforms []Transform
}

// Exact labels a Blind index on one column.
func Exact(column string, transforms ...Transform) keys.Label {
	return ExactTuple(Column{column, transforms})
}

// Words labels an index of the words of a column's text, and of its whole values: see package text.
func Words(column string, transforms ...Transform) keys.Label {
	return label("words", Column{column, transforms})
}

// Substring labels an index of every three characters in a row of a column's text: see package text.
func Substring(column string, transforms ...Transform) keys.Label {
	return label("substring", Column{column, transforms})
}

// Fuzzy labels an index of the words of a column's text and of those like them: see package text.
func Fuzzy(column string, transforms ...Transform) keys.Label {
	return label("fuzzy", Column{column, transforms})
}

// Sorted labels an index of the order of a column's values: see package sorted.
func Sorted(column string, transforms ...Transform) keys.Label {
	return label("sorted", Column{column, transforms})
}

// ExactTuple labels a compound Blind index: one term over the values of several
// columns, which shows less than an index on each of them.
func ExactTuple(columns ...Column) keys.Label { return label("exact", columns...) }

// Smoothed labels a Smoothed index on one column: see [SmoothedIndex].
func Smoothed(column string, transforms ...Transform) keys.Label {
	return label("smoothed", Column{column, transforms})
}

func label(kind string, columns ...Column) keys.Label {
	var names []string
	var transforms [][]Transform
	for _, c := range columns {
		names, transforms = append(names, c.Name), append(transforms, c.Transforms)
	}
	return column.Label(kind, names, transforms...)
}
