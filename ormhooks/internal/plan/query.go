package plan

import (
	"fmt"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
)

// A query is what is known of a SELECT, or of a RETURNING list.
type query struct {
	node      sqltext.Node
	arm       *sqltext.Arm // of a single SELECT; nil if there are several
	relations []*relation
	columns   []output
	known     bool // columns are all there are, in order
	grouped   bool
	lookups   []*lookup // that every row of it satisfies
	returning bool
	names     map[int]string // of columns that would be called after what they become
	exposed   []output       // columns that were added behind the last one
}

// shows reports whether a protected column is in the result.
func (q *query) shows() bool {
	for _, c := range q.columns {
		if c.protected() {
			return true
		}
	}
	return false
}

func (q *query) bears(o *origin) bool { return bearer(q.relations, o) != nil }

// query analyses a SELECT inside a statement. Its rows are opened by nobody, so none of them may be a false
// one.
func (a *analysis) query(n *sqltext.Query, parent *scope) *query {
	q := a.selected(n, parent)
	a.refuseShort(n, q, "a subquery")
	return q
}

// selected analyses a SELECT.
func (a *analysis) selected(n *sqltext.Query, parent *scope) *query {
	finds := len(a.plan.Finds)
	sc := a.with(n.With, parent)
	var q *query
	for _, arm := range n.Arms {
		next := a.arm(arm, sc, len(n.Arms) == 1)
		if len(n.Arms) > 1 {
			a.refuseShort(arm, next, "UNION and the like")
		}
		if q == nil {
			q = next
			continue
		}
		if q.shows() || next.shows() {
			a.refuse(arm, nil, nil, arm.Op+" of queries that show protected columns", "run them one by one, or take UNION over the keys and read the rows by key")
		}
		q = &query{node: n, columns: q.columns, known: q.known, names: q.names}
	}
	for _, o := range n.OrderBy {
		a.orderBy(o, q, sc)
	}
	for _, e := range n.Limit {
		a.expr(e, sc)
	}
	if len(n.Cuts) > 0 {
		a.refuseShort(n, q, "LIMIT")
	}
	a.refuseImpatient(n, finds)
	a.plan.Writes, a.locks = a.plan.Writes || n.Lock != nil, a.locks || n.Lock != nil
	return q
}

// with makes the scope of a statement from its CTEs.
func (a *analysis) with(w *sqltext.With, parent *scope) *scope {
	sc := &scope{parent: parent, ctes: map[string]*relation{}}
	if w == nil {
		return sc
	}
	sc.pending = map[string]bool{}
	for _, c := range w.CTEs {
		sc.pending[strings.ToLower(c.Name.Name)] = true
	}
	for _, c := range w.CTEs {
		if a.isProtectedName(c.Name.Name) { // as the target of UPDATE it would mean the table all the same
			a.refuse(c, nil, nil, "WITH gives the name of a protected table to something else", "give it another name")
		}
		if w.Recursive { // it may name itself: what it is, is not known before it is read
			delete(sc.pending, strings.ToLower(c.Name.Name))
			sc.ctes[c.Name.Name] = &relation{alias: c.Name.Name}
		}
		var q *query
		switch body := c.Body.(type) {
		case *sqltext.Query:
			q = a.query(body, sc)
		case *sqltext.Insert:
			q = a.insert(body, sc)
		case *sqltext.Update:
			q = a.update(body, sc, false)
		case *sqltext.Delete:
			q = a.delete(body, sc)
		}
		delete(sc.pending, strings.ToLower(c.Name.Name))
		if w.Recursive && q != nil && q.shows() {
			a.refuse(c, nil, nil, "a recursive query shows protected columns", "let it find the keys, and join the table to it outside")
		}
		r := &relation{alias: c.Name.Name, query: q}
		if q != nil {
			r.columns, r.known = q.columns, q.known
		}
		a.refuseColumnList(c, c.Columns, r)
		sc.ctes[c.Name.Name] = r
	}
	return sc
}

// arm analyses one SELECT, VALUES or parenthesized query.
func (a *analysis) arm(arm *sqltext.Arm, outer *scope, alone bool) *query {
	if arm.Nested != nil {
		return a.selected(arm.Nested, outer)
	}
	q := &query{node: arm, known: true}
	if alone {
		q.arm = arm
	}
	if arm.Values != nil {
		for i, row := range arm.Values {
			for j, e := range row {
				a.expr(e, outer)
				if i == 0 {
					q.columns = append(q.columns, output{name: fmt.Sprintf("column%d", j+1)})
				}
			}
		}
		return q
	}
	sc := a.begin(q, arm, outer)
	for _, e := range arm.DistinctOn {
		a.expr(e, sc)
	}
	a.items(q, arm.Items, sc)
	q.grouped = len(arm.GroupBy) > 0 || arm.Having != nil || aggregates(arm.Items)
	a.groupBy(q, arm, sc)
	a.having(arm.Having, sc)
	for _, w := range arm.Windows {
		a.window(w, sc)
	}
	a.distinct(q, arm)
	return q
}

// begin analyses FROM and WHERE, and returns what names mean in the SELECT.
func (a *analysis) begin(q *query, arm *sqltext.Arm, outer *scope) *scope {
	sc := &scope{parent: outer}
	a.from(arm.From, sc)
	q.relations = sc.relations
	if arm.Command && q.anyProtected() {
		a.refuse(arm, nil, nil, "TABLE reads every column, hidden ones too", "write SELECT")
	}
	sc.aliases = a.aliases(arm.Items, sc)
	a.facts(arm.Where, sc)
	a.joinFacts(arm.From, sc)
	q.lookups = a.where(arm.Where, sc)
	q.lookups = append(q.lookups, a.joinConditions(arm.From, sc)...)
	if windowed(arm.Items) {
		a.refuseShort(arm, q, "a window")
	}
	for _, l := range q.lookups {
		if l.index.Smoothed() && len(sc.relations) > 1 { // each false row would be joined, and opened as often
			a.refuseShortLookup(arm, l, "a join")
		}
	}
	return sc
}

// from adds the elements of FROM to a scope.
func (a *analysis) from(tables []sqltext.Table, sc *scope) {
	for _, t := range tables {
		a.fromOne(t, sc)
		a.refuseAlikeAliases(t, sc.relations)
	}
}

func (a *analysis) fromOne(t sqltext.Table, sc *scope) {
	switch t := t.(type) {
	case *sqltext.TableName:
		sc.relations = append(sc.relations, a.table(t, sc))
	case *sqltext.Derived:
		inner := sc.parent
		if t.Lateral {
			inner = sc
		}
		r := &relation{query: a.query(t.Query, inner)}
		r.columns, r.known = r.query.columns, r.query.known
		if t.Alias != nil {
			r.alias = t.Alias.Name
		}
		a.refuseColumnList(t, t.Columns, r)
		a.refuseAlikeColumns(t, r)
		sc.relations = append(sc.relations, r)
	case *sqltext.TableFunc:
		a.expr(t.Call, sc)
		r := &relation{}
		if t.Alias != nil {
			r.alias = t.Alias.Name
		}
		sc.relations = append(sc.relations, r)
	case *sqltext.Join:
		a.fromOne(t.Left, sc)
		a.fromOne(t.Right, sc)
		a.using(t, sc)
	}
}

// using refuses joins on protected columns that are not written out.
func (a *analysis) using(j *sqltext.Join, sc *scope) {
	for _, name := range j.Using {
		for _, r := range sc.relations {
			if o, _, _ := r.column(name.Name); o.protected() {
				a.refuse(j, o.source.origin.table, o.source.column, "USING compares cells, which are random", "join by the key, or write ON with = on both columns")
			}
		}
	}
	if !j.Natural {
		return
	}
	for _, r := range sc.relations {
		if r.table != nil || r.query != nil && r.query.shows() {
			a.refuse(j, r.table, nil, "NATURAL JOIN would compare cells and hidden columns", "write ON")
		}
	}
}

// joinConditions analyses ON, and returns the look-ups that every row satisfies.
func (a *analysis) joinConditions(tables []sqltext.Table, sc *scope) []*lookup {
	var all []*lookup
	for _, t := range tables {
		j, ok := t.(*sqltext.Join)
		if !ok {
			continue
		}
		found := a.joinConditions([]sqltext.Table{j.Left, j.Right}, sc)
		if j.On != nil {
			found = append(found, a.where(j.On, sc)...)
		}
		if isInner(j) {
			all = append(all, found...)
			continue
		}
		for _, l := range found {
			a.refuseShortLookup(j, l, "an outer join")
			if l.with != nil {
				l.outer = true
				all = append(all, l)
			}
		}
	}
	return all
}

// having analyses HAVING. MySQL lets it see the SELECT list alone, where an alias may hide the
// protected column, and no hidden column is.
func (a *analysis) having(e sqltext.Expr, sc *scope) {
	if e != nil && a.dialect == sqltext.MySQL {
		sqltext.Walk(e, func(n sqltext.Node) bool {
			if c, ok := n.(*sqltext.Column); ok {
				if ref := a.find(c, sc); ref.protected() {
					a.refuse(c, ref.source.origin.table, ref.source.column, "stands in HAVING, which does not see its index", "write the condition in WHERE")
				}
			}
			_, inner := n.(*sqltext.Query)
			return !inner
		})
	}
	a.condition(e, sc, false)
}

// joinFacts finds facts in the conditions of inner joins.
func (a *analysis) joinFacts(tables []sqltext.Table, sc *scope) {
	for _, t := range tables {
		if j, ok := t.(*sqltext.Join); ok && isInner(j) {
			a.joinFacts([]sqltext.Table{j.Left, j.Right}, sc)
			a.facts(j.On, sc)
		}
	}
}

func isInner(j *sqltext.Join) bool {
	switch j.Kind {
	case "JOIN", "CROSS JOIN", "STRAIGHT_JOIN":
		return true
	}
	return false
}

func (a *analysis) window(w *sqltext.Window, sc *scope) {
	if w == nil {
		return
	}
	for _, e := range w.PartitionBy {
		a.expr(e, sc)
	}
	for _, o := range w.OrderBy {
		a.expr(o.Expr, sc)
	}
	for _, e := range w.Frame {
		a.expr(e, sc)
	}
}
