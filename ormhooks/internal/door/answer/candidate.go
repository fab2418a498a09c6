package answer

import (
	"database/sql/driver"
	"slices"

	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/internal/door/row"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// A candidate is what is read of a row that may match: its key first.
type candidate struct {
	columns      []string
	origin       plan.Origin
	cell, hidden int // positions; hidden is -1 if there is none
}

func (s *Search) candidate() *candidate {
	of := s.Find.Column
	c := &candidate{columns: slices.Clone(s.Find.Keys), hidden: -1}
	c.origin = plan.Origin{Table: s.Table, Bound: map[string]int{}, Scope: -1, RowKey: -1}
	if of.Bind.Kind == schema.BindRowKey {
		c.origin.RowKey = 0
	}
	for i, logical := range of.Bind.Columns {
		c.origin.Bound[logical] = i
	}
	add := func(name string) int {
		c.columns = append(c.columns, name)
		return len(c.columns) - 1
	}
	if scope := s.Table.Scope.Column; scope != "" {
		c.origin.Scope = add(s.Table.Column(scope).Name)
	}
	c.cell = add(of.Name)
	if hidden := of.Hidden(); hidden != "" {
		c.hidden = add(hidden)
	}
	return c
}

// key returns a row's key as it is stored.
func (s *Search) key(stored []driver.Value) []any {
	if s.Find.Column.Bind.Kind == schema.BindRowKey {
		key, _ := row.KeyOf(s.Table, stored[0])
		return []any{key}
	}
	key := make([]any, len(s.Find.Keys))
	for i, logical := range s.Find.Column.Bind.Columns {
		key[i] = asKey(s.Table.Column(logical), stored[i])
	}
	return key
}

// asKey is a key column's value as a driver delivered it, as package template takes it.
func asKey(c *schema.Column, v any) any {
	typ, _ := c.Declared()
	b, isBytes := v.([]byte)
	switch typ {
	case value.Int, value.Uint:
		if bound, err := codec.Bind(c, v); err == nil {
			return bound.Value()
		}
		if isBytes {
			return string(b)
		}
	case value.Text:
		if isBytes {
			return string(b)
		}
	case value.UUID:
		if isBytes && len(b) != 16 {
			return string(b)
		}
	}
	return v
}
