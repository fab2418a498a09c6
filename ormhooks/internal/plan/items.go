package plan

import (
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
)

// items analyses a SELECT or RETURNING list.
func (a *analysis) items(q *query, items []*sqltext.Item, sc *scope) {
	for _, item := range items {
		if item.Star {
			a.star(q, item, sc)
			continue
		}
		o := output{}
		if c, ok := unparen(item.Expr).(*sqltext.Column); ok {
			ref := a.resolve(c, sc)
			o = ref.output
			o.name = c.Last()
			if ref.protected() && bearer(q.relations, o.source.origin) == nil {
				a.refuse(item, o.source.origin.table, o.source.column, "comes from an outer query", "select it there")
			}
			if o.source != nil && bearer(q.relations, o.source.origin) == nil {
				o.source = nil
			}
		} else if item.Expr != nil {
			edits := len(a.edits)
			a.condition(item.Expr, sc, false)
			if len(a.edits) > edits && item.Alias == nil {
				a.keepName(q, item)
			}
		}
		if item.Alias != nil {
			o.name = item.Alias.Name
		}
		q.columns = append(q.columns, o)
	}
}

// keepName remembers what the server would have called a column: PostgreSQL calls an operator
// after nothing, the others call an expression by its text.
func (a *analysis) keepName(q *query, item *sqltext.Item) {
	name := a.text[item.Pos:item.End]
	if a.dialect == sqltext.PostgreSQL {
		switch unparen(item.Expr).(type) {
		case *sqltext.Binary, *sqltext.In, *sqltext.Quantified, *sqltext.Unary:
			name = "?column?"
		default:
			return
		}
	}
	if q.names == nil {
		q.names = map[int]string{}
	}
	q.names[len(q.columns)] = name
}

// star analyses * and t.*, and writes them out where they cover hidden columns.
func (a *analysis) star(q *query, item *sqltext.Item, sc *scope) {
	covered := sc.relations
	if item.Of != nil {
		covered = nil
		for _, r := range sc.relations {
			if name := item.Of.Last(); r.alias == name || strings.EqualFold(r.alias, name) && a.dialect != sqltext.PostgreSQL {
				covered = []*relation{r}
			}
		}
		if covered == nil {
			a.refuse(item, nil, nil, "the columns of "+item.Of.Last()+", a table of an outer query or of none, are taken as a whole", "name the columns")
		}
	}
	if a.unseen[item] {
		q.known = false
		return
	}
	expand := false
	for _, r := range covered {
		expand = expand || r.table != nil || r.query != nil && r.query.shows()
	}
	if !expand {
		for _, r := range covered {
			q.columns, q.known = append(q.columns, r.columns...), q.known && (r.known || r.query != nil && r.query.known)
		}
		if len(covered) == 0 {
			q.known = false
		}
		return
	}
	if a.joinsByName(q) && item.Of == nil {
		a.refuse(item, nil, nil, "* over a join with USING", "write t.* for each table, or the columns")
	}
	a.plan.Catalogued = true
	var list []any
	for _, r := range covered {
		if !r.known {
			a.refuseUnknown(item, r.table, "what columns "+r.alias+" has is not known: it is not in the catalogue", "write the columns instead of *")
		}
		for i, c := range r.columns {
			if r.live != nil && r.live.Columns[i].Invisible || r.table != nil && a.isHidden(r.table, c.name) {
				continue
			}
			if r.query != nil && !(&query{columns: r.columns}).uniqueName(c.name) {
				a.refuse(item, nil, nil, "* over a query with columns of no name, or of the same", "give them names with AS")
			}
			if len(list) > 0 {
				list = append(list, ", ")
			}
			list = append(list, a.qualified(r, c.name))
			q.columns = append(q.columns, c)
		}
	}
	a.replace(item.Span, list...)
}

// anyProtected reports whether a query reads a protected table at any depth: columns may
// be added to what it shows.
func (q *query) anyProtected() bool {
	for _, r := range q.relations {
		if r.table != nil || r.query != nil && r.query.anyProtected() {
			return true
		}
	}
	return false
}

func (a *analysis) joinsByName(q *query) bool {
	if q.arm == nil {
		return false
	}
	named := false
	for _, t := range q.arm.From {
		sqltext.Walk(t, func(n sqltext.Node) bool {
			if j, ok := n.(*sqltext.Join); ok && (len(j.Using) > 0 || j.Natural) {
				named = true
			}
			return true
		})
	}
	return named
}

// qualified is a column with its relation. Where there is but one relation, as behind
// RETURNING, no dialect needs it.
func (a *analysis) qualified(r *relation, name string) string {
	if r.bare || r.alias == "" {
		return a.ident(name)
	}
	return a.ident(r.alias) + "." + a.ident(name)
}

// facts finds what the conditions that every row satisfies say bound and scope columns
// equal.
func (a *analysis) facts(e sqltext.Expr, sc *scope) {
	switch e := e.(type) {
	case *sqltext.Paren:
		a.facts(e.X, sc)
	case *sqltext.Binary:
		switch e.Op {
		case "AND":
			a.facts(e.X, sc)
			a.facts(e.Y, sc)
		case "=":
			if !a.fact(e.X, e.Y, sc) {
				a.fact(e.Y, e.X, sc)
			}
		}
	}
}

func (a *analysis) fact(x, y sqltext.Expr, sc *scope) bool {
	c, ok := unparen(x).(*sqltext.Column)
	if !ok {
		return false
	}
	ref := a.resolve(c, sc)
	if ref.source == nil || ref.protected() || !slices.Contains(sc.relations, ref.relation) { // of an outer row it says nothing
		return false
	}
	declared := ref.source.origin.table.ColumnNamed(ref.source.name)
	if declared == nil {
		return false
	}
	v, ok := a.value(y, declared)
	if ok && !v.isNull() {
		if _, known := ref.source.origin.facts[ref.source.name]; !known {
			ref.source.origin.facts[ref.source.name] = v
		}
	}
	return ok
}
