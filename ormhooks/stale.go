package ormhooks

import (
	"bytes"
	"context"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// Stale reports whether the row, or any row of the slice, is to be opened, sealed
// and written again: whether any scanned cell is under another key than the primary.
//
// What terms are under does not show. Call Open first: of rows that are open, Stale
// also compares the scanned terms with those that would be written now: so
// it finds the rows to seal again after an index key was promoted or pinned, or an
// index was added. Do that before the old key is disabled.
func Stale(ctx context.Context, source keys.Source, s *Schema, given any) (stale bool, err error) {
	err = codec.Reloading(ctx, source, func() error {
		stale, err = isStale(ctx, source, s, given)
		return err
	})
	return stale, err
}

func isStale(ctx context.Context, source keys.Source, s *Schema, given any) (bool, error) {
	b, err := newBatch(ctx, source, s, given)
	if err != nil {
		return false, err
	}
	if err := b.ask(b.wantStored); err != nil {
		return false, err
	}
	stale := false
	err = b.scanned(func(r *row, number int, sp sealedPlan, stored codec.Stored) error {
		if stored.Null() {
			return nil
		}
		primary, err := r.keys.PrimaryID(r.table, r.scope, sp.Compartment, func() ([]byte, error) { return r.identity(sp.Column) })
		if err != nil {
			return err
		}
		id, err := codec.KeyID(sp.Column, stored)
		if err != nil {
			return &CellError{r.table.Name, sp.Name, number, 0, err}
		}
		stale = stale || id != primary
		return nil
	}, func(r *row, _ int) error {
		for _, x := range r.table.Indexes {
			old, err := r.staleTerm(x)
			if err != nil {
				return err
			}
			stale = stale || old
		}
		return nil
	})
	return stale, err
}

// staleTerm reports whether a scanned term differs from what Seal would write.
func (r *row) staleTerm(x *schema.Index) (bool, error) {
	stored := r.hiddenField(r.v, x.Hidden())
	if !stored.scanned() {
		return false, nil
	}
	values, err := r.plainValues(x)
	if err != nil || len(values) < len(x.Protected()) {
		return false, err
	}
	maker, err := r.keys.Index(r.table, r.scope, x)
	if err != nil {
		return false, err
	}
	term, err := maker.Term(values...)
	if err != nil {
		return false, &ColumnError{r.table.Name, x.Hidden(), err}
	}
	return !bytes.Equal(term, stored.bytes()), nil
}
