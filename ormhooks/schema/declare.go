package schema

import (
	"reflect"
	"strings"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
)

// A Table declares what of one table is protected. Struct tags become one;
// [New] takes a literal just as well, for tables that have no struct.
type Table struct {
	Name    string // in the database
	Logical string // in the key tree, frozen with the first stored cell; Name if empty
	Scope   Scope  // none if zero
	Bind    Binding
	Columns []*Column // the protected ones, and those they are bound to or scoped by
	Indexes []*Index
	// Listed are the indexes that keep their entries in tables of their own, and no column in this
	// one. A declaration may have them in Indexes: [New] moves them here.
	Listed []*Index
	// Sums are running sums, each of which has two columns. A declaration may have them in Indexes.
	Sums []*Index
	// Explicit says that the application seals the table's cells itself, with ormhooks.Seal: its
	// model has Sealed fields, and the driver wrapper leaves it alone.
	Explicit bool
	Model    reflect.Type // the struct that was read, which an ORM has too; nil of a literal

	bindings map[string]Binding // by compartment
}

// Scope separates tenants by key. Its id comes from a column of the row, from the
// context (ormhooks.WithScope), or from both, which must then agree.
type Scope struct {
	Kind   string // as in keys.Scope
	Column string // logical name of the column that holds the id; "" if the context alone has it
}

// Binding says what the cells of a compartment are bound to. Zero is not decided
// yet, which [New] refuses.
type Binding struct {
	Kind    BindKind
	Columns []string // logical names, for BindColumns
}

// BindKind is a way to bind cells to rows.
type BindKind string

// The ways to bind.
const (
	// BindColumns binds to the values of columns, normally the primary key: integers,
	// UUIDs, bytes, and text whose database column compares exactly.
	BindColumns BindKind = "columns"
	// BindRowKey binds to a random immutable column the library keeps: cellseal_row.
	BindRowKey BindKind = "row_key"
	// BindNothing leaves cells unbound: who can write the table can swap them between rows.
	BindNothing BindKind = "column"

	bindRefused BindKind = "refused" // a problem of which is reported already
)

// Mode says what happens to a column's values.
type Mode string

// The modes; see package cell.
const (
	ModePlain   Mode = ""
	ModeSeal    Mode = "seal"
	ModeToken   Mode = "token"
	ModeImprint Mode = "imprint"
)

// A Column declares one column. The zero Mode is a plain column.
type Column struct {
	Name        string // in the database
	Logical     string // in the key tree; Name if empty
	Mode        Mode
	Type        string // as in the tag type=: text, int, numeric(10,2), …; needed if protected or bound to
	Nullable    bool
	Compartment string         // "default" if empty
	Bind        Binding        // of the compartment, if not the table's
	Pad         int            // bucket in bytes; 0 is none
	Alphabet    *cell.Alphabet // of an imprint; nil is HCTR2 over bytes
	KeepOthers  bool           // characters outside the alphabet stay in clear
	Consistent  bool           // acknowledges an unbound imprint: equality shows across the column
	Text        bool           // stored in cell's text form, for a column that cannot hold bytes

	typ      value.Type
	limit    value.Limit
	few      uint64 // how many values its Go type has, if few; else 0
	label    string
	bindable bool // something can be bound to it
}

// Label is what package cell is given: table.column, logical names.
func (c *Column) Label() string { return c.label }

// Declared returns the declared type and size, for the packages of this module.
func (c *Column) Declared() (value.Type, value.Limit) { return c.typ, c.limit }

// Protected reports whether the column's values are sealed, protected or imprinted.
func (c *Column) Protected() bool { return c.Mode != ModePlain }

// Hidden returns the name of the library's own column beside this one, or "".
func (c *Column) Hidden() string {
	switch c.Mode {
	case ModeToken:
		return c.Name + "__tok"
	case ModeImprint:
		return c.Name + "__kid"
	}
	return ""
}

// An Index declares a search index over one or more columns of the table.
type Index struct {
	Name        string // of the hidden column behind "column__"; "eq" if empty, "sm" of a smoothed, "jn" of a join group, or the kind of a listed one
	Kind        string // "exact", "smoothed", "join", "sum", or one of the listed: "words", "substring", "fuzzy", "sorted"
	Columns     []search.Column
	Unique      bool
	UniqueWith  []string // further plain columns of the constraint: unique(tenant_id)
	UniqueWhere string   // its condition: unique(where=deleted_at IS NULL)
	Bits        int
	Unscoped    bool // scope=none: one key for all tenants, for log-in
	// AcceptFrequencyLeak is leaks=frequency; see search.Options.
	AcceptFrequencyLeak bool
	// Group is the join group of an index of kind join, whose columns compare with one another.
	Group string
	// AcceptEquality is leaks=equality, which every join group needs; see join.Options.
	AcceptEquality bool
	// By are the logical names of plain columns that a running sum is kept by: the totals of each
	// combination of their values cost two pads, and its writers alone wait for one another.
	By []string
	// Bound is the largest value that a running sum takes, in whole units: 2^36 if zero, or the largest of a
	// numeric(p,s). See sum.Options.
	Bound int64

	columns []*Column
	groups  []*Column
	scale   int
	bound   int64
	table   keys.Label
	label   keys.Label
	options search.Options
	hidden  string
	doc     int
	leakage search.Leakage
}

// Protected returns the table's columns that the index is on.
func (x *Index) Protected() []*Column { return x.columns }

// Label is the index's step in the key tree.
func (x *Index) Label() keys.Label { return x.label }

// Options configures the index's search.Index.
func (x *Index) Options() search.Options { return x.options }

// Short reports whether the index's terms find false rows by chance. From 64 bits on they do
// not: among 2^32 rows one look-up in 2^32 meets one.
func (x *Index) Short() bool {
	o := x.options
	return !o.Unique && o.Bits > 0 && o.Bits < 64
}

// Hidden returns the name of the column that holds the index's terms or tokens, or what a running sum adds up; "" of a
// listed one.
func (x *Index) Hidden() string { return x.hidden }

// String names the index in words for people, as notes__words. Of an exact one it is the
// name of its hidden column.
func (x *Index) String() string {
	var names []string
	for _, c := range x.columns {
		names = append(names, c.Name)
	}
	return strings.Join(names, "_") + "__" + x.Name
}

// RowKeyColumn is the hidden column of BindRowKey: 16 random bytes.
const RowKeyColumn = "cellseal_row"
