package search

import (
	"bytes"
	"context"
	"errors"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search/internal/entry"
	"github.com/cellseal/cellseal/search/segment"
)

// SortedOptions are NewSorted's. nil or zero fields are the defaults.
type SortedOptions struct {
	Type Type // the column's declared type; default Text
	Doc  int  // length of a document's identity in bytes, 1 to 255; default 8, for [DocInt]
}

// A SortedIndex finds documents by the order of their values, which lies in segments
// (FORMAT.md §2 and §4): ranges, ORDER BY … LIMIT, least and greatest, prefixes, and with the
// transform Reverse suffixes. It is written as a [TextIndex] is. Questions are [Span]s. It is
// safe for concurrent use.
//
// Text and bytes are in the order of their bytes, as with COLLATE "C".
type SortedIndex struct {
	_ [0]func()
	s *segmented
}

// NewSorted returns the index that d is the key of: its label is [Sorted]. It panics
// on any other, and on a type that its transforms do not fit.
func NewSorted(d *keys.Derived, store *segment.Store, o *SortedOptions) *SortedIndex {
	if o == nil {
		o = &SortedOptions{}
	}
	s := newSegmented(d, o.Type, "sorted")
	doc := o.Doc
	if doc == 0 {
		doc = defaultDoc
	}
	s.index = store.Index(d, segment.Shape{Key: entry.Width(o.Type), Doc: doc, Room: 1})
	return &SortedIndex{s: s}
}

// CheckSorted returns what NewSorted would panic with for this label and type, for
// callers whose labels come from outside the program.
func CheckSorted(label keys.Label, typ Type) error { return checkLabel(label, typ, "sorted") }

// OrdersCompletely reports whether a sorted index tells any two values of a type apart.
// Of text and bytes it knows the first 16 bytes, of decimals 26 digits: values that are
// alike so far tie, and are told apart with Compare after decryption.
func OrdersCompletely(t Type) bool { return entry.Complete(t) }

// Add puts a document into the index that is not in it, with one INSERT on c. NULL has
// no entry. NaN is a [ValueError], as are decimals of 10^32767 and more.
func (x *SortedIndex) Add(ctx context.Context, c segment.Conn, doc []byte, value any) error {
	return x.put(ctx, c, segment.Added, doc, value)
}

// Replace is Add for a document that may be in the index.
func (x *SortedIndex) Replace(ctx context.Context, c segment.Conn, doc []byte, value any) error {
	return x.put(ctx, c, segment.Replaced, doc, value)
}

// Remove takes a document out of the index, with one INSERT on c. It is harmless if
// the document is not in it.
func (x *SortedIndex) Remove(ctx context.Context, c segment.Conn, doc []byte) error {
	return x.state().index.Write(ctx, c, segment.Removed, doc, nil)
}

// Segments is the engine below the index: its Stats, Verify, Drop, and what else an
// operator asks for.
func (x *SortedIndex) Segments() *segment.Index { return x.state().index }

func (x *SortedIndex) put(ctx context.Context, c segment.Conn, op segment.Op, doc []byte, value any) error {
	s := x.state()
	order, null, err := s.order(value)
	if err != nil {
		return err
	}
	if null {
		return s.write(ctx, c, op, doc, nil)
	}
	return s.write(ctx, c, op, doc, [][]byte{entry.Key(s.column.typ, order)})
}

// Compare returns -1, 0 or 1 as a comes before b, with it or after it in the index's
// order, beyond where keys are cut. NULL is a [ValueError].
func (x *SortedIndex) Compare(a, b any) (int, error) {
	s := x.state()
	first, err := s.bound(a)
	if err != nil {
		return 0, err
	}
	second, err := s.bound(b)
	return bytes.Compare(first, second), err
}

func (x *SortedIndex) state() *segmented {
	if x == nil || x.s == nil {
		panic("cellseal/search: zero SortedIndex; use NewSorted")
	}
	return x.s
}

// order returns bytes that compare as values do.
func (s *segmented) order(v any) (order []byte, null bool, err error) {
	b, null, err := s.column.transform(v)
	if err == nil && !null {
		order, err = entry.Order(s.column.typ, b)
	}
	if err != nil {
		return nil, false, s.fail(err)
	}
	return order, null, nil
}

var errNull = errors.New("NULL is neither more nor less than any value: ask with IS NULL")

// bound is order of what cannot be NULL.
func (s *segmented) bound(v any) ([]byte, error) {
	order, null, err := s.order(v)
	if err == nil && null {
		err = s.fail(errNull)
	}
	return order, err
}
