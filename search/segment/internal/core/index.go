package core

import (
	"bytes"
	"context"
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
	return &CorruptError{Table: x.Store.Table(table), Index: x.Name, Problem: err.Error()}
}

// A Manifest is what a row of cellseal_segments says, opened.
type Manifest struct {
	Ver    int64 // 0: there is no row, and nothing was ever written
	Stored []byte
	format.Contents
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
	contents, err := x.Roots.OpenManifest(x.Number, uint64(ver), stored)
	if err != nil {
		return nil, x.Corrupt("segments", err)
	}
	if shape := contents.Shape; shape != x.Shape {
		return nil, &ShapeError{x.Name, shape.Key, shape.Doc, x.Shape.Key, x.Shape.Doc}
	}
	m.Contents = contents
	x.last.Store(m)
	return m, nil
}

// ReadManifest reads the manifest as it is now.
func (x *Index) ReadManifest(ctx context.Context, c Conn) (*Manifest, error) {
	for again := false; ; again = true {
		l := x.look(c)
		rows, err := Query(ctx, c, "ib", x.Store.Text.Manifest, x.Number)
		if err != nil {
			return nil, err
		}
		m := &Manifest{}
		if len(rows) > 0 {
			m, err = x.OpenManifest(rows[0].N[0], rows[0].B)
		} else if left, failed := x.orphans(ctx, c); failed != nil {
			return nil, failed
		} else if left && !again { // it was begun meanwhile
			continue
		} else if left {
			return m, x.orphaned(ctx, c)
		}
		if err == nil {
			err = l.saw(ctx, m.Ver)
		}
		if err != nil {
			return nil, err
		}
		return m, nil
	}
}

// Snapshot takes the manifest and the ids and heads of all pending rows in one statement, so that no
// flush can come in between.
func (x *Index) Snapshot(ctx context.Context, c Conn) (*Manifest, []Row, error) {
	l := x.look(c)
	text, args := x.Store.Inlined(x.Store.Text.View, x.Number, x.Number)
	rows, err := Query(ctx, c, "iib", text, args...)
	if err != nil {
		return nil, nil, err
	}
	var m *Manifest
	var heads []Row
	for _, r := range rows {
		if r.N[1] == 0 { // no manifest has version 0
			heads = append(heads, r)
		} else if m, err = x.OpenManifest(r.N[1], r.B); err != nil {
			return nil, nil, err
		}
	}
	switch {
	case m == nil && len(heads) > 0:
		m, err = &Manifest{}, x.orphaned(ctx, c)
	case m == nil:
		if m, err = x.ReadManifest(ctx, c); err == nil && m.Ver > 0 { // it was begun meanwhile
			return x.Snapshot(ctx, c)
		}
	default:
		err = l.saw(ctx, m.Ver)
	}
	if err != nil {
		return nil, nil, err
	}
	for _, r := range heads {
		if !inRange(r.N[0]) || len(r.B) != headSize {
			return nil, nil, x.poisoned([]int64{r.N[0]}, errHead)
		}
	}
	return m, heads, nil
}

// orphaned is the error of what is there without a manifest, if it is one.
func (x *Index) orphaned(ctx context.Context, c Conn) error {
	beyond, err := x.Beyond(ctx, c)
	if err == nil && !beyond {
		err = x.Corrupt("segments", errOrphans)
	}
	return err
}
