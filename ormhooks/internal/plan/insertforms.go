package plan

import (
	"slices"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// defaults writes INSERT … DEFAULT VALUES out where the row needs a key.
func (i *insertion) defaults(hidden []hiddenColumn) {
	number, known := i.newRow(i.n, nil)
	if len(hidden) == 0 {
		return
	}
	if i.n.Returning != nil || len(i.n.Conflicts) > 0 {
		i.refuse(i.n, i.t, nil, "DEFAULT VALUES with further clauses", "name a column and give it DEFAULT")
	}
	list, parts := "(", []any{") VALUES ("}
	for k, h := range hidden {
		if k > 0 {
			list, parts = list+", ", append(parts, ", ")
		}
		list, parts = list+i.ident(h.name), append(parts, i.hiddenValue(i.r, h, known, number, false))
	}
	i.replace(sqltext.Span{Pos: i.n.ValuesPos, End: i.n.End}, append([]any{list}, append(parts, ")")...)...)
}

// set analyses MySQL's INSERT … SET.
func (i *insertion) set(hidden []hiddenColumn) {
	var values []sqltext.Expr
	for _, s := range i.n.Set {
		values = append(values, s.Value)
	}
	number, known := i.newRow(i.n, values)
	for k, e := range values {
		if c := i.cells[k]; c != nil {
			i.replace(e.At(), i.cell(i.r, c, known[c], number, false))
		} else {
			i.expr(e, i.sc)
		}
	}
	var parts []any
	for _, h := range hidden {
		parts = append(parts, ", "+i.ident(h.name)+" = ", i.hiddenValue(i.r, h, known, number, false))
	}
	i.insertAt(i.n.SetEnd, parts...)
}

// query analyses INSERT … SELECT. Rows that are all written in the statement are rows like
// any others; what comes out of the database is not known before.
func (i *insertion) query(n *sqltext.Query, hidden []hiddenColumn) {
	if n.With == nil && len(n.OrderBy) == 0 && len(n.Limit) == 0 {
		var constant []*sqltext.Arm
		for _, arm := range n.Arms {
			op := arm.Op == "" || arm.Op == "UNION ALL"
			if op && arm.Nested == nil && len(arm.From) == 0 && arm.Where == nil && len(arm.GroupBy) == 0 && arm.Having == nil && !arm.Distinct {
				constant = append(constant, arm)
			}
		}
		if len(constant) == len(n.Arms) {
			for _, arm := range constant {
				i.constantArm(arm, hidden)
			}
			return
		}
	}
	if q := i.analysis.query(n, i.sc); len(hidden) > 0 || q.shows() || i.mayShow(q) || slices.ContainsFunc(i.cells, func(c *schema.Column) bool { return c != nil }) {
		i.analysis.refuse(n, i.t, nil, "INSERT … SELECT copies values that Cellseal would have to open and seal for their new rows", "read the rows, then write them")
	}
}

func (i *insertion) constantArm(arm *sqltext.Arm, hidden []hiddenColumn) {
	if arm.Values != nil {
		for _, row := range arm.Values {
			end := 0
			for _, e := range row {
				end = e.At().End
			}
			i.row(arm, row, end, hidden)
		}
		return
	}
	var values []sqltext.Expr
	for _, item := range arm.Items {
		if item.Expr == nil {
			i.refuse(item, i.t, nil, "* without a table", "")
		}
		values = append(values, item.Expr)
	}
	i.row(arm, values, arm.ItemsEnd, hidden)
}

// inOrder refuses an INSERT that names no columns if the table has those of the schema in another
// order: values would go into columns they are not meant for, perhaps in clear.
func (i *insertion) inOrder() {
	last := -1
	for _, name := range i.columns {
		c := columnNamed(i.t, name)
		if c == nil {
			continue
		}
		at := slices.Index(i.t.Columns, c)
		if at < last {
			i.refuse(i.n, i.t, c, "INSERT names no columns, and the table has them in another order than the schema", "name the columns")
		}
		last = at
	}
}
