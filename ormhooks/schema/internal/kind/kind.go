// Package kind knows the kinds of indexes beside exact.
package kind

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/message"
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/search"
)

// The kinds of listed indexes, as the key tree has them (search/FORMAT.md §3 and §4).
const (
	Words     = "words"
	Substring = "substring"
	Fuzzy     = "fuzzy"
	Sorted    = "sorted"
)

// IsListed reports whether a kind is one of these.
func IsListed(kind string) bool {
	switch kind {
	case Words, Substring, Fuzzy, Sorted:
		return true
	}
	return false
}

// Check finds values that a kind has no entries of, and transforms that text compares no more by. It
// returns "" if there are none.
func Check(kind string, typ value.Type, transforms []search.Transform) string {
	if typ == value.JSON || typ != value.Text && (kind != Sorted || len(transforms) > 0) {
		if kind != Sorted || len(transforms) > 0 {
			return "is for text, and the column holds " + typ.String()
		}
		return "is for values that have an order, and the column holds " + typ.String()
	}
	for i, one := range transforms {
		switch one {
		case search.Trim, search.Space, search.Fold, search.Digits, search.Alnum:
		case search.Reverse:
			if kind != Sorted || i != len(transforms)-1 {
				return "has reverse where only suffix has it, as the last transform"
			}
		default:
			if err := search.CheckOptions(search.Exact("c", one), search.Options{Bits: 1, AcceptFrequencyLeak: true}); err != nil {
				return "has a transform that is none: " + message.Bare(err)
			}
			return fmt.Sprintf("has the transform %s, which leaves nothing of a value to look into: want trim, space, fold, digits, alnum", one)
		}
	}
	return ""
}

// Smoothed is the kind whose tokens stand in a column.
const Smoothed = "smoothed"

// CheckSmoothed is Check of that kind.
func CheckSmoothed(typ value.Type, transforms []search.Transform) string {
	if typ == value.JSON {
		return "compares values, and the column holds " + typ.String()
	}
	if Partial(transforms) {
		return "answers =, and first and last leave parts of values: use exact for those"
	}
	if err := search.CheckOptions(search.Exact("c", transforms...), search.Options{Types: []search.Type{typ}, AcceptFrequencyLeak: true}); err != nil {
		return message.Bare(err)
	}
	return ""
}

// Partial reports whether transforms leave parts of values.
func Partial(transforms []search.Transform) bool {
	return slices.ContainsFunc(transforms, func(one search.Transform) bool {
		return strings.HasPrefix(string(one), "first") || strings.HasPrefix(string(one), "last")
	})
}

// Tags are the words that a group of a search tag begins with.
var Tags = []string{"exact", Smoothed, Words, Substring, Fuzzy, "range", "prefix", "suffix", "sum", Join}

// Written returns the kind that a tag means, the index's name if that says it, and what its transforms end
// in. The kind is "" of one that tags write in other words.
func Written(tag string) (kind, name string, behind []search.Transform) {
	switch tag {
	case "range", "prefix":
		return Sorted, tag, nil
	case "suffix":
		return Sorted, tag, []search.Transform{search.Reverse}
	case Sorted:
		return "", "", nil
	}
	return tag, "", nil
}

// Name is what an index of a kind is called behind "column__" if it has no other name.
func Name(kind string, reversed bool) string {
	switch {
	case kind == Smoothed:
		return "sm"
	case kind == Join:
		return "jn"
	case kind == Sorted && reversed:
		return "suffix"
	case kind == Sum, IsListed(kind):
		return kind
	}
	return "eq"
}

// Width is how many bytes stand for a column's value in the name of a row; 0 is no fixed number.
func Width(typ value.Type, limit value.Limit) int {
	switch {
	case typ == value.Int || typ == value.Uint:
		return 8
	case typ == value.UUID:
		return 16
	case typ == value.Text && limit.Kind == "varchar":
		return 2 + 4*limit.A
	}
	return 0
}
