package plan

import (
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// In MySQL a value may look at what stands before it in the same row: at the values of INSERT, and at the
// assignments of UPDATE. The library's own columns are written last, and say until then what the row held before.

// ahead is the relation that values of an INSERT are read beside.
func (i *insertion) ahead() *relation {
	own := *i.r
	own.origin = &origin{table: i.t, facts: map[string]Value{}, elsewhere: i.r.origin.elsewhere, unstored: true, stale: map[string]bool{}}
	for name := range i.t.Hidden() {
		own.origin.stale[name] = true
	}
	own.columns = nil
	for _, c := range i.r.columns {
		own.columns = append(own.columns, output{name: c.name, source: own.sourceOf(c.name)})
	}
	return &own
}

// outdate says that a column has been assigned, and that what stands beside it has not been yet.
func (a *analysis) outdate(o *origin, t *schema.Table, c *schema.Column) {
	if a.dialect != sqltext.MySQL {
		return
	}
	if o.stale == nil {
		o.stale = map[string]bool{}
	}
	for _, h := range a.hiddenOf(t, []*schema.Column{c}) {
		o.stale[h.name] = true
	}
}

func (a *analysis) refuseStale(at sqltext.Node, o *origin, name string) {
	if o.stale[name] {
		a.refuse(at, o.table, nil, "a value of the row looks at another that is written before it, of which only the cell is there yet", "compute it in the application")
	}
}

// refuseForeign refuses to ask which rows are not so where that would be said of rows of other scopes too:
// what is looked for is looked for in one.
func (a *analysis) refuseForeign(at sqltext.Node, o *origin, x *schema.Index, c *schema.Column) {
	s := scopeColumn(o.table)
	if s == nil || x.Unscoped {
		return
	}
	if _, known := o.facts[s.Name]; !known {
		a.refuse(at, o.table, c, "is asked for what is false, and would be of every row of another "+o.table.Scope.Kind, "say whose rows are meant: AND "+s.Name+" = …")
	}
}

// refuseImpatient refuses a lock that does not wait, beside what is looked for in lists: the rows that may match
// are locked before, and wait.
func (a *analysis) refuseImpatient(n *sqltext.Query, finds int) {
	if n.Lock == nil || len(a.plan.Finds) == finds {
		return
	}
	words := strings.Fields(strings.ToUpper(a.text[n.Lock.Pos:n.Lock.End]))
	if slices.Contains(words, "NOWAIT") || slices.Contains(words, "SKIP") || slices.Contains(words, "WAIT") {
		a.refuse(n, nil, nil, "rows that an index may have found are locked and read before, and wait for their locks", "read the keys first, and lock the rows by key")
	}
}

// refuseAnalyzed refuses EXPLAIN ANALYZE of a DELETE, which deletes.
func (a *analysis) refuseAnalyzed(n *sqltext.Delete, t *schema.Table) {
	words := strings.FieldsFunc(strings.ToUpper(a.explained), func(r rune) bool { return r < 'A' || r > 'Z' })
	if slices.Contains(words, "ANALYZE") || slices.Contains(words, "ANALYSE") {
		a.refuse(n, t, nil, "beside this statement, which deletes, an index is written", "EXPLAIN it without ANALYZE")
	}
}
