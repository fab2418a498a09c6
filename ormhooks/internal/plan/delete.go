package plan

import (
	"slices"

	"github.com/cellseal/cellseal/internal/sqltext"
)

// delete analyses DELETE, and returns what RETURNING gives.
func (a *analysis) delete(n *sqltext.Delete, parent *scope) *query {
	sc := &scope{parent: a.with(n.With, parent)}
	denied := a.denied()
	a.plan.Writes, a.changes = true, true
	if a.dialect != sqltext.MySQL || len(n.Using) == 0 { // there, they only name tables that USING brings in
		a.from(n.Tables, sc)
	}
	a.from(n.Using, sc)
	joined := slices.Concat(n.Tables, n.Using)
	a.facts(n.Where, sc)
	a.joinFacts(joined, sc)
	lookups := append(a.where(n.Where, sc), a.joinConditions(joined, sc)...)
	for _, l := range lookups {
		a.refuseShortLookup(n, l, "DELETE")
	}
	for _, o := range n.OrderBy {
		a.orderBy(o, &query{relations: sc.relations}, sc)
	}
	a.exprs(sc, n.Limit...)
	denies := a.denied()
	if parent == nil {
		a.removed(n, sc)
	}
	if denies && a.plan.Doomed == nil {
		a.lockDeleted(n, sc, parent != nil)
	}
	a.denies = denied || denies
	return a.returning(n.Returning, sc.relations[0], sc, len(sc.relations) == 1)
}
