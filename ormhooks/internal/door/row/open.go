package row

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/internal/door/convert"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// An Opener opens stored values of one result, in one goroutine.
type Opener struct {
	Context context.Context
	Keys    *codec.Keys
	// Permit is told of what is no cell and is let through as a convert.Plaintext. Without it such
	// a value is an error.
	Permit func(*schema.Table, *schema.Column)
	// DestroyedAsNull makes NULL of cells whose scope was destroyed. Without it they are an error.
	DestroyedAsNull bool

	scratch codec.Scratch
}

// Open opens the stored value at a position; nil is NULL. number is that of the row, for errors.
func (o *Opener) Open(origin *plan.Origin, state *State, c *schema.Column, at, hidden int, stored []driver.Value, number int) (any, error) {
	t := origin.Table
	s := codec.Stored{Value: stored[at]}
	if hidden >= 0 {
		s.Hidden = codec.HiddenOf(c, stored[hidden])
	}
	if s.Null() {
		return nil, nil
	}
	if o.Permit != nil {
		if _, err := codec.KeyID(c, s); err != nil {
			o.Permit(t, c)
			return convert.Plaintext{Stored: s.Value}, nil
		}
	}
	cells, err := o.cells(origin, state, c, stored)
	if o.DestroyedAsNull && errors.As(err, new(*keys.DestroyedError)) {
		state.Destroyed = true
		return nil, nil
	}
	if err != nil {
		return nil, err // trouble with the keys or with the row is no cell's fault
	}
	v, err := o.scratch.Decode(c, cells, s)
	if err == nil {
		return v, nil
	}
	id, noCell := codec.KeyID(c, s)
	if noCell != nil {
		err = fmt.Errorf("%w; if the column held plaintext before it was protected, see sqlcell's Options.Permissive", err)
	}
	return nil, &ormhooks.CellError{Table: t.Name, Column: c.Name, Row: number, KeyID: id, Err: err}
}

// cells returns the cells of c's compartment in the row that an origin describes.
func (o *Opener) cells(origin *plan.Origin, state *State, c *schema.Column, stored []driver.Value) (*cell.Row, error) {
	if known := state.Known(c.Compartment); known != nil {
		return known, nil
	}
	path, err := o.Scope(origin, state, stored)
	if err != nil {
		return nil, err
	}
	at, key := identity(origin, stored)
	return state.Cells(o.Keys, origin.Table, path, c, at, key)
}

// Want notes that a column of the row that an origin describes will be opened, for Keys.Fetch.
func (o *Opener) Want(origin *plan.Origin, state *State, c *schema.Column, stored []driver.Value) {
	path, err := o.Scope(origin, state, stored)
	if err != nil {
		return // which Open will say
	}
	if id, err := StoredID(origin, c, stored); err == nil {
		o.Keys.Want(origin.Table, path, c.Compartment, id)
	}
}

// Expect has the keys asked for at once of rows of which the column at a position is opened next.
func (o *Opener) Expect(origin *plan.Origin, c *schema.Column, at int, rows [][]driver.Value) error {
	if !o.Keys.ByRow() {
		return nil
	}
	for _, stored := range rows {
		if stored[at] != nil {
			o.Want(origin, new(State), c, stored)
		}
	}
	return o.Keys.Fetch()
}

// StoredID is ID of the row that an origin describes.
func StoredID(origin *plan.Origin, c *schema.Column, stored []driver.Value) ([]byte, error) {
	at, key := identity(origin, stored)
	return ID(origin.Table, c, at, key)
}

func identity(origin *plan.Origin, stored []driver.Value) (Lookup, func() ([]byte, error)) {
	return func(logical string) (any, bool, error) {
			at, ok := origin.Bound[logical]
			if !ok {
				return nil, false, nil
			}
			return stored[at], true, nil
		}, func() ([]byte, error) {
			if origin.RowKey < 0 {
				return nil, errNoKey
			}
			return KeyOf(origin.Table, stored[origin.RowKey])
		}
}

// Scope resolves the scope of the row that an origin describes.
func (o *Opener) Scope(origin *plan.Origin, state *State, stored []driver.Value) ([]keys.Label, error) {
	return state.Scope(o.Context, origin.Table, func(string) (any, bool, error) {
		if origin.Scope < 0 {
			return nil, false, nil
		}
		return stored[origin.Scope], true, nil
	})
}

// Within reports whether the row that an origin describes is of the scope that is looked in; unscoped says why
// there is none.
func (o *Opener) Within(origin *plan.Origin, state *State, stored []driver.Value, scope []keys.Label, unscoped error) (bool, error) {
	path, err := o.Scope(origin, state, stored)
	switch {
	case unscoped != nil || origin.Scope < 0:
		return err == nil, err
	case errors.As(err, new(*ormhooks.ScopeError)):
		return false, nil
	}
	return err == nil && slices.Equal(path, scope), err
}

var errNoKey = errors.New("cellseal: internal: the plan has a row without its key")
