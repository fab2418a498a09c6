package ormhooks

import (
	"context"
	"fmt"
	"reflect"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// A batch is the work of one call on the rows it was given. What is to change waits
// in it until everything has gone well.
type batch struct {
	*plan
	ctx     context.Context
	table   *schema.Table
	keys    *codec.Keys
	rows    []reflect.Value
	current row // one at a time, which saves its allocation
	scratch codec.Scratch
	changes []change
	rowKeys map[int][]byte // of new rows, by place, while their keys are asked for beforehand
}

// change is what a Sealed or a Hidden field is to become.
type change struct {
	field sealedField
	state any

	hidden *Hidden // if it is one
	to     Hidden
}

func newBatch(ctx context.Context, source keys.Source, s *Schema, given any) (*batch, error) {
	v := reflect.ValueOf(given)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return nil, fmt.Errorf("cellseal: want a pointer to a struct of the schema or to a slice of them, and not a %T", given)
	}
	v = v.Elem()
	t := v.Type()
	rows := []reflect.Value{v}
	if v.Kind() == reflect.Slice {
		rows = make([]reflect.Value, v.Len())
		if t = t.Elem(); t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		for i := range rows {
			if rows[i] = reflect.Indirect(v.Index(i)); !rows[i].IsValid() {
				return nil, fmt.Errorf("cellseal: row %d is nil", i)
			}
		}
	}
	p, ok := s.Plan(t).(*plan)
	if !ok || len(p.sealed) == 0 {
		return nil, fmt.Errorf("cellseal: %v is no struct with Sealed fields of this schema: give one to ormhooks.NewSchema", t)
	}
	b := &batch{
		plan: p, ctx: ctx, table: s.Table(p.table), keys: codec.NewKeys(ctx, source),
		rows: rows, changes: make([]change, 0, len(rows)*len(p.sealed)),
	}
	return b, b.loadScopes(source)
}

// loadScopes asks for the scopes of all rows at once, of a source that can be asked so.
func (b *batch) loadScopes(source keys.Source) error {
	loader, ok := source.(keys.ScopeLoader)
	if !ok || len(b.rows) < 2 || b.table.Scope.Column == "" {
		return nil
	}
	var all []keys.Label
	for _, v := range b.rows {
		if r, err := b.row(v); err == nil { // else it is said where the row is worked on
			all = append(all, r.scope...)
		}
	}
	return loader.LoadScopes(b.ctx, all...)
}

func (b *batch) commit() {
	for _, c := range b.changes {
		if c.hidden != nil {
			*c.hidden = c.to
		} else {
			c.field.become(c.state)
		}
	}
}

// row is the work on one row: what Seal and Open have in common.
type row struct {
	*batch
	v      reflect.Value
	number int // its place in the batch, where it is sealed
	scope  []keys.Label
	rowKey []byte
	cells  []compartment
	values []columnValue // what was opened
}

type compartment struct {
	name string
	row  *cell.Row
}

// row begins the work on v and ends that on the row before.
func (b *batch) row(v reflect.Value) (*row, error) {
	r := &b.current
	*r = row{batch: b, v: v, cells: r.cells[:0], values: r.values[:0]}
	id := ""
	if column := r.table.Scope.Column; column != "" {
		bound, err := r.bind(r.table, v, column)
		if err != nil {
			return nil, err
		}
		if bound.Zero {
			return nil, &ScopeError{r.table.Name, r.table.Scope.Kind, "its column " + column + " is not filled in"}
		}
		id = bound.Text()
	}
	var err error
	r.scope, err = scopeOf(b.ctx, r.table, id)
	return r, err
}

// cellRow returns the cells of c's compartment.
func (r *row) cellRow(c *schema.Column) (*cell.Row, error) {
	for _, known := range r.cells {
		if known.name == c.Compartment {
			return known.row, nil
		}
	}
	id, err := r.identity(c)
	if err != nil {
		return nil, err
	}
	cells, err := r.keys.Row(r.table, r.scope, c.Compartment, id)
	if err == nil {
		r.cells = append(r.cells, compartment{c.Compartment, cells})
	}
	return cells, err
}

// identity returns what the cells of c's compartment are bound to, or nil.
func (r *row) identity(c *schema.Column) ([]byte, error) {
	switch c.Bind.Kind {
	case schema.BindNothing:
		return nil, nil
	case schema.BindRowKey:
		id, err := codec.RowKeyID(r.rowKey)
		if err != nil {
			return nil, &ColumnError{r.table.Name, schema.RowKeyColumn, err}
		}
		return id, nil
	}
	var bindings []cell.Binding
	for _, name := range c.Bind.Columns {
		b, err := r.bind(r.table, r.v, name)
		if err != nil {
			return nil, err
		}
		if b.Zero {
			return nil, &ColumnError{r.table.Name, name, fmt.Errorf("%s is bound to it, but it is not filled in: set it before Seal and select it before Open; if the database assigns it at INSERT, bind to something else, as with bind=row_key", c.Name)}
		}
		bindings = append(bindings, b.Binding)
	}
	return cell.RowID(bindings...), nil
}
