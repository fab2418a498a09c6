package gormcell

import (
	"fmt"
	"reflect"
	"strings"

	"gorm.io/gorm"
	gormschema "gorm.io/gorm/schema"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/ormhooks/internal/ddl"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// fitModels reads the schema's models as GORM does, makes sure that both read them alike,
// and gives protected fields the types of cells.
func (p *Plugin) fitModels(db *gorm.DB, d sqltext.Dialect) error {
	for t := range p.schema.Tables() {
		if t.Model == nil || t.Explicit {
			continue
		}
		stmt := &gorm.Statement{DB: db}
		if err := stmt.Parse(reflect.New(t.Model).Interface()); err != nil {
			return fmt.Errorf("cellseal: GORM cannot read the model %s: %w", t.Model, err)
		}
		if err := alike(stmt.Schema, t); err != nil {
			return err
		}
		p.fit(stmt.Schema, d)
	}
	return nil
}

// alike refuses a model of which GORM has other names: what it then wrote would not be
// protected.
func alike(s *gormschema.Schema, t *schema.Table) error {
	if s.Table != t.Name {
		return &schema.Error{Table: s.Name, Field: "_", Problem: fmt.Sprintf("GORM calls its table %s, and the schema %s: say cell:\"table=%s\"", s.Table, t.Name, s.Table)}
	}
	for _, c := range t.Columns {
		if c.Protected() && s.FieldsByDBName[c.Name] == nil {
			return &schema.Error{Table: s.Name, Field: c.Name, Problem: "GORM has no column of this name, and the schema has: name it with gorm:\"column:…\", as GORM's naming strategy is another one"}
		}
	}
	return nil
}

// fit gives the fields of a protected table the column types that it needs, and fields
// that refer to its keys the same. It does nothing to those that are right already.
func (p *Plugin) fit(s *gormschema.Schema, d sqltext.Dialect) {
	if t := p.schema.Table(s.Table); t != nil && !t.Explicit {
		for _, c := range ddl.Columns(t, d) {
			f := s.FieldsByDBName[c.Name]
			if f == nil {
				continue
			}
			if c.Kind == ddl.Cell || isTextKey(c, f, d) {
				setType(f, c.Type)
			}
			if d == sqltext.SQLite && c.Key && f.PrimaryKey && !f.NotNull && f.GORMDataType != gormschema.Int && f.GORMDataType != gormschema.Uint {
				f.NotNull, f.Size = true, 0 // only an integer key is that by itself; GORM would alter what has a size, each time
			}
		}
	}
	for _, relation := range s.Relationships.Relations {
		for _, ref := range relation.References {
			if ref.PrimaryKey == nil || ref.ForeignKey == nil || ref.ForeignKey.TagSettings["TYPE"] != "" {
				continue
			}
			if t := p.schema.Table(ref.PrimaryKey.Schema.Table); t == nil || t.Explicit {
				continue
			} else if c := t.ColumnNamed(ref.PrimaryKey.DBName); c != nil {
				for _, of := range ddl.Columns(t, d) {
					if of.Name == c.Name && isTextKey(of, ref.PrimaryKey, d) {
						setType(ref.ForeignKey, of.Type)
					}
				}
			}
		}
	}
}

// isTextKey reports whether a plain column that rows are bound to would be compared by
// MySQL without regard to case, under the type that GORM has for it.
func isTextKey(c ddl.Column, f *gormschema.Field, d sqltext.Dialect) bool {
	if d != sqltext.MySQL || c.Kind != ddl.Plain || !c.Key || f.TagSettings["TYPE"] != "" {
		return false
	}
	typ, _ := c.Of.Declared()
	return typ == value.Text || typ == value.UUID
}

// setType is to be called before the field is used, or changes nothing.
func setType(f *gormschema.Field, sqlType string) {
	if t := gormschema.DataType(strings.ToLower(sqlType)); f.DataType != t {
		f.DataType, f.Size, f.Precision, f.Scale = t, 0, 0, 0
	}
}
