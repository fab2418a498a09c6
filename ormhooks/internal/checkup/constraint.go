package checkup

import (
	"fmt"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/internal/ddl"
)

func (t *table) onTable() string {
	if t.d == sqltext.MySQL {
		return " ON " + t.quoted
	}
	return ""
}

// owned are the columns of which the server can make nothing: protected ones and the library's.
func (t *table) owned() (all []ddl.Column) {
	for _, c := range t.wanted() {
		if c.Kind != ddl.Plain {
			all = append(all, c)
		}
	}
	return all
}

func (t *table) checkForeignKeys() {
	for _, k := range t.details.ForeignKeys {
		for _, c := range t.owned() {
			if k.Table == t.live && t.has(k.Columns, c.Name) {
				t.report(c.Name, fmt.Sprintf("has the foreign key %s, but encrypted values are equal to nothing", k.Name), t.dropKey(k, k.Table))
			}
			if k.Target == t.live && t.has(k.TargetColumns, c.Name) {
				t.report(c.Name, fmt.Sprintf("is what the foreign key %s of table %s refers to, but encrypted values are equal to nothing", k.Name, k.Table.Name), t.dropKey(k, k.Table))
			}
		}
		if k.Table != t.live {
			continue
		}
		for _, c := range t.declared.Columns {
			if ddl.IsKey(t.declared, c) && t.has(k.Columns, c.Name) {
				t.checkAction(c.Name, k)
			}
		}
	}
}

// checkAction refuses a foreign key by which the server changes a bound column: the row's
// cells would open no more.
func (t *table) checkAction(column string, k catalog.ForeignKey) {
	changes := func(action string) bool { return strings.HasPrefix(action, "SET ") }
	var what []string
	if changes(k.OnUpdate) || k.OnUpdate == "CASCADE" {
		what = append(what, "ON UPDATE "+k.OnUpdate)
	}
	if changes(k.OnDelete) {
		what = append(what, "ON DELETE "+k.OnDelete)
	}
	if len(what) == 0 {
		return
	}
	drop, anew := t.dropKey(k, t.live), ""
	if drop != "" {
		onDelete := ""
		if !changes(k.OnDelete) {
			onDelete = " ON DELETE " + k.OnDelete
		}
		anew = fmt.Sprintf("ALTER TABLE %s ADD CONSTRAINT %s FOREIGN KEY (%s) REFERENCES %s (%s)%s", t.quoted, ddl.Quote(t.d, k.Name), t.list(k.Columns), t.full(k.Target), t.list(k.TargetColumns), onDelete)
	}
	harm := "what the row's cells are bound to, and they would open no more"
	if c := t.declared.ColumnNamed(column); c != nil && t.declared.SumsBy(c) {
		harm = "which rows it is added up with, and the sums would be wrong"
	}
	t.report(column, fmt.Sprintf("has the foreign key %s with %s, by which the server would change %s", k.Name, strings.Join(what, " and "), harm), drop, anew)
}

func (t *table) list(columns []string) string {
	var all []string
	for _, c := range columns {
		all = append(all, ddl.Quote(t.d, c))
	}
	return strings.Join(all, ", ")
}

// full is a table's name, with its schema where that is another than the one at hand.
func (t *table) full(of *catalog.Table) string {
	if of.Schema == t.live.Schema {
		return ddl.Quote(t.d, of.Name)
	}
	return ddl.Quote(t.d, of.Schema) + "." + ddl.Quote(t.d, of.Name)
}

// dropKey gives nothing in SQLite, where a constraint cannot be dropped without making the table
// anew.
func (t *table) dropKey(k catalog.ForeignKey, of *catalog.Table) string {
	switch t.d {
	case sqltext.MySQL:
		return fmt.Sprintf("ALTER TABLE %s DROP FOREIGN KEY %s", t.full(of), ddl.Quote(t.d, k.Name))
	case sqltext.PostgreSQL:
		return fmt.Sprintf("ALTER TABLE %s DROP CONSTRAINT %s", t.full(of), ddl.Quote(t.d, k.Name))
	}
	return ""
}

// checkExpressions finds CHECK constraints on encrypted values, and columns computed of them.
func (t *table) checkExpressions() {
	for _, e := range t.details.Expressions {
		if e.Table != t.live {
			continue
		}
		for _, c := range t.owned() {
			if have := t.column(c.Name); have == nil || have.Generated || !e.Mentions(c.Name) {
				continue
			}
			if e.Column {
				t.report(c.Name, fmt.Sprintf("is what the generated column %s is computed of, but the server sees only what is encrypted", e.Name), ddl.Column{Name: e.Name}.Drop(t.d, t.live.Name))
				continue
			}
			t.report(c.Name, "has the CHECK constraint "+e.Name+", but the server sees only what is encrypted: check in the application", t.dropCheck(c, e))
		}
	}
}

func (t *table) dropCheck(c ddl.Column, e catalog.Expression) string {
	switch {
	case t.d == sqltext.SQLite:
		return ""
	case t.d == sqltext.MySQL && t.same(e.Name, c.Name): // MariaDB's own way to name a column's
		return t.modify(c.Name, c.Type, t.column(c.Name).Nullable)
	}
	return fmt.Sprintf("ALTER TABLE %s DROP CONSTRAINT %s", t.quoted, ddl.Quote(t.d, e.Name))
}

// checkDependents refuses what works on the table behind the door's back: a view shows cells
// under another name, and values written through it would not be encrypted.
func (t *table) checkDependents() {
	for _, o := range t.details.Dependents {
		if o.Table != t.live || t.allows(o.Name) {
			continue
		}
		t.report("", fmt.Sprintf("the %s %s works on it past the library, which neither encrypts nor decrypts there: drop it, or allow it by its name if it does without protected columns", o.Kind, o.Name))
	}
}

func (t *table) allows(name string) bool {
	for _, a := range t.allowed {
		if t.same(a, name) || t.same(a, t.live.Schema+"."+name) {
			return true
		}
	}
	return false
}
