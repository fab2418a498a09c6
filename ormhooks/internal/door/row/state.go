package row

import (
	"context"
	"errors"
	"fmt"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/internal/door/convert"
	"github.com/cellseal/cellseal/ormhooks/internal/scope"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// A State is what is known of a row that is sealed or opened: worked out when it is first
// needed, and then kept.
type State struct {
	scoped bool
	scope  []keys.Label
	cells  []compartment
	// Destroyed says that a cell was taken for NULL because its scope was destroyed.
	Destroyed bool
}

type compartment struct {
	name string
	row  *cell.Row
}

// Reset makes the state ready for another row.
func (s *State) Reset() { *s = State{cells: s.cells[:0]} }

// A Lookup returns the value of a plain column of the row by its logical name; known is
// false if it is not at hand.
type Lookup func(logical string) (v any, known bool, err error)

// Scope resolves the scope of a row.
func (s *State) Scope(ctx context.Context, t *schema.Table, at Lookup) ([]keys.Label, error) {
	if s.scoped {
		return s.scope, nil
	}
	id := ""
	if column := t.Scope.Column; column != "" {
		v, known, err := at(column)
		if err != nil {
			return nil, err
		}
		if known {
			b, err := convert.Bound(t.Column(column), v)
			if err != nil {
				return nil, &ormhooks.ColumnError{Table: t.Name, Column: t.Column(column).Name, Err: err}
			}
			if b.Zero {
				return nil, &ormhooks.ScopeError{Table: t.Name, Kind: t.Scope.Kind, Problem: "its column " + column + " is not filled in"}
			}
			id = b.Text()
		}
	}
	path, problem := scope.Of(ctx, t, id)
	if problem != "" {
		return nil, &ormhooks.ScopeError{Table: t.Name, Kind: t.Scope.Kind, Problem: problem}
	}
	s.scope, s.scoped = path, true
	return path, nil
}

// Known returns the cells of a compartment that was met before.
func (s *State) Known(name string) *cell.Row {
	for _, c := range s.cells {
		if c.name == name {
			return c.row
		}
	}
	return nil
}

// Cells returns the cells of c's compartment. at gives bound columns, and key the row key.
func (s *State) Cells(k *codec.Keys, t *schema.Table, path []keys.Label, c *schema.Column, at Lookup, key func() ([]byte, error)) (*cell.Row, error) {
	id, err := ID(t, c, at, key)
	if err != nil {
		return nil, err
	}
	row, err := k.Row(t, path, c.Compartment, id)
	if err == nil {
		s.cells = append(s.cells, compartment{c.Compartment, row})
	}
	return row, err
}

// ID returns what c's cells are bound to; nil if that is nothing.
func ID(t *schema.Table, c *schema.Column, at Lookup, key func() ([]byte, error)) ([]byte, error) {
	switch c.Bind.Kind {
	case schema.BindNothing:
		return nil, nil
	case schema.BindRowKey:
		row, err := key()
		if err != nil {
			return nil, err
		}
		id, err := codec.RowKeyID(row)
		if err != nil {
			err = &ormhooks.ColumnError{Table: t.Name, Column: schema.RowKeyColumn, Err: err}
		}
		return id, err
	}
	bindings := make([]cell.Binding, 0, 4)
	for _, name := range c.Bind.Columns {
		b, err := boundTo(t, c, name, at)
		if err != nil {
			return nil, err
		}
		bindings = append(bindings, b.Binding)
	}
	return cell.RowID(bindings...), nil
}

func boundTo(t *schema.Table, c *schema.Column, name string, at Lookup) (codec.Bound, error) {
	to := t.Column(name)
	v, known, err := at(name)
	if err != nil {
		return codec.Bound{}, err
	}
	if !known {
		return codec.Bound{}, &ormhooks.ColumnError{Table: t.Name, Column: to.Name, Err: fmt.Errorf("%s is bound to it, but it is not at hand: name it in the statement", c.Name)}
	}
	b, err := convert.Bound(to, v)
	if err == nil && b.Zero {
		err = fmt.Errorf("%s is bound to it, but it is NULL, zero or empty: give it a value; if the database assigns it at INSERT, bind to something else, as with bind=row_key", c.Name)
	}
	if err != nil {
		return codec.Bound{}, &ormhooks.ColumnError{Table: t.Name, Column: to.Name, Err: err}
	}
	return b, nil
}

// KeyOf returns a row key as a driver delivered it; nil for NULL.
func KeyOf(t *schema.Table, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case []byte:
		return append([]byte{}, v...), nil
	case string:
		return []byte(v), nil
	}
	return nil, &ormhooks.ColumnError{Table: t.Name, Column: schema.RowKeyColumn, Err: errors.New("is no bytes")}
}
