package search

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search/internal/transform"
	"github.com/cellseal/cellseal/search/segment"
)

// segmented is what the indexes over segments have in common: one column, and where
// its entries are kept.
type segmented struct {
	kind     string
	column   indexColumn
	pieces   []transform.Func // what the column's transforms do to a piece of text
	reversed bool
	index    *segment.Index
}

// newSegmented returns the index of one of kinds that d is the key of, still without
// the segments, and panics if d's label is of another or contradicts typ.
func newSegmented(d *keys.Derived, typ Type, kinds ...string) *segmented {
	names, kind, transforms := tree.IndexParts(leaf(d))
	s, err := checkSegmented(names, kind, transforms, typ, kinds)
	if err != nil {
		panic("cellseal/search: " + err.Error())
	}
	return s
}

// checkLabel returns what newSegmented would panic with.
func checkLabel(label keys.Label, typ Type, kinds ...string) error {
	names, kind, transforms, err := tree.ParseIndex(string(label))
	if err == nil {
		_, err = checkSegmented(names, kind, transforms, typ, kinds)
	}
	if err != nil {
		return fmt.Errorf("cellseal/search: %w", err)
	}
	return nil
}

func checkSegmented(names []string, kind string, transforms [][]string, typ Type, kinds []string) (*segmented, error) {
	if !slices.Contains(kinds, kind) {
		return nil, fmt.Errorf("want an index of kind %s, and not %s", strings.Join(kinds, ", "), kind)
	}
	if len(names) != 1 {
		return nil, fmt.Errorf("an index of kind %s is on one column", kind)
	}
	columns, err := newColumns(names, transforms, Options{Types: []Type{typ}})
	if err != nil {
		return nil, err
	}
	s := &segmented{kind: kind, column: columns[0]}
	for _, t := range transforms[0] {
		f, err := transform.CompilePiece(Transform(t))
		if err != nil {
			return nil, err
		}
		s.pieces = append(s.pieces, f)
		s.reversed = s.reversed != (Transform(t) == Reverse)
	}
	if s.reversed && kind != "sorted" {
		return nil, fmt.Errorf("%s is for sorted indexes: one of kind %s finds the ends of values without it", Reverse, kind)
	}
	return s, nil
}

// write puts doc under keys. What is under none leaves no trace, but voids what was before.
func (s *segmented) write(ctx context.Context, c segment.Conn, op segment.Op, doc []byte, keys [][]byte) error {
	if len(keys) == 0 {
		if op == segment.Added {
			return nil
		}
		op = segment.Removed
	}
	return s.index.Write(ctx, c, op, doc, keys)
}

// text returns a value's text after the transforms.
func (s *segmented) text(v any) (text string, null bool, err error) {
	b, null, err := s.column.transform(v)
	if err == nil && !utf8.Valid(b) {
		err = transform.ErrUTF8
	}
	if err != nil {
		return "", false, s.fail(err)
	}
	return string(b), null, nil
}

// piece does to text that is looked for inside of values what the transforms did to them.
func (s *segmented) piece(text string) (string, error) {
	if !utf8.ValidString(text) {
		return "", transform.ErrUTF8
	}
	for _, f := range s.pieces {
		var err error
		if text, err = f(text); err != nil {
			return "", err
		}
	}
	return text, nil
}

func (s *segmented) fail(err error) error { return &ValueError{s.column.name, err.Error()} }
