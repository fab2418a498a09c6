// Package listed is what the indexes over segments have in common: one column, whose
// values stand in sealed lists beside the table.
package listed

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cellseal/cellseal/internal/like"
	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/internal/column"
	"github.com/cellseal/cellseal/search/internal/transform"
	"github.com/cellseal/cellseal/search/segment"
)

// An Index is one, whatever its entries are.
type Index struct {
	Kind     string
	Type     value.Type
	Reversed bool // its text stands in reverse
	Segments *segment.Index

	column *column.Column
	pieces []transform.Func // what the column's transforms do to a piece of text
}

// New returns the index of one of kinds that d is the key of, or what is wrong with
// d's label or contradicts typ.
func New(d *keys.Derived, store *segment.Store, typ value.Type, shape segment.Shape, kinds ...string) (*Index, error) {
	set := d.Tree()
	if tree.Ring(set) != tree.Index || tree.LevelOf(set) != tree.Leaf {
		return nil, fmt.Errorf("want the Derived of an index of kind %s", strings.Join(kinds, ", "))
	}
	names, kind, transforms := tree.IndexParts(set)
	x, err := check(names, kind, transforms, typ, kinds)
	if err != nil {
		return nil, err
	}
	x.Segments = store.Index(d, shape)
	return x, nil
}

// Check returns what New would find wrong with a label.
func Check(label keys.Label, typ value.Type, kinds ...string) error {
	names, kind, transforms, err := tree.ParseIndex(string(label))
	if err == nil {
		_, err = check(names, kind, transforms, typ, kinds)
	}
	return err
}

func check(names []string, kind string, transforms [][]string, typ value.Type, kinds []string) (*Index, error) {
	if !slices.Contains(kinds, kind) {
		return nil, fmt.Errorf("want an index of kind %s, and not %s", strings.Join(kinds, ", "), kind)
	}
	if len(names) != 1 {
		return nil, fmt.Errorf("an index of kind %s is on one column", kind)
	}
	columns, err := column.New(names, transforms, []value.Type{typ})
	if err != nil {
		return nil, err
	}
	x := &Index{Kind: kind, Type: typ, column: &columns[0]}
	for _, t := range transforms[0] {
		f, err := transform.CompilePiece(transform.Transform(t))
		if err != nil {
			return nil, err
		}
		x.pieces = append(x.pieces, f)
		x.Reversed = x.Reversed != (transform.Transform(t) == transform.Reverse)
	}
	if x.Reversed && kind != "sorted" {
		return nil, fmt.Errorf("%s is for sorted indexes: one of kind %s finds the ends of values without it", transform.Reverse, kind)
	}
	return x, nil
}

// Write puts doc under keys. What is under none leaves no trace, but voids what was before.
func (x *Index) Write(ctx context.Context, c segment.Conn, op segment.Op, doc []byte, keys [][]byte) error {
	if len(keys) == 0 {
		if op == segment.Added {
			return nil
		}
		op = segment.Removed
	}
	return x.Segments.Write(ctx, c, op, doc, keys)
}

// Value returns a value's bytes after the transforms.
func (x *Index) Value(v any) (b []byte, null bool, err error) {
	b, null, err = x.column.Transform(v)
	if err != nil {
		return nil, false, x.Fail(err)
	}
	return b, null, nil
}

// Piece does to text that is looked for inside of values what the transforms did to them.
func (x *Index) Piece(text string) (string, error) {
	text, err := x.piece(text)
	if err != nil {
		return "", x.Fail(err)
	}
	return text, nil
}

func (x *Index) piece(text string) (string, error) {
	if !utf8.ValidString(text) {
		return "", transform.ErrUTF8
	}
	for _, f := range x.pieces {
		var err error
		if text, err = f(text); err != nil {
			return "", err
		}
	}
	return text, nil
}

// Pattern compiles a LIKE pattern against transformed text.
func (x *Index) Pattern(pattern string, escape rune) (*like.Pattern, error) {
	p, err := like.Compile(pattern, escape)
	if err == nil {
		p, err = p.Map(x.piece)
	}
	if err != nil {
		return nil, x.Fail(err)
	}
	if x.Reversed {
		p = p.Turned()
	}
	return p, nil
}

// Fail says of the column what err says of a value.
func (x *Index) Fail(err error) error {
	return &search.ValueError{Column: x.column.Name, Reason: err.Error()}
}
