package ormhooks

import (
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// ask has a source that gives single rows give those of the whole batch at once. want goes
// through the rows as the work itself will, but what is wrong with one it leaves to that.
func (b *batch) ask(want func()) error {
	if !b.keys.ByRow() {
		return nil
	}
	b.rowKeys = map[int][]byte{}
	want()
	clear(b.changes)
	b.changes = b.changes[:0]
	return b.keys.Fetch()
}

// wantSet wants the rows of which a field was set.
func (b *batch) wantSet() {
	for i, v := range b.rows {
		r, err := b.row(v)
		if err != nil {
			continue
		}
		if r.number = i; r.ensureRowKey() != nil {
			continue
		}
		for _, sp := range r.sealed {
			if v, known := sp.field(r.v).plainValue(); known && !codec.IsNull(v) {
				r.want(sp.Column)
			}
		}
	}
}

// wantStored wants the rows of which a field was scanned.
func (b *batch) wantStored() {
	for _, v := range b.rows {
		var r *row
		for _, sp := range b.sealed {
			stored, ok := sp.field(v).storedValue()
			if !ok || stored == nil {
				continue
			}
			if r == nil {
				var err error
				if r, err = b.row(v); err != nil {
					break
				}
				r.readRowKey()
			}
			r.want(sp.Column)
		}
	}
}

func (r *row) want(c *schema.Column) {
	if id, err := r.identity(c); err == nil {
		r.keys.Want(r.table, r.scope, c.Compartment, id)
	}
}
