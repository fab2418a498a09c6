package schema

import (
	"cmp"
	"database/sql"
	"reflect"

	"github.com/cellseal/cellseal/internal/gostruct"
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/ormhooks/schema/internal/celltag"
	"github.com/cellseal/cellseal/ormhooks/schema/internal/gofield"
)

// column reads one field's tags.
func (m *model) column(f gostruct.Field) *Column {
	c := &Column{
		Name: f.Column, Logical: f.Column,
		Nullable: f.Type.Kind() == reflect.Pointer || gostruct.IsNull(f.Type),
	}
	options := m.options(f.Name, f.Tag)
	add := func(problem string) { m.add(f.Name, problem) }
	celltag.Twice(options, add)
	read, ok := celltag.ReadColumn(options, add)
	c.Mode, c.Logical, c.Type, c.Compartment = Mode(read.Mode), cmp.Or(read.Logical, c.Logical), read.Type, read.Compartment
	c.Pad, c.Alphabet, c.KeepOthers, c.Consistent, c.Text = read.Pad, read.Alphabet, read.Keep, read.Consistent, read.Text
	if read.Bind != "" {
		c.Bind = parseBinding(read.Bind)
	}
	if !ok {
		return c
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
