package plan

import (
	"strconv"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// orderBy refuses to sort by cells.
func (a *analysis) orderBy(o *sqltext.Order, q *query, outer *scope) {
	if n, ok := position(o.Expr); ok {
		if n > 0 && n <= len(q.columns) && q.columns[n-1].protected() {
			c := q.columns[n-1].source
			a.refuseOrder(o, c.origin.table, c.column)
		}
		return
	}
	if c, ok := unparen(o.Expr).(*sqltext.Column); ok && len(c.Parts) == 1 {
		for _, out := range q.columns {
			if strings.EqualFold(out.name, c.Last()) {
				if out.protected() {
					a.refuseOrder(o, out.source.origin.table, out.source.column)
				}
				return
			}
		}
	}
	sc := &scope{parent: outer, relations: q.relations, aliases: map[string]reference{}}
	for _, out := range q.columns {
		ref := reference{}
		if out.protected() {
			ref.output = out
		}
		sc.aliases[strings.ToLower(out.name)] = ref
	}
	if ref, _ := a.cellOf(o.Expr, sc); ref.protected() {
		a.refuseOrder(o, ref.source.origin.table, ref.source.column)
	}
	if q.shows() && isConstant(o.Expr) { // some servers take 1 COLLATE NOCASE, -(-1) and TRUE for a column's number
		a.refuse(o, nil, nil, "ORDER BY a constant, which may stand for a column by its number", "name the column")
	}
	a.expr(o.Expr, sc)
}

// position returns the column that a number stands for in ORDER BY, in whatever way it is written.
func position(e sqltext.Expr) (int, bool) {
	e = unparen(e)
	if u, ok := e.(*sqltext.Unary); ok && u.Op == "+" {
		return position(u.X)
	}
	l, ok := e.(*sqltext.Literal)
	if !ok || l.Kind != sqltext.Number {
		return 0, false
	}
	n, err := strconv.Atoi(l.Value)
	if err != nil { // 0x2 of SQLite; 0o2, 0b10 and 1_0 of PostgreSQL
		var based int64
		based, err = strconv.ParseInt(l.Value, 0, 32)
		n = int(based)
	}
	return n, err == nil
}

// isConstant reports whether an expression names no column and no argument, and is not NULL, which
// stands for none.
func isConstant(e sqltext.Expr) bool {
	l, ok := unparen(e).(*sqltext.Literal)
	constant := !ok || l.Kind != sqltext.Null
	sqltext.Walk(e, func(n sqltext.Node) bool {
		switch n.(type) {
		case *sqltext.Column, *sqltext.Param, *sqltext.Call, *sqltext.Query:
			constant = false
		}
		return constant
	})
	return constant
}

func (a *analysis) refuseOrder(at sqltext.Node, t *schema.Table, c *schema.Column) {
	a.refuseYet(at, t, c, "ORDER BY would sort cells, which are random", "sort by the column itself, in the outermost query, or in the application")
}
