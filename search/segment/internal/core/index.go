package core

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync/atomic"

	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search/segment/internal/format"
)

// An Index is one index of a Store, under its keys.
type Index struct {
	Store  *Store
	Name   string // for errors, without the scope
	Number int64  // idx of the tables
	Shape  format.Shape
	Room   int
	Roots  format.Roots
	last   atomic.Pointer[Manifest] // the one that was opened last
}

// NewIndex returns the index at the leaf set of the tree.
func NewIndex(s *Store, set *tree.Set, shape format.Shape, room int) *Index {
	path := tree.Path(set)
	leaf := path[len(path)-2:]
	name := strings.TrimPrefix(leaf[0], "t:") + " " + strings.TrimPrefix(leaf[1], "i:")
	return &Index{Store: s, Name: name, Number: format.Index(path), Shape: shape, Room: room, Roots: format.NewRoots(set)}
}

// Fits returns a LengthError if b is not want bytes.
func (x *Index) Fits(what string, b []byte, want int) error {
	if len(b) != want {
		return &LengthError{x.Name, what, len(b), want}
	}
	return nil
}

// Corrupt wraps an error of what was read from table; one that a caller can act on stays what it is.
func (x *Index) Corrupt(table string, err error) error {
	if unknown, ok := err.(*keys.UnknownKeyError); ok {
		return unknown
	}
	return &CorruptError{x.Store.Table(table), x.Name, err.Error()}
}

// A Manifest is what a row of cellseal_segments says, opened.
type Manifest struct {
	Ver      int64 // 0: there is no row, and no segment
	Stored   []byte
	Segments []format.Segment
}

// Same reports whether nothing has changed.
func (m *Manifest) Same(other *Manifest) bool {
	return other != nil && m.Ver == other.Ver && bytes.Equal(m.Stored, other.Stored)
}

// OpenManifest opens what is stored as version ver.
func (x *Index) OpenManifest(ver int64, stored []byte) (*Manifest, error) {
	m := &Manifest{Ver: ver, Stored: stored}
	if last := x.last.Load(); m.Same(last) {
		return last, nil
	}
	shape, segments, err := x.Roots.OpenManifest(x.Number, uint64(ver), stored)
	if err != nil {
		return nil, x.Corrupt("segments", err)
	}
	if shape != x.Shape {
		return nil, &ShapeError{x.Name, shape.Key, shape.Doc, x.Shape.Key, x.Shape.Doc}
	}
	m.Segments = segments
	x.last.Store(m)
	return m, nil
}

// ReadManifest reads the manifest as it is now.
func (x *Index) ReadManifest(ctx context.Context, c Conn) (*Manifest, error) {
	rows, err := Query(ctx, c, "ib", x.Store.Text.Manifest, x.Number)
	if err != nil || len(rows) == 0 {
		return &Manifest{}, err
	}
	return x.OpenManifest(rows[0].N[0], rows[0].B)
}

// Snapshot takes the manifest and the ids and heads of all pending rows in one statement, so that no
// flush can come in between.
func (x *Index) Snapshot(ctx context.Context, c Conn) (*Manifest, []Row, error) {
	text, args := x.Store.Inlined(x.Store.Text.View, x.Number, x.Number)
	rows, err := Query(ctx, c, "iib", text, args...)
	if err != nil {
		return nil, nil, err
	}
	m := &Manifest{}
	var heads []Row
	for _, r := range rows {
		if r.N[0] != 0 {
			heads = append(heads, r)
		} else if m, err = x.OpenManifest(r.N[1], r.B); err != nil {
			return nil, nil, err
		}
	}
	for _, r := range heads {
		if r.N[0] < 0 || r.N[0] > format.MaxVersion || len(r.B) != headSize {
			return nil, nil, x.Corrupt("pending", errors.New("a row is of no shape that a writer gives it"))
		}
	}
	return m, heads, nil
}
