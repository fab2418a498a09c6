package catalog

import "strings"

// A Catalog is a database's tables and views as one connection sees them.
type Catalog struct {
	tables map[string][]*Table // by name, lower case
	Pins   []Pin
	// Dependents are what works on protected tables by itself; of them those in Allowed may be
	// named, which the application answers for.
	Dependents []Dependent
	Allowed    []string
}

// A Pin is a row of the library's table cellseal_index: a column that holds the terms of
// a unique index, all under one key. An index has one live column; while it moves to
// another key it has a second one, which is written too.
type Pin struct {
	Table, Index string // names in the schema: "users", "email__eq"
	Column       string // where the terms are: "email__eq" or "email__eq2"
	Key          uint32
	State        State
}

// A State says what a Pin's column is used for.
type State string

// The states. A column that is being filled, or about to go, is written and not looked up.
const (
	Live     State = "live"
	Building State = "building"
	Retired  State = "retired"
)

// A Table is a table or a view.
type Table struct {
	Schema  string // PostgreSQL: its schema; MySQL: its database; SQLite: main, temp, …
	Name    string
	View    bool
	Visible bool // found under its bare name
	Columns []Column
	// Unique are the column lists of its primary key and its unique constraints and indexes. That of a
	// partial one begins with PartOf.
	Unique [][]string
}

// PartOf stands for the condition of a partial index. It is the name of no column.
const PartOf = "(some rows)"

// A Column is one column of a Table, in the table's order.
type Column struct {
	Name      string
	Type      string // as the server writes it, lower case
	Nullable  bool
	Generated bool
	Default   string // "" if there is none
	Collation string
	// Folds says that comparing by its type or collation may take different texts for equal: case,
	// accents or trailing spaces do not count.
	Folds bool
	// Invisible columns (MySQL, MariaDB, SQLite's hidden) are no part of a star or of an INSERT
	// without a column list.
	Invisible bool
}

// New returns a catalogue of these tables.
func New(tables ...*Table) *Catalog {
	c := &Catalog{tables: map[string][]*Table{}}
	for _, t := range tables {
		key := strings.ToLower(t.Name)
		c.tables[key] = append(c.tables[key], t)
	}
	return c
}

// Shared reports whether the lists of a table, which are found under their bare name, may be those of another
// table as well: of one of the same name, where the lists stand in another schema than this one.
func (c *Catalog) Shared(t *Table) bool {
	lists := c.Table("", PendingTable)
	if t == nil || lists == nil || lists.Schema == t.Schema {
		return false
	}
	for _, other := range c.tables[strings.ToLower(t.Name)] {
		if other != t && other.Name == t.Name && !other.View {
			return true
		}
	}
	return false
}

// PendingTable is one of the library's own tables that lists are kept in.
const PendingTable = "cellseal_pending"

// Table returns the table that a name means, or nil. schema is its qualifier, or "".
func (c *Catalog) Table(schema, name string) *Table {
	if c == nil {
		return nil
	}
	var folded *Table
	for _, t := range c.tables[strings.ToLower(name)] {
		if schema == "" && !t.Visible || schema != "" && !strings.EqualFold(schema, t.Schema) {
			continue
		}
		if t.Name == name {
			return t
		}
		folded = t
	}
	return folded
}
