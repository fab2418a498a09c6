package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cellseal/cellseal/ormhooks/schema/internal/kind"
	"github.com/cellseal/cellseal/ormhooks/schema/internal/lock"
	"github.com/cellseal/cellseal/search/join"
)

// Effect is what a change of the schema does to what is stored already.
type Effect string

// The effects. The first three break something and need a migration first.
const (
	Unreadable Effect = lock.Unreadable // … or are no longer protected columns at all
	Unfindable Effect = lock.Unfindable
	LeaksMore  Effect = lock.LeaksMore
	LeaksLess  Effect = lock.LeaksLess
	Added      Effect = lock.Added
	Gone       Effect = lock.Gone // of an index
	Harmless   Effect = lock.Harmless
)

// A LockChange is one effect of a difference between a schema and its cell.lock.
type LockChange struct {
	What   string // table.column or table.column__index, logical names
	Effect Effect
	Detail string // what differs: "bind: id integer → row_key"
	Do     string // the migration to run, and how to record the change
}

// Breaks reports whether the change needs more than being recorded.
func (c LockChange) Breaks() bool {
	return c.Effect == Unreadable || c.Effect == Unfindable || c.Effect == LeaksMore
}

// LockError says how a schema differs from its cell.lock.
type LockError struct{ Changes []LockChange }

func (e *LockError) Error() string {
	var b strings.Builder
	b.WriteString("cellseal: the schema differs from cell.lock:")
	for _, c := range e.Changes {
		fmt.Fprintf(&b, "\n  %s: %s (%s)\n    %s", c.What, c.Effect, c.Detail, c.Do)
	}
	return b.String()
}

// Lock returns the schema's cell.lock, to be checked into the repository beside the
// models: logical names, bindings, compartments, types, transforms, alphabets,
// leakage. celltest.Lock keeps it from a test.
func (s *Schema) Lock() []byte { return s.lock().Marshal() }

// CheckLock compares the schema with an earlier Lock. Any difference is a
// [LockError]; see [LockChange.Breaks] for which of them are serious.
func (s *Schema) CheckLock(data []byte) error {
	now := s.lock()
	old, err := lock.Parse(data)
	if err != nil {
		return fmt.Errorf("cellseal: cell.lock: %w", err)
	}
	var changes []LockChange
	for _, c := range lock.Compare(old, now) {
		changes = append(changes, LockChange{c.What, Effect(c.Effect), c.Detail, c.Do})
	}
	if changes == nil {
		return nil
	}
	return &LockError{changes}
}

func (s *Schema) lock() lock.File {
	f := lock.New()
	for t := range s.Tables() {
		for _, c := range t.Columns {
			if c.Protected() {
				f.Columns[c.label] = t.lockColumn(c)
			}
		}
		for _, x := range slices.Concat(t.Indexes, t.Listed, t.Sums) {
			var names []string
			for _, c := range x.columns {
				names = append(names, c.Logical)
			}
			f.Indexes[t.Logical+"."+strings.Join(names, "+")+"__"+x.Name] = s.lockIndex(t, x)
		}
	}
	return f
}

func (t *Table) lockColumn(c *Column) lock.Column {
	l := lock.Column{
		Mode: string(c.Mode), Type: lock.Declared(c.typ, c.limit), Scope: t.lockScope(), Compartment: c.Compartment, Bind: string(c.Bind.Kind),
		Keep: c.KeepOthers, Text: c.Text, Pad: c.Pad, Null: c.Nullable, Shows: c.leakage().AtRest,
	}
	switch c.Bind.Kind {
	case BindNothing:
		l.Bind = lock.Unbound
	case BindColumns:
		var to []string
		for _, name := range c.Bind.Columns {
			to = append(to, t.lockIdentity(name))
		}
		l.Bind = strings.Join(to, ", ")
	}
	if c.Alphabet != nil {
		l.Alphabet = c.Alphabet.Name() + "(" + c.Alphabet.Chars() + ")"
	}
	return l
}

func (s *Schema) lockIndex(t *Table, x *Index) lock.Index {
	l := lock.Index{Label: string(x.Label()), Scope: t.lockScope(), Bits: x.bits(), Doc: x.doc, Scale: x.scale, Group: s.lockGroup(x), Shows: x.leakage.AtRest}
	if x.Unscoped {
		l.Scope = ""
	}
	switch {
	case x.Unique && x.partial(t):
		l.Unique = lock.Partial
	case x.Unique:
		l.Unique = lock.Full
	}
	var types []string
	for _, c := range slices.Concat(x.columns, x.groups) {
		types = append(types, lock.Declared(c.typ, c.limit))
	}
	l.Types = strings.Join(types, "+")
	return l
}

func (t *Table) lockScope() string {
	if t.Scope.Column == "" {
		return t.Scope.Kind
	}
	return t.Scope.Kind + "(" + t.lockIdentity(t.Scope.Column) + ")"
}

func (t *Table) lockIdentity(name string) string { return lock.Identity(name, t.Column(name).typ) }

// bits is how long the index's terms are, if it has any.
func (x *Index) bits() int {
	switch {
	case x.IsListed(), x.Smoothed(), x.Kind == kind.Sum:
		return 0
	case x.Joins():
		return 8 * join.TokenSize
	case x.Unique:
		return 256
	case x.Bits == 0:
		return 64 // what package search takes
	}
	return x.Bits
}
