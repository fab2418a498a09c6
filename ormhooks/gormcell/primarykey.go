package gormcell

import (
	"errors"
	"reflect"

	"gorm.io/gorm"

	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

var errZeroKey = errors.New("the row's cells are bound to this primary key, which is zero: set it before Create, or in BeforeCreate; if the database is to assign it, bind to something else, as with bind=row_key")

// wantPrimaryKeys refuses to create rows that are bound to a primary key which is not set. The
// door would see a row without that column, or with the key of no row.
func (p *Plugin) wantPrimaryKeys(db *gorm.DB) {
	s := db.Statement.Schema
	if db.Error != nil || s == nil {
		return
	}
	t := p.schema.Table(db.Statement.Table)
	if t == nil || t.Explicit {
		return
	}
	for _, f := range s.PrimaryFields {
		if !isBound(t, f.DBName) {
			continue
		}
		missing := func(row reflect.Value) bool {
			row = reflect.Indirect(row)
			if row.Kind() != reflect.Struct || row.Type() != s.ModelType {
				return false
			}
			_, zero := f.ValueOf(db.Statement.Context, row)
			return zero
		}
		zero := false
		switch v := db.Statement.ReflectValue; v.Kind() {
		case reflect.Slice, reflect.Array:
			for i := range v.Len() {
				zero = zero || missing(v.Index(i))
			}
		case reflect.Struct:
			zero = missing(v)
		}
		if zero {
			db.AddError(&ormhooks.ColumnError{Table: t.Name, Column: f.DBName, Err: errZeroKey})
		}
	}
}

// isBound reports whether cells are bound to a column.
func isBound(t *schema.Table, name string) bool {
	for _, c := range t.Columns {
		if !c.Protected() || c.Bind.Kind != schema.BindColumns {
			continue
		}
		for _, logical := range c.Bind.Columns {
			if t.Column(logical).Name == name {
				return true
			}
		}
	}
	return false
}
