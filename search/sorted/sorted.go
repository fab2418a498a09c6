package sorted

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/internal/entry"
	"github.com/cellseal/cellseal/search/internal/listed"
	"github.com/cellseal/cellseal/search/segment"
)

// Options are New's. nil or zero fields are the defaults.
type Options struct {
	Type search.Type // the column's declared type; default Text
	Doc  int         // length of a document's identity in bytes, 1 to 255; default 8, for search.DocInt
}

// An Index finds documents by the order of their values. A document is whatever has an
// identity of its own, most often a row. The index is written with Add, Replace and Remove in the
// transaction that writes the row, after the statement that locks it. It is safe for concurrent use.
type Index struct {
	_ [0]func()
	x *listed.Index
}

// New returns the index that d is the key of: its label is [search.Sorted]. It panics on
// any other, and on a type that its transforms do not fit.
func New(d *keys.Derived, store *segment.Store, o *Options) *Index {
	if o == nil {
		o = &Options{}
	}
	shape := segment.Shape{Key: entry.Width(o.Type), Doc: 8, Room: 1}
	if o.Doc != 0 {
		shape.Doc = o.Doc
	}
	x, err := listed.New(d, store, o.Type, shape, "sorted")
	if err != nil {
		panic("cellseal/search/sorted: " + err.Error())
	}
	return &Index{x: x}
}

// Check returns what New would panic with for this label and type, for callers whose
// labels come from outside the program.
func Check(label keys.Label, typ search.Type) error {
	if err := listed.Check(label, typ, "sorted"); err != nil {
		return fmt.Errorf("cellseal/search/sorted: %w", err)
	}
	return nil
}

// Complete reports whether an index tells any two values of a type apart.
// Of text and bytes it knows the first 16 bytes, of decimals 26 digits: values that are
// alike so far tie, and are told apart with Compare after decryption.
func Complete(t search.Type) bool { return entry.Complete(t) }

// Add puts a document into the index that is not in it, with one INSERT on c. NULL has
// no entry. NaN is a [search.ValueError], as are decimals of 10^32767 and more.
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
	order, null, err := orderOf(s, value)
	if err != nil {
		return err
	}
	if null {
		return s.Write(ctx, c, op, doc, nil)
	}
	return s.Write(ctx, c, op, doc, [][]byte{entry.Key(s.Type, order)})
}

// Compare returns -1, 0 or 1 as a comes before b, with it or after it in the index's
// order, beyond where keys are cut. NULL is a [search.ValueError].
func (x *Index) Compare(a, b any) (int, error) {
	s := x.state()
	first, err := bound(s, a)
	if err != nil {
		return 0, err
	}
	second, err := bound(s, b)
	return bytes.Compare(first, second), err
}

// Leakage says what this index shows.
func (x *Index) Leakage() search.Leakage { return search.LeakageOfKind(x.state().Kind) }

func (x *Index) state() *listed.Index {
	if x == nil || x.x == nil {
		panic("cellseal/search/sorted: zero Index; use New")
	}
	return x.x
}

// orderOf returns bytes that compare as values do.
func orderOf(x *listed.Index, v any) (order []byte, null bool, err error) {
	b, null, err := x.Value(v)
	if err != nil || null {
		return nil, null, err
	}
	if order, err = entry.Order(x.Type, b); err != nil {
		return nil, false, x.Fail(err)
	}
	return order, false, nil
}

var errNull = errors.New("NULL is neither more nor less than any value: ask with IS NULL")

// bound is orderOf of what cannot be NULL.
func bound(x *listed.Index, v any) ([]byte, error) {
	order, null, err := orderOf(x, v)
	if err == nil && null {
		err = x.Fail(errNull)
	}
	return order, err
}
