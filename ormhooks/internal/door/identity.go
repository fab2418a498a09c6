package door

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

// scope resolves the scope of a row of the plan.
func (b *binder) scope(n int) ([]keys.Label, error) {
	r := &b.st.Plan.Rows[n]
	return b.rows[n].Scope(b.ctx, r.Table, func(string) (any, bool, error) {
		if r.Scope.Kind == 0 {
			return nil, false, nil
		}
		v, err := b.value(r.Scope)
		return v, true, err
	})
}

func (b *binder) cellRow(n int, c *schema.Column) (*cell.Row, error) {
	state, r := &b.rows[n], &b.st.Plan.Rows[n]
	if known := state.Known(c.Compartment); known != nil {
		return known, nil
	}
	path, err := b.scope(n)
	if err != nil {
		return nil, err
	}
	return state.Cells(b.keys, r.Table, path, c, b.bound(r), func() ([]byte, error) { return b.rowKey(n) })
}

// mayBeNull keeps NULL from being written in a scope that was destroyed, where NULL is what the application reads in
// place of cells: it would put it back in their place.
func (b *binder) mayBeNull(n int, c *schema.Column) error {
	t := b.st.Plan.Rows[n].Table
	if !b.st.door.DestroyedAsNull || t.Scope.Kind == "" {
		return nil
	}
	path, err := b.scope(n)
	if err != nil {
		return err
	}
	return b.alive(t, path, c.Compartment)
}

// alive is an error if a scope was destroyed.
func (b *binder) alive(t *schema.Table, path []keys.Label, compartment string) error {
	_, err := b.keys.Compartment(t, path, compartment)
	return err
}

// rowID returns what the cells of a column are bound to.
func (b *binder) rowID(n int, c *schema.Column) ([]byte, error) {
	r := &b.st.Plan.Rows[n]
	return row.ID(r.Table, c, b.bound(r), func() ([]byte, error) { return b.rowKey(n) })
}

func (b *binder) bound(r *plan.Row) row.Lookup {
	return func(logical string) (any, bool, error) {
		at, ok := r.Bound[logical]
		if !ok {
			return nil, false, nil
		}
		v, err := b.value(at)
		if err == nil {
			err = row.Bindable(r, logical, v)
		}
		return v, true, err
	}
}

// rowKey returns the random key of a row: a new one, or the one it has.
func (b *binder) rowKey(n int) ([]byte, error) {
	state, r := &b.rows[n], &b.st.Plan.Rows[n]
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
	v, err := b.value(r.RowKey)
	if err != nil {
		return nil, err
	}
	if state.rowKey, err = row.KeyOf(r.Table, v); err != nil {
		return nil, err
	}
	return state.rowKey, nil
}
