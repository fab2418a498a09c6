package plan

import (
	"slices"

	"github.com/cellseal/cellseal/internal/sqltext"
)

// denied says whether listed indexes were asked which rows are not so since it was called last.
func (a *analysis) denied() (now bool) {
	now, a.denies = a.denies, false
	return now
}

// lockFirst makes the text that locks what an UPDATE or a DELETE is to write: see Plan.Locks.
func (a *analysis) lockFirst(at sqltext.Node, nested bool, f fetching) {
	switch {
	case a.explain || f.r == nil || f.r.table == nil || a.dialect == sqltext.SQLite: // which has one writer
		return
	case nested:
		a.refuse(at, f.r.table, nil, "rows are written of which is asked what is false, and that is not asked again inside WITH, or behind one, when they were waited for", "write it as a statement of its own")
	}
	before := a.besides
	a.besides = func() {
		if before != nil {
			before()
		}
		a.plan.Locks = a.fetchOf(f)
	}
}

// relock finds Plan.Locks where a text that locks is there already.
func (a *analysis) relock() {
	switch p := a.plan; {
	case !a.denies || a.explain || a.dialect == sqltext.SQLite:
	case p.Each != nil:
		p.Locks = p.Each.Fetch
	case p.Doomed != nil:
		p.Locks = p.Doomed.Fetch
	case a.locks && !a.changes:
		p.Locks = p.Text
	}
}

func spanOf(tables []sqltext.Table) sqltext.Span {
	return sqltext.Span{Pos: tables[0].At().Pos, End: tables[len(tables)-1].At().End}
}

// lockUpdated is lockFirst of an UPDATE.
func (a *analysis) lockUpdated(n *sqltext.Update, r *relation, joined, nested bool) {
	f := fetching{r: r, joined: joined, from: []any{spanOf(n.Tables)}, where: n.Where, order: n.OrderBy}
	if len(n.From) > 0 {
		f.from = append(f.from, ", ", spanOf(n.From))
	}
	if len(n.Limit) > 0 {
		f.limit = n.Limit[0].At()
	}
	a.lockFirst(n, nested || n.With != nil, f)
}

// deleting is how the rows of a DELETE are read.
func (a *analysis) deleting(n *sqltext.Delete, r *relation, joined bool) fetching {
	f := fetching{r: r, joined: joined, where: n.Where, order: n.OrderBy}
	switch {
	case n.Using == nil:
		f.from = []any{spanOf(n.Tables)}
	case a.dialect == sqltext.MySQL:
		f.from = []any{spanOf(n.Using)}
	default:
		f.from = []any{spanOf(n.Tables), ", ", spanOf(n.Using)}
	}
	if len(n.Limit) > 0 {
		f.limit = n.Limit[0].At()
	}
	return f
}

// lockDeleted is lockFirst of a DELETE, of the first protected table that rows go from.
func (a *analysis) lockDeleted(n *sqltext.Delete, sc *scope, nested bool) {
	i := slices.IndexFunc(sc.relations, func(r *relation) bool { return r.table != nil })
	if i >= 0 {
		a.lockFirst(n, nested || n.With != nil, a.deleting(n, sc.relations[i], len(sc.relations) > 1))
	}
}
