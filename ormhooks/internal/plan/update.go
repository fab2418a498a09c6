package plan

import (
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// An updating is the work on an UPDATE of a protected table.
type updating struct {
	*analysis
	n       *sqltext.Update
	sc      *scope
	r       *relation
	t       *schema.Table
	top     bool
	row     int // number in Plan.Rows of the row that is written
	known   map[*schema.Column]Value
	keep    map[*schema.Column]bool // COALESCE(value, column)
	written []*schema.Column
	moved   map[string]Value // logical name → new value of a bound or scope column
	fetch   []string         // columns that Each.Fetch reads, by database name

	regrouped map[string]Value // logical name → new value of a column by which sums are kept
	summed    []*schema.Index  // running sums that give new numbers
}

// update analyses UPDATE, and returns what RETURNING gives.
func (a *analysis) update(n *sqltext.Update, parent *scope, top bool) *query {
	sc := &scope{parent: a.with(n.With, parent)}
	denied := a.denied()
	defer func() { a.denies = a.denies || denied }()
	a.plan.Writes, a.changes = true, true
	a.ignores = strings.Contains(n.Verb, "IGNORE") && a.dialect == sqltext.MySQL
	a.from(n.Tables, sc)
	targets := len(sc.relations)
	a.from(n.From, sc)
	a.facts(n.Where, sc)
	a.joinFacts(slices.Concat(n.Tables, n.From), sc)

	var target *relation
	for _, s := range n.Set {
		for _, c := range s.Columns {
			r := a.assigned(c, sc.relations[:targets])
			if r != nil && r.table != nil && target != nil && target != r {
				a.refuse(s, r.table, nil, "one UPDATE sets columns of two protected tables", "update them one by one")
			}
			if r != nil && r.table != nil {
				target = r
			}
		}
	}
	if target == nil {
		a.refuseUnassigned(n, sc.relations[:targets])
		a.assignments(n.Set, sc)
		a.updateConditions(n, sc)
		return a.returning(n.Returning, sc.relations[0], sc, len(sc.relations) == 1)
	}
	u := &updating{
		analysis: a, n: n, sc: sc, r: target, t: target.table, top: top, row: len(a.plan.Rows),
		known: map[*schema.Column]Value{}, keep: map[*schema.Column]bool{}, moved: map[string]Value{}, regrouped: map[string]Value{},
	}
	a.plan.Rows = append(a.plan.Rows, Row{Table: u.t, Bound: map[string]Value{}})
	a.refuseTwice(target, n.Set)
	restore := func() {}
	if a.dialect == sqltext.MySQL { // where an assignment sees those before it
		restore = a.without("what SET assigns")
	}
	for _, s := range n.Set {
		u.assign(s)
	}
	restore()
	target.origin.stale = nil
	u.hiddenAssignments()
	a.updateConditions(n, sc)
	q := a.returning(n.Returning, target, sc, len(sc.relations) == 1)
	u.identify()
	if a.denies && a.plan.Each == nil {
		a.lockUpdated(n, target, len(sc.relations) > 1, !top)
	}
	return q
}

func (a *analysis) updateConditions(n *sqltext.Update, sc *scope) {
	lookups := append(a.where(n.Where, sc), a.joinConditions(slices.Concat(n.Tables, n.From), sc)...)
	for _, l := range lookups {
		a.refuseShortLookup(n, l, "UPDATE")
	}
	for _, o := range n.OrderBy {
		a.orderBy(o, &query{relations: sc.relations}, sc)
	}
	a.exprs(sc, n.Limit...)
}

// assigned returns the relation whose column is assigned, or nil.
func (a *analysis) assigned(c sqltext.Name, targets []*relation) *relation {
	if len(targets) == 1 {
		return targets[0]
	}
	for _, r := range targets {
		if len(c.Parts) > 1 && strings.EqualFold(r.alias, c.Parts[len(c.Parts)-2].Name) {
			return r
		}
	}
	for _, r := range targets {
		if _, sure, _ := r.column(c.Last()); sure && len(c.Parts) == 1 {
			return r
		}
	}
	if len(c.Parts) == 1 { // of several tables, one may have it
		for _, r := range targets {
			if r.table != nil {
				return r
			}
		}
	}
	return nil
}

// refuseUnassigned refuses a qualifier that no table of the statement has, while one of them is
// protected: the server would refuse it too, but only after it has seen the value.
func (a *analysis) refuseUnassigned(n *sqltext.Update, targets []*relation) {
	if !slices.ContainsFunc(targets, func(r *relation) bool { return r.table != nil }) {
		return
	}
	for _, s := range n.Set {
		for _, c := range s.Columns {
			if len(c.Parts) > 1 && a.assigned(c, targets) == nil {
				a.refuse(s, nil, nil, "no table that is updated goes by the name of "+c.Parts[len(c.Parts)-2].Name, "check its spelling")
			}
		}
	}
}

// assign analyses one assignment, of one column or of several.
func (u *updating) assign(s *sqltext.Assign) {
	row, isRow := unparen(s.Value).(*sqltext.Row)
	if !s.Row || len(s.Columns) == 1 {
		u.column(s, s.Columns[0], s.Value, s.Value.At())
		return
	}
	for _, c := range s.Columns {
		u.mustHave(s, u.r, c.Last())
	}
	special := slices.ContainsFunc(s.Columns, func(c sqltext.Name) bool {
		col := columnNamed(u.t, c.Last())
		return col != nil && (col.Protected() || isIdentity(u.t, c.Last()) || u.t.SumsBy(col)) || u.isHidden(u.t, c.Last())
	})
	switch {
	case !special:
		u.expr(s.Value, u.sc)
		return
	case !isRow || len(row.Values) != len(s.Columns):
		u.refuse(s, u.t, nil, "protected columns are set to what a query gives", "run the query first, and set the columns to its values")
	}
	var parts []any // (a, b) = (x, y) becomes a = x, b = y
	for i, c := range s.Columns {
		if i > 0 {
			parts = append(parts, ", ")
		}
		parts = append(parts, c.Span, " = ", row.Values[i].At())
		u.column(s, c, row.Values[i], row.Values[i].At())
	}
	u.replace(s.Span, parts...)
}

func (u *updating) column(s *sqltext.Assign, name sqltext.Name, e sqltext.Expr, at sqltext.Span) {
	u.refuseHidden(s, u.r, name.Last())
	if u.assigned(name, u.sc.relations) != u.r && len(name.Parts) > 1 {
		u.expr(e, u.sc)
		return
	}
	u.mustHave(s, u.r, name.Last())
	c := columnNamed(u.t, name.Last())
	switch {
	case c != nil && c.Protected():
		u.protected(s, c, e, at)
	case c != nil && isIdentity(u.t, name.Last()):
		u.move(c, e)
	case c != nil && u.t.SumsBy(c):
		u.regroup(c, e)
	default:
		u.expr(e, u.sc)
	}
}

// protected analyses an assignment to a protected column.
func (u *updating) protected(s *sqltext.Assign, c *schema.Column, e sqltext.Expr, at sqltext.Span) {
	if u.isItself(e, c) {
		return
	}
	if _, twice := u.known[c]; twice {
		u.refuse(s, u.t, c, "is set twice", "")
	}
	v, ok := u.value(e, c)
	if !ok {
		v, at, ok = u.coalesced(e, c)
		u.keep[c] = ok
	}
	if !ok {
		u.refuse(e, u.t, c, "is set to an expression, whose value is not known before the statement runs", "compute it in the application and pass it as an argument")
	}
	u.identifiesExactly(s, u.r, c)
	u.known[c] = v
	u.secrets = append(u.secrets, at)
	u.written = append(u.written, c)
	u.replace(at, u.cell(u.r, c, v, u.row, u.keep[c]))
	u.outdate(u.r.origin, u.t, c)
}

// isItself reports whether an expression is the column as the row has it. A cast or a function
// around it is not: it would change the cell.
func (u *updating) isItself(e sqltext.Expr, c *schema.Column) bool {
	column, ok := unparen(e).(*sqltext.Column)
	if !ok {
		return false
	}
	ref := u.resolve(column, u.sc)
	return ref.protected() && ref.source.column == c && ref.source.origin == u.r.origin
}

// coalesced recognizes COALESCE(value, column), which leaves the column as it is if the value
// is NULL.
func (u *updating) coalesced(e sqltext.Expr, c *schema.Column) (Value, sqltext.Span, bool) {
	call, ok := unparen(e).(*sqltext.Call)
	if !ok || len(call.Args) != 2 {
		return Value{}, sqltext.Span{}, false
	}
	switch strings.ToLower(call.Name.Last()) {
	case "coalesce", "ifnull":
	default:
		return Value{}, sqltext.Span{}, false
	}
	if !u.isItself(call.Args[1], c) {
		return Value{}, sqltext.Span{}, false
	}
	v, ok := u.value(call.Args[0], c)
	return v, call.Args[0].At(), ok
}

// hiddenAssignments adds the hidden columns behind the last assignment.
func (u *updating) hiddenAssignments() {
	u.reseal()
	u.summed = u.sums()
	hidden := u.hiddenOf(u.t, u.written)
	for _, x := range u.summed {
		if !slices.Contains(u.written, x.Protected()[0]) {
			hidden = append(hidden, sumColumns(x)...)
		}
	}
	var parts []any
	for _, h := range hidden {
		slot := u.hiddenValue(u.r, u.complete(h), u.known, u.row, false)
		parts = append(parts, ", "+u.target(h.name)+" = ")
		of := []*schema.Column{h.column}
		switch {
		case h.index != nil:
			of = h.index.Protected()
		case h.sum != nil:
			of = h.sum.Protected()
		}
		if kept := slices.ContainsFunc(of, func(c *schema.Column) bool { return u.keep[c] }); kept {
			if len(of) > 1 {
				u.refuse(u.n, u.t, of[0], "COALESCE in an index of several columns", "read the row, then set its columns")
			}
			slot.Keep = true
			parts = append(parts, "COALESCE(", slot, ", "+u.qualified(u.r, h.name)+")")
			continue
		}
		parts = append(parts, slot)
	}
	u.insertAt(u.n.SetEnd, parts...)
}

// target is a column on the left of an assignment.
func (u *updating) target(name string) string {
	if u.dialect == sqltext.MySQL && len(u.sc.relations) > 1 {
		return u.qualified(u.r, name)
	}
	return u.ident(name)
}

// complete makes the other columns of an index known: they are read from the row.
func (u *updating) complete(h hiddenColumn) hiddenColumn {
	if h.index == nil {
		return h
	}
	for _, c := range h.index.Protected() {
		if _, ok := u.known[c]; !ok {
			u.known[c] = u.opened(c)
		}
	}
	return h
}

// opened returns the value of a protected column as the row has it.
func (u *updating) opened(c *schema.Column) Value {
	return Value{Kind: FromFetch, At: u.fetched(c.Name)}
}

func (u *updating) fetched(name string) int {
	if at := slices.Index(u.fetch, name); at >= 0 {
		return at
	}
	u.fetch = append(u.fetch, name)
	return len(u.fetch) - 1
}

// identify finds what the written cells are bound to: in WHERE, if it says so exactly,
// or by reading the rows first.
func (u *updating) identify() {
	if len(u.written) == 0 && len(u.summed) == 0 {
		return
	}
	row := &u.plan.Rows[u.row]
	direct := len(u.fetch) == 0 && len(u.moved) == 0 && !u.scopeUnseen()
	for _, c := range u.written {
		if u.known[c].isNull() {
			continue
		}
		direct = direct && c.Bind.Kind != schema.BindRowKey
		for _, logical := range c.Bind.Columns {
			v, ok := u.fact(logical)
			row.Bound[logical], direct = v, direct && ok
		}
	}
	if s := scopeColumn(u.t); s != nil { // for NULL too: it must not be written in a scope that was destroyed
		v, ok := u.fact(s.Logical)
		row.Scope, direct = v, direct && ok
	}
	if direct = u.numbers(row) && direct; !direct {
		u.each()
	}
	u.entries(direct)
}

// scopeUnseen reports whether the scope is in the context alone: nothing in the database says
// whose a row is, but that its cells open.
func (u *updating) scopeUnseen() bool { return u.t.Scope.Kind != "" && u.t.Scope.Column == "" }

// fact returns what WHERE says a column equals. Of text it is not taken: what compares equal
// need not be what is stored.
func (u *updating) fact(logical string) (Value, bool) {
	c := u.t.Column(logical)
	v, ok := u.r.origin.facts[c.Name]
	return v, ok && !isText(c)
}

func isText(c *schema.Column) bool {
	declared, _ := c.Declared()
	return declared == value.Text
}
