package bind

import (
	"crypto/rand"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/internal/door/row"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// rowState is what is known of a row of the plan.
type rowState struct {
	row.State
	rowKey []byte
}

// row is the state of a row, which every fill begins anew.
func (b *Binder) row(n int) *rowState {
	if b.rows == nil {
		b.rows = make([]rowState, len(b.Plan.Rows))
	}
	return &b.rows[n]
}

// Scope resolves the scope of a row of the plan.
func (b *Binder) Scope(n int) ([]keys.Label, error) {
	r := &b.Plan.Rows[n]
	return b.row(n).Scope(b.Context, r.Table, func(string) (any, bool, error) {
		if r.Scope.Kind == 0 {
			return nil, false, nil
		}
		v, err := b.Value(r.Scope)
		return v, true, err
	})
}

func (b *Binder) cellRow(n int, c *schema.Column) (*cell.Row, error) {
	state, r := b.row(n), &b.Plan.Rows[n]
	if known := state.Known(c.Compartment); known != nil {
		return known, nil
	}
	path, err := b.Scope(n)
	if err != nil {
		return nil, err
	}
	return state.Cells(b.Keys, r.Table, path, c, b.bound(r), func() ([]byte, error) { return b.rowKey(n) })
}

// rowID returns what the cells of a column are bound to.
func (b *Binder) rowID(n int, c *schema.Column) ([]byte, error) {
	r := &b.Plan.Rows[n]
	return row.ID(r.Table, c, b.bound(r), func() ([]byte, error) { return b.rowKey(n) })
}

func (b *Binder) bound(r *plan.Row) row.Lookup {
	return func(logical string) (any, bool, error) {
		at, ok := r.Bound[logical]
		if !ok {
			return nil, false, nil
		}
		v, err := b.Value(at)
		if err == nil {
			err = row.Bindable(r, logical, v)
		}
		return v, true, err
	}
}

// rowKey returns the random key of a row: a new one, or the one it has.
func (b *Binder) rowKey(n int) ([]byte, error) {
	state, r := b.row(n), &b.Plan.Rows[n]
	if state.rowKey != nil {
		return state.rowKey, nil
	}
	if r.NewKey {
		state.rowKey = make([]byte, codec.RowKeySize)
		rand.Read(state.rowKey) // never fails: crypto/rand
		return state.rowKey, nil
	}
	if r.RowKey.Kind == 0 {
		return nil, errPlan("a row without its key")
	}
	v, err := b.Value(r.RowKey)
	if err != nil {
		return nil, err
	}
	if state.rowKey, err = row.KeyOf(r.Table, v); err != nil {
		return nil, err
	}
	return state.rowKey, nil
}
