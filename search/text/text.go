package text

import (
	"context"
	"fmt"

	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/internal/entry"
	"github.com/cellseal/cellseal/search/internal/listed"
	"github.com/cellseal/cellseal/search/segment"
)

// Options are New's. nil or zero fields are the defaults.
type Options struct {
	Doc int // length of a document's identity in bytes, 1 to 255; default 8, for search.DocInt
}

// An Index finds documents by their text. A document is whatever has an identity of
// its own, most often a row. The index is written with Add, Replace and Remove in the transaction
// that writes the row, after the statement that locks it. It is safe for concurrent use.
type Index struct {
	_ [0]func()
	x *listed.Index
}

var kinds = []string{"words", "substring", "fuzzy"}

// New returns the index that d is the key of: its label is one of [search.Words],
// [search.Substring] and [search.Fuzzy]. It panics on any other.
func New(d *keys.Derived, store *segment.Store, o *Options) *Index {
	shape := segment.Shape{Key: entry.Size, Doc: 8, Room: 8}
	if o != nil && o.Doc != 0 {
		shape.Doc = o.Doc
	}
	x, err := listed.New(d, store, value.Text, shape, kinds...)
	if err != nil {
		panic("cellseal/search/text: " + err.Error())
	}
	return &Index{x: x}
}

// Check returns what New would panic with for this label, for callers whose labels
// come from outside the program.
func Check(label keys.Label) error {
	if err := listed.Check(label, value.Text, kinds...); err != nil {
		return fmt.Errorf("cellseal/search/text: %w", err)
	}
	return nil
}

// Add puts a document into the index that is not in it, with one INSERT on c. NULL and
// empty text have no entries: nothing finds them here.
func (x *Index) Add(ctx context.Context, c segment.Conn, doc []byte, value any) error {
	return x.put(ctx, c, segment.Added, doc, value)
}

// Replace is Add for a document that may be in the index.
func (x *Index) Replace(ctx context.Context, c segment.Conn, doc []byte, value any) error {
	return x.put(ctx, c, segment.Replaced, doc, value)
}

// Remove takes a document out of the index, with one INSERT on c. It is harmless if
// the document is not in it.
func (x *Index) Remove(ctx context.Context, c segment.Conn, doc []byte) error {
	return x.state().Segments.Write(ctx, c, segment.Removed, doc, nil)
}

// Segments is the engine below the index: its Stats, Verify, Drop, and what else an
// operator asks for.
func (x *Index) Segments() *segment.Index { return x.state().Segments }

func (x *Index) put(ctx context.Context, c segment.Conn, op segment.Op, doc []byte, value any) error {
	s := x.state()
	text, _, err := textOf(s, value)
	if err != nil {
		return err
	}
	var list [][]byte
	switch s.Kind {
	case "words":
		list = entry.WordKeys(text)
	case "substring":
		if list, err = entry.GramKeys(text); err != nil {
			return s.Fail(err)
		}
	case "fuzzy":
		list = entry.VariantKeys(text)
	}
	return s.Write(ctx, c, op, doc, list)
}

// Leakage says what this index shows.
func (x *Index) Leakage() search.Leakage { return search.LeakageOfKind(x.state().Kind) }

func (x *Index) state() *listed.Index {
	if x == nil || x.x == nil {
		panic("cellseal/search/text: zero Index; use New")
	}
	return x.x
}

// want returns the state of an index of a kind.
func (x *Index) want(kind, method string) *listed.Index {
	s := x.state()
	if s.Kind != kind {
		panic(fmt.Sprintf("cellseal/search/text: %s asks a %s index, and this one is %s", method, kind, s.Kind))
	}
	return s
}
