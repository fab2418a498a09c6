package gormcell

import (
	"fmt"
	"reflect"
	"strings"

	"gorm.io/gorm"
	gormschema "gorm.io/gorm/schema"

	"github.com/cellseal/cellseal/internal/tag"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// The door protects the tables of its schema. A model that was not given to NewSchema, or that is
// written to another table, would be stored in clear whatever its tags say: GORM knows the
// model, so it can be told here.

// place is a model and the table that it is used for.
type place struct {
	model *gormschema.Schema
	table string
}

// wantTable refuses to write what a model's tags protect to a table that does not.
func (p *Plugin) wantTable(db *gorm.DB) { p.want(db, db.Statement.Table) }

// wantModel refuses to read a model of which the schema does not know. From where is the
// query's own affair: an alias, a subquery.
func (p *Plugin) wantModel(db *gorm.DB) {
	if s := db.Statement.Schema; s != nil {
		p.want(db, s.Table)
	}
}

func (p *Plugin) want(db *gorm.DB, table string) {
	s := db.Statement.Schema
	if db.Error != nil || s == nil {
		return
	}
	if expr := db.Statement.TableExpr; expr != nil && strings.Contains(expr.SQL, " ") { // with an alias
		table = s.Table
	}
	if _, ok := p.known.Load(place{s, table}); ok {
		return
	}
	if err := p.tagged(s, table); err != nil {
		db.AddError(err)
		return
	}
	p.known.Store(place{s, table}, true)
}

// tagged returns what is wrong with a model for a table.
func (p *Plugin) tagged(s *gormschema.Schema, table string) error {
	t := p.schema.Table(table)
	for _, f := range s.Fields {
		if f.DBName == "" || !protects(f.Tag) {
			continue
		}
		if t != nil {
			if c := t.ColumnNamed(f.DBName); c != nil && c.Protected() {
				continue
			}
		}
		return &schema.Error{Table: table, Field: f.Name, Problem: fmt.Sprintf("the tags of %s protect it, and the plugin's schema does not: it would be stored in clear; give the model to ormhooks.NewSchema", s.ModelType)}
	}
	return nil
}

func protects(tags reflect.StructTag) bool {
	if _, ok := tags.Lookup("search"); ok {
		return true
	}
	text, ok := tags.Lookup("cell")
	groups, err := tag.Parse(text)
	if ok && err != nil {
		return true // whatever it was to say
	}
	for _, options := range groups {
		for _, o := range options {
			switch schema.Mode(o.Name) {
			case schema.ModeSeal, schema.ModeToken, schema.ModeImprint:
				return true
			}
		}
	}
	return false
}
