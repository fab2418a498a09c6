package plan

import (
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// Doomed are the rows that a DELETE is about to delete. Fetch reads and locks them, Plan.Text follows, and
// There asks of each whether it is there nevertheless: what WHERE says may have changed in between,
// LIMIT may choose others, and a trigger may forbid it. Entries are of rows that are not.
type Doomed struct {
	Table *schema.Table
	Fetch Text
	// Was says where Fetch's rows have their identity.
	Was Origin
	// There is for one row of Fetch, in Fetched slots, and has a result if the row is there.
	There Text
}

// removed are the entries of a DELETE. Where WHERE names its row by the key, nothing has to be read.
func (a *analysis) removed(n *sqltext.Delete, sc *scope) {
	r := a.deletedFrom(n, sc)
	if r == nil || r.origin.elsewhere {
		return
	}
	direct, row := []Entry(nil), a.namedRow(r)
	if len(sc.relations) == 1 {
		for _, x := range r.table.Listed {
			if row.names(x.Protected()[0]) && (r.table.Scope.Column == "" || row.Scope.Kind != 0) {
				direct = append(direct, Entry{Index: x, Op: Removed, Row: len(a.plan.Rows)})
			}
		}
	}
	switch {
	case a.explain && len(direct) == 0:
		a.refuseAnalyzed(n, r.table)
	case len(direct) < len(r.table.Listed) && n.With == nil && len(n.Limit) < 2 && !a.explain:
		a.doom(n, r, len(sc.relations) > 1)
	case len(direct) > 0:
		a.plan.Entries = append(a.plan.Entries, direct...)
		a.plan.Rows = append(a.plan.Rows, row)
	}
}

// deletedFrom is the relation with lists whose rows go; nil if there is none, or not one alone.
func (a *analysis) deletedFrom(n *sqltext.Delete, sc *scope) (only *relation) {
	targets := sc.relations[:1]
	if a.dialect == sqltext.MySQL && (n.Targets != nil || n.Using != nil) {
		var names []string
		for _, t := range n.Targets {
			names = append(names, t.Last())
		}
		if n.Using != nil {
			for _, t := range n.Tables {
				if name, ok := t.(*sqltext.TableName); ok {
					names = append(names, name.Name.Last())
				}
			}
		}
		targets = slices.DeleteFunc(slices.Clone(sc.relations), func(r *relation) bool {
			return !slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, r.alias) })
		})
	}
	for _, r := range targets {
		if r.table == nil || len(r.table.Listed) == 0 {
			continue
		}
		if only != nil {
			return nil
		}
		only = r
	}
	return only
}

// namedRow is the row that WHERE names. Texts do not name one: the server may take others for the same.
func (a *analysis) namedRow(r *relation) Row {
	row := Row{Table: r.table, Bound: map[string]Value{}}
	fact := func(logical string) (Value, bool) {
		c := r.table.Column(logical)
		v, ok := r.origin.facts[c.Name]
		return v, ok && !isText(c)
	}
	if s := scopeColumn(r.table); s != nil {
		row.Scope, _ = fact(s.Logical)
	}
	for _, x := range r.table.Listed {
		for _, logical := range x.Protected()[0].Bind.Columns {
			if v, ok := fact(logical); ok {
				row.Bound[logical] = v
			}
		}
	}
	return row
}

// doom has the rows read before they are deleted.
func (a *analysis) doom(n *sqltext.Delete, r *relation, joined bool) {
	t := r.table
	d := &Doomed{Table: t, Was: Origin{Table: t, Bound: map[string]int{}, Scope: -1, RowKey: -1}}
	f := a.deleting(n, r, joined)
	column := func(name string) int {
		if at := slices.Index(f.columns, name); at >= 0 {
			return at
		}
		f.columns = append(f.columns, name)
		return len(f.columns) - 1
	}
	for _, x := range t.Listed {
		c := x.Protected()[0]
		for _, logical := range c.Bind.Columns {
			d.Was.Bound[logical] = column(t.Column(logical).Name)
		}
		if c.Bind.Kind == schema.BindRowKey {
			d.Was.RowKey = column(schema.RowKeyColumn)
		}
		a.plan.Entries = append(a.plan.Entries, Entry{Index: x, Op: Removed, Was: true})
	}
	there := []any{"SELECT 1 FROM " + a.ident(t.Name) + " WHERE "}
	for at, name := range f.columns {
		if at > 0 {
			there = append(there, " AND ")
		}
		there = append(there, a.ident(name)+" = ", &Slot{Kind: Fetched, At: at})
	}
	if a.dialect == sqltext.MySQL { // where only this reads what is newer than the transaction's first read, as Fetch did
		there = append(there, " FOR UPDATE")
	}
	if s := scopeColumn(t); s != nil {
		d.Was.Scope = column(s.Name)
	}
	if f.limit == nil {
		f.limit = &Slot{Kind: Most}
	}
	a.plan.Doomed = d
	a.besides = func() {
		d.Fetch = a.fetchOf(f)
		var text builder
		a.renderParts(&text, there, nil)
		d.There = text.text
	}
}
