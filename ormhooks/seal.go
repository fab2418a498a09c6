package ormhooks

import (
	"context"
	"crypto/rand"
	"errors"
	"reflect"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// Seal seals the Sealed fields of a row, or of every row of a slice, for the row
// they stand in, and fills in its Hidden fields. given is a pointer to a struct of
// the schema, to a slice of such structs, or to a slice of pointers to them.
// Fields that were not set are left alone, and cannot be written; fields that were
// scanned but not opened are an error. On any error nothing is changed.
//
// Everything a row is bound to must be filled in before. Call Seal again after
// every change of a field, of a bound column or of the scope. Of a table with
// bind=row_key, read a row before you change it: its key must be at hand.
func Seal(ctx context.Context, source keys.Source, s *Schema, given any) error {
	return codec.Reloading(ctx, source, func() error { return seal(ctx, source, s, given) })
}

func seal(ctx context.Context, source keys.Source, s *Schema, given any) error {
	b, err := newBatch(ctx, source, s, given)
	if err != nil {
		return err
	}
	if err := b.ask(b.wantSet); err != nil {
		return err
	}
	for i, v := range b.rows {
		r, err := b.row(v)
		if err == nil {
			r.number = i
			err = r.seal()
		}
		if err != nil {
			return err
		}
	}
	b.commit()
	return nil
}

func (r *row) seal() error {
	if err := r.ensureRowKey(); err != nil {
		return err
	}
	for _, sp := range r.sealed {
		field := sp.field(r.v)
		v, known := field.plainValue()
		if !known {
			if _, scanned := field.storedValue(); scanned {
				return &ColumnError{r.table.Name, sp.Name, errors.New("was scanned but not opened: call ormhooks.Open on the row before Seal")}
			}
			continue
		}
		if err := r.sealColumn(sp.Column, field, v); err != nil {
			return err
		}
	}
	for _, x := range r.table.Indexes {
		if err := r.sealIndex(x); err != nil {
			return err
		}
	}
	return nil
}

func (r *row) sealColumn(c *schema.Column, field sealedField, v reflect.Value) error {
	plaintext, null, err := codec.Encode(c, v)
	if err != nil {
		return &ColumnError{r.table.Name, c.Name, err}
	}
	var stored codec.Stored
	if !null {
		cells, err := r.cellRow(c)
		if err != nil {
			return err
		}
		if stored, err = codec.Seal(c, cells, plaintext); err != nil {
			return &ColumnError{r.table.Name, c.Name, err}
		}
	}
	r.changes = append(r.changes, change{field: field, state: field.sealedAs(stored.Value)})
	if name := c.Hidden(); name != "" {
		r.setHidden(name, stored.Hidden)
	}
	return nil
}

func (r *row) setHidden(name string, stored any) {
	r.changes = append(r.changes, change{hidden: r.hiddenField(r.v, name), to: newHidden(stored, true)})
}

var errPartOfNew = errors.New("is not set although the row is new: a new row key is for a whole row, so set every column, to NULL if need be; or, to change a row, read it with its cellseal_row first")

// ensureRowKey finds the row's key, or makes it if the row is new. A row that came
// from the database without it would get another key than its other cells have; and
// so would what is not set of a row that looks new but is not.
func (r *row) ensureRowKey() error {
	if r.hidden[schema.RowKeyColumn] == nil {
		return nil
	}
	if r.rowKey = r.hiddenField(r.v, schema.RowKeyColumn).bytes(); r.rowKey == nil {
		set, unset := 0, ""
		for _, sp := range r.sealed {
			field := sp.field(r.v)
			if field.cameFromDatabase() {
				return &ColumnError{r.table.Name, schema.RowKeyColumn, codec.ErrNoRowKey}
			}
			if sp.Bind.Kind != schema.BindRowKey {
				continue
			}
			if _, ok := field.plainValue(); ok {
				set++
			} else {
				unset = sp.Name
			}
		}
		switch {
		case set == 0:
			return nil // nothing is bound to it this time
		case unset != "":
			return &ColumnError{r.table.Name, unset, errPartOfNew}
		}
		r.rowKey = r.newRowKey()
	}
	r.setHidden(schema.RowKeyColumn, r.rowKey)
	return nil
}

// newRowKey returns the key of a new row, the same one if its keys were asked for beforehand.
func (r *row) newRowKey() []byte {
	key := r.rowKeys[r.number]
	if key == nil {
		key = make([]byte, codec.RowKeySize)
		rand.Read(key) // never fails: crypto/rand
	}
	if r.rowKeys != nil {
		r.rowKeys[r.number] = key
	}
	return key
}

// sealIndex fills in an index's terms if one of its columns was set. All of them
// must be: a term over some of a tuple would never be found.
func (r *row) sealIndex(x *schema.Index) error {
	values, err := r.plainValues(x)
	if err != nil {
		return err
	}
	switch len(values) {
	case 0:
		return nil
	case len(x.Protected()):
	default:
		return &ColumnError{r.table.Name, x.Hidden(), errors.New("the index needs all its columns to be set, or none")}
	}
	maker, err := r.keys.Index(r.table, r.scope, x)
	if err != nil {
		return err
	}
	term, err := maker.Term(values...)
	if err != nil {
		return &ColumnError{r.table.Name, x.Hidden(), err}
	}
	if term == nil {
		r.setHidden(x.Hidden(), nil) // NULL, and not an empty term
		return nil
	}
	r.setHidden(x.Hidden(), term)
	return nil
}

// plainOf returns the plaintext of a column, if its field was set or opened.
func (r *row) plainOf(c *schema.Column) (v reflect.Value, ok bool) {
	for _, sp := range r.sealed {
		if sp.Column == c {
			return sp.field(r.v).plainValue()
		}
	}
	return reflect.Value{}, false
}
