// Package kind knows the kinds of indexes that keep lists.
package kind

import (
	"fmt"

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
