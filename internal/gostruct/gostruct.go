// Package gostruct reads Go structs as ORMs do: which field has which column,
// what is embedded, what is the primary key and whether the database assigns it.
package gostruct

import (
	"database/sql"
	"database/sql/driver"
	"reflect"
	"slices"
	"strings"
	"time"
)

// A Field is a struct field that has a column.
type Field struct {
	Path     []int // for reflect.Value.FieldByIndex
	Name     string
	Column   string // in the database
	Type     reflect.Type
	Tag      reflect.StructTag
	Primary  bool // of the primary key
	Assigned bool // the database gives it its value: auto-increment or a default
}

// ORM returns the options of the field's `gorm:"…"` tag.
func (f Field) ORM() map[string]string { return ormOptions(f.Tag.Get("gorm")) }

// A Struct is what was read.
type Struct struct {
	Type   reflect.Type
	Table  string            // TableName(), or the snake plural
	Tags   reflect.StructTag // of the field _
	Fields []Field
	Lost   []Lost
}

// Lost is a field that has no column and yet may carry tags, with the reason.
type Lost struct {
	Name string
	Tag  reflect.StructTag
	Why  string
}

// Read reads a struct type.
func Read(t reflect.Type) *Struct {
	s := &Struct{Type: t, Table: tableName(t)}
	s.walk(t, nil, "")
	if !slices.ContainsFunc(s.Fields, func(f Field) bool { return f.Primary }) {
		for i, f := range s.Fields { // as ORMs do
			s.Fields[i].Primary = f.Column == "id"
		}
	}
	return s
}

func (s *Struct) walk(t reflect.Type, path []int, prefix string) {
	for i := range t.NumField() {
		f := t.Field(i)
		at := append(slices.Clip(path), i)
		orm := ormOptions(f.Tag.Get("gorm"))
		switch name := columnName(f, orm); {
		case f.Name == "_":
			if len(path) == 0 {
				s.Tags = f.Tag
			}
		case name == "":
			s.Lost = append(s.Lost, Lost{f.Name, f.Tag, "has no column"})
		case embedded(f, orm):
			if f.Type.Kind() == reflect.Pointer {
				s.Lost = append(s.Lost, Lost{f.Name, f.Tag, "is an embedded pointer, which may be nil: embed the struct itself"})
				continue
			}
			s.walk(f.Type, at, prefix+orm["embeddedprefix"])
		case !f.IsExported():
			s.Lost = append(s.Lost, Lost{f.Name, f.Tag, "is not exported"})
		default:
			s.Fields = append(s.Fields, newField(f, at, prefix+name, orm))
		}
	}
}

func newField(f reflect.StructField, at []int, column string, orm map[string]string) Field {
	_, def := orm["default"]
	return Field{
		Path: at, Name: f.Name, Column: column, Type: f.Type, Tag: f.Tag,
		Primary:  isSet(orm, "primarykey") || isSet(orm, "primary_key"),
		Assigned: def || isSet(orm, "autoincrement"),
	}
}

func isSet(orm map[string]string, option string) bool {
	v, ok := orm[option]
	return ok && !strings.EqualFold(v, "false")
}

// embedded reports whether a field stands for those of its struct, as Go or GORM has it.
func embedded(f reflect.StructField, orm map[string]string) bool {
	t := f.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return false
	}
	_, asked := orm["embedded"]
	return asked && f.IsExported() || f.Anonymous && t != reflect.TypeFor[time.Time]() && !IsCustom(t)
}

// IsCustom reports whether t brings its own conversion to and from the database.
func IsCustom(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[driver.Valuer]()) && p.Implements(reflect.TypeFor[sql.Scanner]())
}

// IsNull reports whether t is one of database/sql's Null types.
func IsNull(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.PkgPath() == "database/sql" && strings.HasPrefix(t.Name(), "Null")
}
