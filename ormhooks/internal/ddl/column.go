package ddl

import (
	"fmt"
	"slices"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// A Kind says what a stored column is.
type Kind uint8

// The kinds of columns.
const (
	Plain Kind = iota + 1 // the application's; Of may have no type
	Cell                  // what a protected column stores
	Token
	KeyID
	Term
	RowKey
	Number // … of a running sum, and what it adds up
)

// A Column is one column of a table as the database has it: the schema's, or one of the
// library's own.
type Column struct {
	Name  string
	Kind  Kind
	Type  string         // "" for a plain column of which the schema does not say it
	Size  int            // bytes of a Token, Term or RowKey, which are of one size
	Of    *schema.Column // of a Plain, a Cell, a Token, a KeyID
	Index *schema.Index  // of a Term
	// Key says of a plain column that rows are found or told apart by it: it compares exactly.
	Key bool
}

// Columns returns a table's columns, the library's own ones last.
func Columns(t *schema.Table, d sqltext.Dialect) []Column {
	var all, own []Column
	for _, c := range t.Columns {
		at := Column{Name: c.Name, Kind: Plain, Of: c, Key: IsKey(t, c)}
		if c.Protected() {
			at.Kind, at.Type = Cell, cellType(d, c)
		} else {
			at.Type = plainType(d, c, at.Key || constrained(t, c))
		}
		all = append(all, at)
		switch c.Mode {
		case schema.ModeToken:
			own = append(own, Column{Name: c.Hidden(), Kind: Token, Of: c, Size: Overhead(c), Type: fixed(d, Overhead(c))})
		case schema.ModeImprint:
			own = append(own, Column{Name: c.Hidden(), Kind: KeyID, Of: c, Type: integer(d)})
		}
	}
	for _, x := range t.Indexes {
		own = append(own, TermColumn(x, x.Hidden(), d))
	}
	for _, x := range t.Sums {
		for _, name := range []string{x.Numbers(), x.Hidden()} {
			own = append(own, Column{Name: name, Kind: Number, Index: x, Type: integer(d)})
		}
	}
	for name := range t.Hidden() {
		if name == schema.RowKeyColumn {
			own = append(own, Column{Name: name, Kind: RowKey, Size: rowKeySize, Type: fixed(d, rowKeySize)})
		}
	}
	return append(all, own...)
}

const rowKeySize = 16

// TermColumn returns the column of an index's terms. While a unique index moves to another
// key it has a second one, under another name.
func TermColumn(x *schema.Index, name string, d sqltext.Dialect) Column {
	return Column{Name: name, Kind: Term, Index: x, Size: TermSize(x), Type: fixed(d, TermSize(x))}
}

// IsKey reports whether cells are bound to a plain column, or it names their scope.
func IsKey(t *schema.Table, c *schema.Column) bool {
	if c.Protected() {
		return false
	}
	if t.Scope.Column == c.Logical || t.SumsBy(c) {
		return true
	}
	return slices.ContainsFunc(t.Columns, func(p *schema.Column) bool {
		return p.Protected() && p.Bind.Kind == schema.BindColumns && slices.Contains(p.Bind.Columns, c.Logical)
	})
}

// constrained reports whether a plain column is part of a unique index's constraint.
func constrained(t *schema.Table, c *schema.Column) bool {
	return slices.ContainsFunc(t.Indexes, func(x *schema.Index) bool { return slices.Contains(x.UniqueWith, c.Logical) })
}

// Add returns the ALTER TABLE that adds a column to a table. It never says NOT NULL: rows that
// are there already have nothing in it yet, and terms and tokens are NULL where values are.
func (c Column) Add(d sqltext.Dialect, table string) string {
	return fmt.Sprintf("ALTER TABLE %s ADD COLUMN %s %s", Quote(d, table), Quote(d, c.Name), c.Type)
}

// Drop returns the ALTER TABLE that drops it.
func (c Column) Drop(d sqltext.Dialect, table string) string {
	return fmt.Sprintf("ALTER TABLE %s DROP COLUMN %s", Quote(d, table), Quote(d, c.Name))
}
