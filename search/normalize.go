package search

import (
	"fmt"
	"log/slog"

	"github.com/cellseal/cellseal/internal/redact"
	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search/internal/column"
)

// A Normalizer gives the bytes by which an index compares values: of one column its transformed value
// or the encoding of cell/FORMAT.md §8, of several columns each behind its length. It is for the kinds
// that live in packages of their own, so that equal values are equal in all of them.
type Normalizer struct {
	_ [0]func()
	s *indexState // its columns, and nothing else
}

// NewNormalizer returns the normalizer of an index of the named kind. Columns and transforms are those
// of label; types are the columns' in its order, none for text. Its error says what of them is no such
// index, or contradicts the rest.
func NewNormalizer(label keys.Label, kind string, types ...Type) (*Normalizer, error) {
	names, got, transforms, err := tree.ParseIndex(string(label))
	if err != nil {
		return nil, err
	}
	if got != kind {
		return nil, fmt.Errorf("want an index of kind %s, and not %s", kind, got)
	}
	columns, err := column.New(names, transforms, types)
	if err != nil {
		return nil, err
	}
	return &Normalizer{s: &indexState{columns: columns}}, nil
}

// Normalize returns the bytes of the values, or nil if one is NULL or its transforms leave nothing of
// it. Its errors are [ValueError]s. It panics on another number of values than the index has columns.
func (n *Normalizer) Normalize(values ...any) ([]byte, error) {
	if n == nil || n.s == nil {
		panic("cellseal/search: zero Normalizer; use NewNormalizer")
	}
	input, _, err := n.s.normalize(values)
	return input, err
}

// Compared returns the bytes by which one value is equal to others, which may be none: nil is NULL
// alone. It panics if the index has several columns.
func (n *Normalizer) Compared(value any) ([]byte, error) {
	if n == nil || n.s == nil {
		panic("cellseal/search: zero Normalizer; use NewNormalizer")
	}
	if len(n.s.columns) != 1 {
		panic("cellseal/search: Compared is for one column")
	}
	c := &n.s.columns[0]
	b, null, err := c.Transform(value)
	switch {
	case err != nil:
		return nil, &ValueError{c.Name, err.Error()}
	case null:
		return nil, nil
	case b == nil:
		b = []byte{}
	}
	return b, nil
}

// Asked is Normalize for a value that is looked for: what no row can be found by is a [ValueError]
// too.
func (n *Normalizer) Asked(values ...any) ([]byte, error) {
	input, err := n.Normalize(values...)
	if err == nil && input == nil {
		return nil, &ValueError{n.s.columns[0].Name, notFound}
	}
	return input, err
}

// Format implements fmt.Formatter and prints nothing secret.
func (Normalizer) Format(f fmt.State, _ rune) { redact.Format(f, "search.Normalizer") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (Normalizer) LogValue() slog.Value { return redact.LogValue("search.Normalizer") }
