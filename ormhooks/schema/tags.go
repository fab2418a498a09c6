package schema

import (
	"database/sql"
	"fmt"
	"reflect"
	"strconv"

	"github.com/cellseal/cellseal/internal/gostruct"
	"github.com/cellseal/cellseal/internal/tag"
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/ormhooks/schema/internal/gofield"
	"github.com/cellseal/cellseal/ormhooks/schema/internal/tagvalue"
)

// column reads one field's tags.
func (m *model) column(f gostruct.Field) *Column {
	c := &Column{
		Name: f.Column, Logical: f.Column,
		Nullable: f.Type.Kind() == reflect.Pointer || gostruct.IsNull(f.Type),
	}
	options := m.options(f.Name, f.Tag)
	m.refuseTwice(f.Name, options)
	for i, o := range options {
		switch mode := Mode(o.String()); {
		case i == 0 && mode.protects():
			c.Mode = mode
		case o.Name == "name" && o.Value != "": // plain columns too have logical names
			c.Logical = o.Value
		case o.Name == "type" && o.Value != "": // … and types, where something is bound to them
			c.Type = o.Value
		case c.Mode == ModePlain:
			m.add(f.Name, fmt.Sprintf("a cell tag begins with seal, token or imprint, and not with %q", options[0]))
			return c
		case mode.protects():
			m.add(f.Name, fmt.Sprintf("is to be %s and %s: a column has one mode", c.Mode, mode))
		default:
			m.columnOption(f.Name, c, o)
		}
	}
	m.goType(f, c)
	for _, group := range m.groups(f.Name, f.Tag, "search") {
		if !c.Protected() {
			if _, broken := f.Tag.Lookup("cell"); !broken || len(options) > 0 {
				m.add(f.Name, "has a search tag but is not protected: add a cell tag, or an ordinary index of the database")
			}
			break
		}
		m.index(f.Name, c.Logical, group)
	}
	if c.Protected() {
		for _, problem := range gofield.OfORM(f, c.Type == value.JSON.String()) {
			m.add(f.Name, problem)
		}
	}
	return c
}

func (m *model) columnOption(field string, c *Column, o tag.Option) {
	word := o.String()
	switch {
	case word == "json":
		c.Type = word
	case word == "keep":
		c.KeepOthers = true
	case word == "consistent":
		c.Consistent = true
	case word == "text":
		c.Text = true
	case o.Value == "":
		m.add(field, tagvalue.Unknown(o, columnOptions))
	case o.Name == "compartment":
		c.Compartment = o.Value
	case o.Name == "bind":
		c.Bind = parseBinding(o.Value)
	case o.Name == "pad":
		n, err := strconv.Atoi(o.Value)
		if c.Pad = n; err != nil || n == 0 {
			m.add(field, wantPad)
			c.Pad = 0
		}
	case o.Name == "alphabet":
		var err error
		if c.Alphabet, err = tagvalue.Alphabet(o.Value); err != nil {
			m.add(field, err.Error())
		}
	default:
		m.add(field, tagvalue.Unknown(o, columnOptions))
	}
}

const columnOptions = "name=, compartment=, bind=, type=, pad=, alphabet=, keep, consistent, text, json"

// goType settles the declared type of a field that names none, and refuses a Go
// type that cannot be stored. A plain column's type matters only if it is bound.
func (m *model) goType(f gostruct.Field, c *Column) {
	c.few = gofield.Few(f.Type)
	declared, _, err := value.ParseDeclared(c.Type)
	switch {
	case c.Type == "":
		if declared, _, err = gostruct.TypeOf(f.Type); err == nil {
			c.Type = declared.String()
		} else if !c.Protected() && f.Type.ConvertibleTo(reflect.TypeFor[sql.NullTime]()) { // as gorm.DeletedAt
			c.Type, c.Nullable = value.Time.String(), true
		}
	case err != nil:
		return // checkColumn says so
	default:
		err = gofield.Fits(f.Type, declared)
	}
	if err != nil && c.Protected() {
		m.add(f.Name, err.Error())
		c.Type = typeRefused
	}
}

// typeRefused stands for a type of which a problem is reported already.
const typeRefused = "refused"
