package ormhooks

import (
	"context"
	"errors"

	"github.com/cellseal/cellseal/internal/gostruct"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// Open opens the Sealed fields that were scanned, of a row or of every row of a
// slice, as [Seal] takes them. Fields that were not scanned are left alone. What
// cannot be opened is a [CellError]; on any error nothing is changed.
//
// If a row's Hidden search terms were scanned along with all columns of their
// index, Open also checks that they belong to the values beside them, so that a row
// found by a term that was moved there is an error: [ErrTerm].
//
// If a cell names a key that source does not know and source is a keys.Reloader,
// it is asked to load it, once. [Seal] and [Match] do so for the key that a unique
// index is pinned to.
func Open(ctx context.Context, source keys.Source, s *Schema, given any) error {
	return codec.Reloading(ctx, source, func() error { return open(ctx, source, s, given) })
}

func open(ctx context.Context, source keys.Source, s *Schema, given any) error {
	b, err := newBatch(ctx, source, s, given)
	if err != nil {
		return err
	}
	if err := b.ask(b.wantStored); err != nil {
		return err
	}
	if err := b.scanned((*row).openColumn, (*row).checkTerms); err != nil {
		return err
	}
	b.commit()
	return nil
}

// OpenAlive is [Open] that leaves rows alone whose scope was destroyed (keys/scopes), where Open returns a
// *keys.DestroyedError. It returns their places. [Sealed.Lookup] of their fields reports that there is no plaintext,
// and [Seal] refuses them as they are, so that nothing is written in place of what was stored.
func OpenAlive(ctx context.Context, source keys.Source, s *Schema, given any) (destroyed []int, err error) {
	err = codec.Reloading(ctx, source, func() error {
		destroyed, err = openAlive(ctx, source, s, given)
		return err
	})
	return destroyed, err
}

func openAlive(ctx context.Context, source keys.Source, s *Schema, given any) (destroyed []int, err error) {
	b, err := newBatch(ctx, source, s, given)
	if err != nil {
		return nil, err
	}
	if err := b.ask(b.wantStored); err != nil {
		return nil, err
	}
	all, changes := b.rows, 0
	for i := range all {
		b.rows = all[i : i+1]
		err := b.scannedFrom(i, (*row).openColumn, (*row).checkTerms)
		switch {
		case errors.As(err, new(*keys.DestroyedError)):
			b.changes = b.changes[:changes]
			destroyed = append(destroyed, i)
		case err != nil:
			return nil, err
		}
		changes = len(b.changes)
	}
	b.commit()
	return destroyed, nil
}

// scanned visits every Sealed field that was scanned, and then its row. A row
// without any is not looked at further: it need not be complete.
func (b *batch) scanned(visit func(r *row, number int, sp sealedPlan, stored codec.Stored) error, then func(r *row, number int) error) error {
	return b.scannedFrom(0, visit, then)
}

// scannedFrom is scanned of rows of which the first has a number.
func (b *batch) scannedFrom(first int, visit func(r *row, number int, sp sealedPlan, stored codec.Stored) error, then func(r *row, number int) error) error {
	for i, v := range b.rows {
		i += first
		var r *row
		for _, sp := range b.sealed {
			stored, ok := sp.field(v).storedValue()
			if !ok {
				continue
			}
			if r == nil {
				var err error
				if r, err = b.row(v); err != nil {
					return err
				}
				r.readRowKey()
			}
			if err := visit(r, i, sp, r.stored(sp.Column, stored)); err != nil {
				return err
			}
		}
		if r != nil {
			if err := then(r, i); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *row) readRowKey() {
	if r.hidden[schema.RowKeyColumn] != nil {
		r.rowKey = r.hiddenField(r.v, schema.RowKeyColumn).bytes()
	}
}

// stored puts a scanned value together with what was scanned beside it.
func (r *row) stored(c *schema.Column, v any) codec.Stored {
	s := codec.Stored{Value: v}
	switch c.Mode {
	case schema.ModeToken:
		if h := r.hiddenField(r.v, c.Hidden()); h.known() {
			s.Hidden = h.bytes()
		}
	case schema.ModeImprint:
		if h := r.hiddenField(r.v, c.Hidden()); h.known() {
			s.Hidden = h.keyID()
		}
	}
	return s
}

func (r *row) cellError(number int, c *schema.Column, stored codec.Stored, err error) error {
	id, _ := codec.KeyID(c, stored) // 0 if it is no cell at all
	return &CellError{r.table.Name, c.Name, number, id, err}
}

func (r *row) openColumn(number int, sp sealedPlan, stored codec.Stored) error {
	field := sp.field(r.v)
	var v any
	if !stored.Null() {
		cells, err := r.cellRow(sp.Column)
		if err != nil {
			return err // trouble with the keys or with the row is no cell's fault
		}
		if v, err = r.scratch.Decode(sp.Column, cells, stored); err != nil {
			return r.cellError(number, sp.Column, stored, err)
		}
	}
	typ, _ := sp.Declared()
	dst, state := field.opened()
	if err := gostruct.Assign(dst, typ, v); err != nil {
		return r.cellError(number, sp.Column, stored, err)
	}
	r.changes = append(r.changes, change{field: field, state: state})
	r.values = append(r.values, columnValue{sp.Column, v})
	return nil
}
