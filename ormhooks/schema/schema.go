package schema

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/gostruct"
)

// A Schema is the one declaration of what is protected: tables, columns, modes,
// indexes, bindings. It is immutable and safe for concurrent use.
type Schema struct {
	tables map[string]*Table // by the database's name
	plans  map[reflect.Type]any
}

// Error is one thing wrong with a declaration. [New] joins all of them.
type Error struct {
	Table   string // Go type, or the name of a literal Table
	Field   string // Go field, or column of a literal; several joined with +; _ or "" for the table
	Problem string
}

func (e *Error) Error() string {
	where := e.Table
	if e.Field != "" {
		where += "." + e.Field
	}
	return fmt.Sprintf("cellseal: %s: %s", where, e.Problem)
}

// New reads models: structs, or pointers to them, with tags, and literal [Table]
// values. It returns everything that is wrong with them at once, as joined
// [Error] values.
func New(models ...any) (*Schema, error) { return NewWith(nil, models...) }

// A Planner lets package ormhooks see the structs that are read: it may change
// how their fields are seen, and keeps a plan for each.
type Planner interface {
	Fields(s *gostruct.Struct)
	Plan(s *gostruct.Struct, t *Table) (plan any, problems []error)
}

// NewWith is New for package ormhooks.
func NewWith(p Planner, models ...any) (*Schema, error) {
	s := &Schema{tables: map[string]*Table{}, plans: map[reflect.Type]any{}}
	var all []error
	for _, m := range models {
		all = append(all, s.add(p, m)...)
	}
	all = append(all, s.checkGroups()...)
	if err := errors.Join(all...); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Schema) add(planner Planner, m any) []error {
	if p, ok := m.(*Table); ok && p != nil {
		m = *p
	}
	if decl, ok := m.(Table); ok {
		found := &problems{table: decl.Name}
		s.addTable(decl, found)
		return found.errs
	}
	t := reflect.TypeOf(m)
	if t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nil || t.Kind() != reflect.Struct || t == reflect.TypeFor[Table]() {
		return []error{&Error{Table: fmt.Sprintf("%T", m), Problem: "is no model: want a struct, a pointer to one, or a schema.Table"}}
	}
	found := &problems{table: cmp.Or(t.Name(), "anonymous struct")}
	read := gostruct.Read(t)
	all := read.Fields
	if planner != nil {
		planner.Fields(read)
	}
	table := s.addTable(readModel(read, found), found)
	if planner == nil || len(found.errs) > 0 {
		return found.errs
	}
	read.Fields = all
	plan, errs := planner.Plan(read, table)
	s.plans[t] = plan
	return errs
}

func (s *Schema) addTable(decl Table, found *problems) *Table {
	t := checkTable(decl, found)
	for other := range s.Tables() {
		switch {
		case other.Name == t.Name:
			found.add("", "table "+t.Name+" is declared twice: one model declares a table")
		case strings.EqualFold(other.Name, t.Name):
			found.add("", fmt.Sprintf("table %s differs from table %s in case alone, which not every database tells apart", t.Name, other.Name))
		case other.Logical == t.Logical:
			found.add("", fmt.Sprintf("has the same logical name as table %s, so their keys would be the same: set another with name=", other.Name))
		}
	}
	s.tables[t.Name] = t
	return t
}

// Tables yields the declarations in the order of their names, with every default
// filled in. They belong to the Schema: do not change them.
func (s *Schema) Tables() iter.Seq[*Table] {
	tables := s.all()
	return func(yield func(*Table) bool) {
		for _, name := range slices.Sorted(maps.Keys(tables)) {
			if !yield(tables[name]) {
				return
			}
		}
	}
}

// Table returns the table of that name in the database, or nil.
func (s *Schema) Table(name string) *Table { return s.all()[name] }

// all refuses a Schema that was not made by New: it would protect nothing.
func (s *Schema) all() map[string]*Table {
	if s == nil || s.tables == nil {
		panic("cellseal/ormhooks/schema: zero Schema; use New")
	}
	return s.tables
}

// Plan returns what the [Planner] made for a struct type, or nil.
func (s *Schema) Plan(t reflect.Type) any {
	s.all()
	return s.plans[t]
}

// PinIndex returns a schema whose unique index, named by the table and the hidden
// column that holds its terms (as "email__eq"), writes and looks up under index
// key id alone. Without it such an index works while one index key is enabled.
// Of a join group it pins all columns, whichever of them is named ("email__jn").
func (s *Schema) PinIndex(table, hidden string, id uint32) (*Schema, error) {
	t := s.Table(table)
	if t == nil {
		return nil, fmt.Errorf("cellseal: no table %s in the schema", table)
	}
	at := slices.IndexFunc(t.Indexes, func(x *Index) bool { return x.hidden == hidden && x.Pinned() })
	if at < 0 {
		return nil, fmt.Errorf("cellseal: table %s has no unique index and no join group %s", table, hidden)
	}
	named := t.Indexes[at]
	c := &Schema{tables: maps.Clone(s.tables), plans: s.plans}
	for t := range s.Tables() {
		next := *t
		next.Indexes = slices.Clone(t.Indexes)
		for i, x := range t.Indexes {
			if x == named || x.JoinsWith(named) {
				pinned := *x
				pinned.options.PinnedKey = id
				next.Indexes[i] = &pinned
				c.tables[t.Name] = &next
			}
		}
	}
	return c, nil
}

// Column returns the column of that logical name, or nil.
func (t *Table) Column(logical string) *Column {
	return t.find(func(c *Column) bool { return c.Logical == logical })
}

// ColumnNamed returns the column of that name in the database, or nil.
func (t *Table) ColumnNamed(name string) *Column {
	return t.find(func(c *Column) bool { return c.Name == name })
}

func (t *Table) find(is func(*Column) bool) *Column {
	if i := slices.IndexFunc(t.Columns, is); i >= 0 {
		return t.Columns[i]
	}
	return nil
}

// Hidden yields the names of the library's own columns, with what each is of.
func (t *Table) Hidden() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for _, c := range t.Columns {
			if h := c.Hidden(); h != "" && !yield(h, "the "+string(c.Mode)+" of "+c.Name) {
				return
			}
		}
		for _, x := range t.Indexes {
			if !yield(x.hidden, "the search terms of "+x.columns[0].Name) {
				return
			}
		}
		for _, x := range t.Sums {
			if of := x.columns[0].Name; !yield(x.hidden, "what is added up of "+of) || !yield(x.Numbers(), "the numbers by which "+of+" is added up") {
				return
			}
		}
		for _, b := range t.bindings {
			if b.Kind == BindRowKey {
				yield(RowKeyColumn, "the row key")
				return
			}
		}
	}
}
