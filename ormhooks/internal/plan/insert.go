package plan

import (
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// insert analyses INSERT and REPLACE, and returns what RETURNING gives.
func (a *analysis) insert(n *sqltext.Insert, parent *scope) *query {
	sc := a.with(n.With, parent)
	a.plan.Writes, a.changes = true, true
	a.ignores = strings.Contains(n.Verb, "IGNORE") && a.dialect == sqltext.MySQL
	r := a.table(n.Table, nil)
	if r.table == nil {
		a.plainInsert(n, sc, r)
	} else {
		a.protectedInsert(n, sc, r, parent != nil)
	}
	return a.returning(n.Returning, r, &scope{parent: sc, relations: []*relation{r}}, true)
}

// returning analyses a RETURNING list.
func (a *analysis) returning(arm *sqltext.Arm, target *relation, sc *scope, alone bool) *query {
	if arm == nil {
		return nil
	}
	target.bare = alone
	defer a.without("what a statement returns")()
	q := &query{node: arm, arm: arm, relations: sc.relations, known: true, returning: true}
	a.items(q, arm.Items, sc)
	return q
}

// plainInsert analyses an INSERT into a table that is not protected: nothing protected
// must come into it.
func (a *analysis) plainInsert(n *sqltext.Insert, sc *scope, r *relation) {
	for _, row := range n.Rows {
		a.exprs(sc, row.Values...)
	}
	for _, s := range n.Set {
		a.expr(s.Value, sc)
	}
	if n.Query != nil {
		if q := a.query(n.Query, sc); q.shows() || a.mayShow(q) {
			a.refuse(n.Query, nil, nil, "cells would be copied to a table that they are not bound to", "read the rows, then write them")
		}
	}
	target := &scope{parent: sc, relations: []*relation{r, {alias: "excluded"}}}
	for _, c := range n.Conflicts {
		a.assignments(c.Set, target)
		a.condition(c.Where, target, true)
	}
	a.assignments(n.OnDup, target)
}

// mayShow reports whether a query whose columns are not known reads a protected table, and so may show cells.
func (a *analysis) mayShow(q *query) bool { return !q.known && q.anyProtected() }

func (a *analysis) assignments(all []*sqltext.Assign, sc *scope) {
	for _, s := range all {
		a.expr(s.Value, sc)
	}
}

// An insertion is the work on an INSERT into a protected table.
type insertion struct {
	*analysis
	n       *sqltext.Insert
	sc      *scope
	r       *relation
	t       *schema.Table
	nested  bool             // in WITH
	columns []string         // as they are in the database
	cells   []*schema.Column // of columns: the protected one, or nil
	first   int              // number in Plan.Rows of the first row
	rows    int
}

func (a *analysis) protectedInsert(n *sqltext.Insert, sc *scope, r *relation, nested bool) {
	i := &insertion{analysis: a, n: n, sc: sc, r: r, t: r.table, nested: nested, first: len(a.plan.Rows)}
	if a.dialect == sqltext.MySQL { // there, a value may name another column of the row
		i.sc = &scope{parent: sc, relations: []*relation{i.ahead()}}
	}
	i.readColumns()
	hidden := i.hidden()
	switch {
	case n.Default:
		i.defaults(hidden)
	case n.Set != nil:
		i.set(hidden)
	case n.Query != nil:
		i.query(n.Query, hidden)
	default:
		for _, row := range n.Rows {
			i.row(row, row.Values, row.End-1, hidden)
		}
	}
	if n.Set == nil && !n.Default {
		i.listColumns(hidden)
	}
	defer a.without("what an upsert does")()
	for _, c := range n.Conflicts {
		i.conflict(c)
	}
	i.onDuplicate()
}

// without has nothing be looked for until what it returns is called.
func (a *analysis) without(why string) (restore func()) {
	before := a.noFind
	a.noFind = why
	return func() { a.noFind = before }
}

// readColumns finds the columns that are written, from the list or from the catalogue.
func (i *insertion) readColumns() {
	add := func(at sqltext.Node, name string) {
		if i.isHidden(i.t, name) {
			i.refuse(at, i.t, nil, name+" is the library's own column", "leave it out")
		}
		i.mustHave(at, i.r, name)
		i.columns = append(i.columns, name)
		c := columnNamed(i.t, name)
		if c != nil && !c.Protected() {
			c = nil
		}
		i.cells = append(i.cells, c)
	}
	switch {
	case i.n.Columns != nil || i.n.ColumnsEnd > 0:
		for _, c := range i.n.Columns {
			add(c, c.Name)
		}
	case i.n.Set != nil:
		for _, s := range i.n.Set {
			if len(s.Columns) != 1 {
				i.refuse(s, i.t, nil, "SET assigns a row", "assign the columns one by one")
			}
			add(s, s.Columns[0].Last())
		}
	case i.n.Default:
	case i.r.live == nil:
		i.refuseUnknown(i.n, i.t, "INSERT names no columns, and the table is not in the catalogue", "name the columns")
	default:
		i.plan.Catalogued = true
		for _, c := range i.r.live.Columns {
			if !c.Invisible && !i.isHidden(i.t, c.Name) {
				add(i.n, c.Name)
			}
		}
		i.inOrder()
		for _, row := range i.n.Rows {
			if n := len(row.Values); i.dialect == sqltext.PostgreSQL && n < len(i.columns) {
				i.columns, i.cells = i.columns[:n], i.cells[:n]
			}
		}
	}
	for k, name := range i.columns {
		if slices.ContainsFunc(i.columns[:k], func(other string) bool { return strings.EqualFold(other, name) }) {
			i.refuse(i.n, i.t, i.cells[k], name+" is written twice", "")
		}
	}
}

// A hiddenColumn is a column of the library's that a statement writes too.
type hiddenColumn struct {
	name   string
	column *schema.Column // whose token or key id it is
	index  *schema.Index  // whose terms it holds
	key    uint32         // that the terms are under
	rowKey bool
	sum    *schema.Index // whose number it is …
	masked bool          // … or what it adds up
}

// hidden returns the library's columns that have to be written beside those of the
// statement.
func (i *insertion) hidden() []hiddenColumn {
	all := i.hiddenOf(i.t, i.cells)
	if rowKeyed(i.t) {
		all = append(all, hiddenColumn{name: schema.RowKeyColumn, rowKey: true})
	}
	return all
}

// hiddenOf returns the hidden columns that change when these columns do.
func (a *analysis) hiddenOf(t *schema.Table, written []*schema.Column) []hiddenColumn {
	var all []hiddenColumn
	for _, c := range written {
		if c != nil && c.Hidden() != "" {
			all = append(all, hiddenColumn{name: c.Hidden(), column: c})
		}
	}
	for _, x := range t.Indexes {
		if !slices.ContainsFunc(x.Protected(), func(c *schema.Column) bool { return slices.Contains(written, c) }) {
			continue
		}
		pins := a.pins(t, x)
		if len(pins) == 0 {
			pins = []catalog.Pin{{Column: x.Hidden()}}
		}
		for _, p := range pins {
			all = append(all, hiddenColumn{name: p.Column, index: x, key: p.Key})
		}
	}
	for _, x := range t.Sums {
		if slices.Contains(written, x.Protected()[0]) {
			all = append(all, sumColumns(x)...)
		}
	}
	return all
}

func rowKeyed(t *schema.Table) bool {
	return slices.ContainsFunc(t.Columns, func(c *schema.Column) bool {
		return c.Protected() && c.Bind.Kind == schema.BindRowKey
	})
}

// listColumns adds the hidden columns to the column list, or writes the list.
func (i *insertion) listColumns(hidden []hiddenColumn) {
	list := ""
	if i.n.ColumnsEnd == 0 {
		for _, c := range i.columns {
			list += ", " + i.ident(c)
		}
	}
	for _, h := range hidden {
		list += ", " + i.ident(h.name)
	}
	switch {
	case list == "":
	case i.n.ColumnsEnd == 0:
		i.insertAt(i.n.ValuesPos, "("+list[2:]+") ")
	case len(i.n.Columns) == 0:
		i.insertAt(i.n.ColumnsEnd, list[2:])
	default:
		i.insertAt(i.n.ColumnsEnd, list)
	}
}

// row analyses one row of values; what is hidden is added at end.
func (i *insertion) row(at sqltext.Node, values []sqltext.Expr, end int, hidden []hiddenColumn) {
	if len(values) != len(i.columns) {
		i.refuse(at, i.t, nil, "the number of values is not that of the columns", "")
	}
	number, known := i.newRow(at, values)
	for k, e := range values {
		if c := i.cells[k]; c != nil {
			i.replace(e.At(), i.cell(i.r, c, known[c], number, false))
		} else {
			i.expr(e, i.sc)
		}
	}
	var parts []any
	for k, h := range hidden {
		if k > 0 || len(values) > 0 {
			parts = append(parts, ", ")
		}
		parts = append(parts, i.hiddenValue(i.r, h, known, number, false))
	}
	i.insertAt(end, parts...)
}

// newRow declares the row that values make, and returns its number and the values of its
// protected columns.
func (i *insertion) newRow(at sqltext.Node, values []sqltext.Expr) (int, map[*schema.Column]Value) {
	row := Row{Table: i.t, Bound: map[string]Value{}, NewKey: rowKeyed(i.t)}
	known := map[*schema.Column]Value{}
	for k, e := range values {
		if c := i.cells[k]; c != nil {
			v, ok := i.value(e, c)
			if !ok {
				i.refuse(e, i.t, c, "is given an expression, whose value is not known before the statement runs", "compute it in the application and pass it as an argument")
			}
			known[c] = v
			i.protect(e)
		}
	}
	valueOf := func(logical string) (Value, sqltext.Node) {
		c := i.t.Column(logical)
		for k, name := range i.columns {
			if columnNamed(i.t, name) == c {
				v, _ := i.value(values[k], c)
				return v, values[k]
			}
		}
		return Value{}, at
	}
	for _, c := range i.cells {
		v, ok := known[c]
		if !ok {
			continue
		}
		i.identifiesExactly(at, i.r, c)
		for _, logical := range c.Bind.Columns {
			bound, where := valueOf(logical)
			if v.isNull() {
				row.Bound[logical] = bound // for an upsert that sets it
				continue
			}
			if bound.Kind == 0 || bound.isNull() {
				i.refuse(where, i.t, c, "is bound to "+logical+", whose value is not known before the row is written", "set it in the application, or bind the table with bind=row_key")
			}
			i.refuseNumber(where, logical, bound)
			row.Bound[logical] = bound
			i.holds(i.r, &row, logical)
		}
	}
	i.grouped(&row, known, at, values)
	if s := scopeColumn(i.t); s != nil && len(known) > 0 {
		v, where := valueOf(i.t.Scope.Column)
		if v.Kind == 0 || v.isNull() {
			i.refuse(where, i.t, s, "says whose row it is, and its value is not known before the row is written", "set it in the application")
		}
		row.Scope = v
	}
	i.plan.Rows = append(i.plan.Rows, row)
	i.rows++
	i.entries(len(i.plan.Rows)-1, known)
	return len(i.plan.Rows) - 1, known
}

// cell is the slot of what a column stores.
func (a *analysis) cell(r *relation, c *schema.Column, v Value, row int, keep bool) *Slot {
	return &Slot{Kind: Cell, Value: v, Row: row, Column: c, Keep: keep, Room: a.room(r, c.Name)}
}

// hiddenValue is the slot of a hidden column, from the values of the protected ones.
func (a *analysis) hiddenValue(r *relation, h hiddenColumn, known map[*schema.Column]Value, row int, keep bool) *Slot {
	switch {
	case h.rowKey:
		return &Slot{Kind: RowKey, Row: row}
	case h.sum != nil:
		return a.summand(h, known[h.sum.Protected()[0]], row, keep)
	case h.column != nil:
		return &Slot{Kind: Hidden, Value: known[h.column], Row: row, Column: h.column, Keep: keep, Room: a.room(r, h.name)}
	}
	s := &Slot{Kind: Term, Row: row, Index: h.index, Key: h.key, Keep: keep, Room: a.room(r, h.name)}
	for _, c := range h.index.Protected() {
		v, ok := known[c]
		if !ok {
			v = Value{Kind: FromConst} // what is not written is NULL
		}
		s.Values = append(s.Values, v)
	}
	return s
}
