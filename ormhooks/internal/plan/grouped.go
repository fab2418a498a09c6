package plan

import "github.com/cellseal/cellseal/internal/sqltext"

// groupBy lets rows be grouped by what is not protected. Where the whole identity of a row
// is grouped by, its cells are one to a group, and may stand beside it.
func (a *analysis) groupBy(q *query, arm *sqltext.Arm, sc *scope) {
	grouped := map[*origin]map[string]bool{}
	var cells []*sqltext.Column
	for _, e := range arm.GroupBy {
		c, ok := unparen(e).(*sqltext.Column)
		if !ok {
			a.expr(e, sc)
			continue
		}
		ref := a.resolve(c, sc)
		switch {
		case ref.protected():
			cells = append(cells, c)
		case ref.source != nil:
			if grouped[ref.source.origin] == nil {
				grouped[ref.source.origin] = map[string]bool{}
			}
			grouped[ref.source.origin][ref.source.name] = true
		}
	}
	for _, c := range cells {
		if ref := a.resolve(c, sc); !a.identifies(ref.source.origin, ref.relation, grouped[ref.source.origin]) {
			a.refuseYet(c, ref.source.origin.table, ref.source.column, "GROUP BY would group by cells, each of which is random", "group by the row's key too, or group in the application")
		}
	}
	if !q.grouped {
		return
	}
	if len(q.lookups) > 0 {
		a.refuseShort(arm, q, "an aggregate")
	}
	for i, c := range q.columns {
		if c.protected() && !a.identifies(c.source.origin, bearer(q.relations, c.source.origin), grouped[c.source.origin]) {
			at := sqltext.Node(arm)
			if i < len(arm.Items) {
				at = arm.Items[i]
			}
			a.refuseYet(at, c.source.origin.table, c.source.column, "stands in a grouped query whose groups are not single rows", "group by the row's key, or read the rows and group in the application")
		}
	}
}

// distinct lets DISTINCT stand where every row shows its whole identity: then equal rows are
// one row, and have one cell.
func (a *analysis) distinct(q *query, arm *sqltext.Arm) {
	if !arm.Distinct && len(arm.DistinctOn) == 0 {
		return
	}
	a.refuseShort(arm, q, "DISTINCT")
	if !q.shows() {
		return
	}
	shown := map[*origin]map[string]bool{}
	for _, c := range q.columns {
		if c.source == nil {
			continue
		}
		if shown[c.source.origin] == nil {
			shown[c.source.origin] = map[string]bool{}
		}
		shown[c.source.origin][c.source.name] = true
	}
	for _, e := range arm.DistinctOn {
		if n, ok := position(e); ok && n > 0 && n <= len(q.columns) && q.columns[n-1].protected() {
			c := q.columns[n-1].source
			a.refuse(arm, c.origin.table, c.column, "DISTINCT ON would compare cells, each of which is random", "take DISTINCT ON over the row's key")
		}
	}
	for _, c := range q.columns {
		if c.protected() && len(arm.DistinctOn) == 0 && !a.identifies(c.source.origin, bearer(q.relations, c.source.origin), shown[c.source.origin]) {
			a.refuseYet(arm, c.source.origin.table, c.source.column, "DISTINCT would compare cells, each of which is random", "select the row's key too, or take DISTINCT in the application")
		}
	}
}

// identifies reports whether values of these columns belong to one row of the table. It is
// known of tables themselves, and of unique columns that the catalogue names.
func (a *analysis) identifies(o *origin, r *relation, columns map[string]bool) bool {
	if r == nil || r.origin != o || r.live == nil {
		return false
	}
	for _, unique := range r.live.Unique {
		all := len(unique) > 0
		for _, name := range unique {
			all = all && columns[name] && !nullable(r, name)
		}
		if all {
			return true
		}
	}
	return false
}

func nullable(r *relation, name string) bool {
	for _, c := range r.live.Columns {
		if c.Name == name {
			return c.Nullable
		}
	}
	return true
}
