package search

import (
	"fmt"
	"log/slog"
	"slices"

	"github.com/cellseal/cellseal/internal/redact"
	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
)

// A Normalizer gives the bytes by which an index compares values: of one column its
// transformed value or the encoding of cell/FORMAT.md §8, of several columns
// each behind its length. It is for the kinds that live in packages of their own, so
// that equal values are equal in all of them.
type Normalizer struct {
	_ [0]func()
	s *indexState // its columns, and nothing else
}

// NewNormalizer returns the normalizer of an index of the named kind. Columns and transforms
// are those of d's label; types are the columns' in its order, nil for text. It
// panics, with the name of the package for that kind, on a Derived that is no such index and on types that
// contradict its label.
func NewNormalizer(d *keys.Derived, kind string, types ...Type) *Normalizer {
	set := d.Tree()
	if tree.Ring(set) != tree.Index || tree.LevelOf(set) != tree.Leaf {
		panic(fmt.Sprintf("cellseal/search/%s: want the Derived of an index", kind))
	}
	names, got, transforms := tree.IndexParts(set)
	if got != kind {
		panic(fmt.Sprintf("cellseal/search/%s: want the Derived of an index of this kind, and not of %s", kind, got))
	}
	columns, err := newColumns(names, transforms, Options{Types: slices.Clone(types)})
	if err != nil {
		panic(fmt.Sprintf("cellseal/search/%s: %v", kind, err))
	}
	return &Normalizer{s: &indexState{columns: columns}}
}

// Normalize returns the bytes of the values, or nil if one is NULL or its transforms leave
// nothing of it. Its errors are [ValueError]s. It panics on another number of values than the
// index has columns.
func (n *Normalizer) Normalize(values ...any) ([]byte, error) {
	if n == nil || n.s == nil {
		panic("cellseal/search: zero Normalizer; use NewNormalizer")
	}
	input, _, err := n.s.normalize(values)
	return input, err
}

// Asked is Normalize for a value that is looked for: what no row can be found by is a
// [ValueError] too.
func (n *Normalizer) Asked(values ...any) ([]byte, error) {
	input, err := n.Normalize(values...)
	if err == nil && input == nil {
		return nil, &ValueError{n.s.columns[0].name, "no row can be found by NULL, or by a value of which the transforms leave nothing"}
	}
	return input, err
}

// Format implements fmt.Formatter and prints nothing secret.
func (Normalizer) Format(f fmt.State, _ rune) { redact.Format(f, "search.Normalizer") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (Normalizer) LogValue() slog.Value { return redact.LogValue("search.Normalizer") }
