package plan

import (
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
)

// A place says what becomes of a condition's truth.
type place uint8

const (
	always  place = iota + 1 // every row satisfies it: WHERE and what AND joins to it
	maybe                    // a row is wanted if it is true, but not only then: under OR
	exactly                  // false and unknown differ: under NOT, in a SELECT list, in CASE
)

// where analyses a condition that every row of the result satisfies, and returns the
// look-ups in it.
func (a *analysis) where(e sqltext.Expr, sc *scope) []*lookup {
	if e == nil {
		return nil
	}
	return a.truth(e, sc, always)
}

// condition analyses a boolean expression anywhere else.
func (a *analysis) condition(e sqltext.Expr, sc *scope, filters bool) {
	if e == nil {
		return
	}
	in := exactly
	if filters {
		in = maybe
	}
	for _, l := range a.truth(e, sc, in) {
		a.refuseShortLookup(e, l, "this place")
	}
}

// truth walks through what may be answered by terms; everything else is for expr.
func (a *analysis) truth(e sqltext.Expr, sc *scope, in place) []*lookup {
	switch e := e.(type) {
	case *sqltext.Paren:
		return a.truth(e.X, sc, in)
	case *sqltext.Unary:
		if e.Op == "NOT" || e.Op == "!" {
			return a.within(e.X, sc, exactly)
		}
	case *sqltext.Binary:
		switch e.Op {
		case "AND":
			return a.conjunction(e, sc, in)
		case "OR", "XOR":
			below := exactly
			if e.Op == "OR" && in != exactly {
				below = maybe
			}
			return append(a.within(e.X, sc, below), a.within(e.Y, sc, below)...)
		case "=", "<>":
			return a.comparison(e, sc, in)
		}
	case *sqltext.In:
		return a.in(e, sc, in)
	case *sqltext.Quantified:
		return a.quantified(e, sc, in)
	}
	if !a.found(e, sc, in) {
		a.expr(e, sc)
	}
	return nil
}

// within is truth where a look-up is not satisfied by every row: none is to be checked
// afterwards, so none may find false rows.
func (a *analysis) within(e sqltext.Expr, sc *scope, in place) []*lookup {
	for _, l := range a.truth(e, sc, in) {
		a.refuseShortLookup(e, l, "OR, NOT or a value")
	}
	return nil
}

// expr analyses an expression whose value goes anywhere: protected columns must not be
// in it, except where their being NULL is all that is asked.
func (a *analysis) expr(e sqltext.Expr, sc *scope) {
	switch e := e.(type) {
	case nil, *sqltext.Param, *sqltext.Literal:
	case *sqltext.Column:
		if ref := a.resolve(e, sc); ref.protected() {
			a.refuse(e, ref.source.origin.table, ref.source.column, "stands in an expression, which would see the cell and not its value", "select the column by itself and compute in the application")
		}
	case *sqltext.IsNull:
		if c, ok := unparen(e.X).(*sqltext.Column); ok {
			a.resolve(c, sc) // a cell is NULL where its value is
			return
		}
		a.nulls = append(a.nulls, e)
		a.expr(e.X, sc)
	case *sqltext.Paren:
		a.expr(e.X, sc)
	case *sqltext.Unary:
		switch e.Op {
		case "NOT", "!":
			a.condition(e.X, sc, false)
		case "ISNULL", "NOTNULL", "NOT NULL":
			a.expr(&sqltext.IsNull{Span: e.Span, X: e.X}, sc)
		default:
			a.expr(e.X, sc)
		}
	case *sqltext.Binary:
		a.binary(e, sc)
	case *sqltext.In, *sqltext.Quantified:
		a.within(e, sc, exactly)
	case *sqltext.Between:
		if a.found(e, sc, exactly) {
			return
		}
		a.refuseOver(e, "BETWEEN", sc, e.X, e.Low, e.High)
		a.exprs(sc, e.X, e.Low, e.High)
	case *sqltext.Case:
		a.expr(e.X, sc)
		for _, w := range e.Whens {
			if e.X == nil {
				a.condition(w.Cond, sc, false)
			} else {
				a.expr(w.Cond, sc)
			}
			a.expr(w.Then, sc)
		}
		a.expr(e.Else, sc)
	case *sqltext.Call:
		if !a.found(e, sc, exactly) {
			a.call(e, sc)
		}
	case *sqltext.Cast:
		a.expr(e.X, sc)
	case *sqltext.Row:
		a.exprs(sc, e.Values...)
	case *sqltext.Array:
		a.exprs(sc, e.Values...)
		a.inner(e, e.Query, sc)
	case *sqltext.Subquery:
		a.inner(e, e.Query, sc)
	case *sqltext.Exists:
		a.exists(e, sc)
	case *sqltext.Collate:
		a.expr(e.X, sc)
	case *sqltext.Index:
		a.expr(e.X, sc)
		a.exprs(sc, e.Subs...)
	case *sqltext.Other:
		a.exprs(sc, e.Args...)
	default:
		a.refuse(e, nil, nil, "this expression is not understood", "write it in another way")
	}
}

func (a *analysis) exprs(sc *scope, all ...sqltext.Expr) {
	for _, e := range all {
		if e != nil {
			a.expr(e, sc)
		}
	}
}

func (a *analysis) binary(e *sqltext.Binary, sc *scope) {
	switch e.Op {
	case "AND", "OR", "XOR", "=", "<>":
		a.within(e, sc, exactly)
		return
	case "||":
		if a.dialect == sqltext.MySQL {
			a.refusePipes(e, sc)
		}
	}
	if a.found(e, sc, exactly) {
		return
	}
	a.refuseOver(e, e.Op, sc, e.X, e.Y)
	a.exprs(sc, e.X, e.Y, e.Escape)
}

// refusePipes refuses MySQL's ||, which means OR or joins text as sql_mode has it, over what is
// protected.
func (a *analysis) refusePipes(e *sqltext.Binary, sc *scope) {
	sqltext.Walk(e, func(n sqltext.Node) bool {
		if c, ok := n.(*sqltext.Column); ok {
			if ref := a.resolve(c, sc); ref.protected() {
				a.refuse(e, ref.source.origin.table, ref.source.column, "|| means OR or joins text, as sql_mode has it", "write OR")
			}
		}
		return true
	})
}

// refuseOver says what an operator on a protected column lacks.
func (a *analysis) refuseOver(at sqltext.Node, op string, sc *scope, operands ...sqltext.Expr) {
	for _, o := range operands {
		ref, _ := a.cellOf(o, sc)
		if !ref.protected() {
			continue
		}
		instead := "compute it in the application"
		switch {
		case strings.HasSuffix(op, "LIKE"), op == "GLOB", op == "REGEXP", op == "RLIKE", op == "SIMILAR TO", op == "MATCH":
			instead = `write column LIKE pattern, with search:"substring" in its tag, or "prefix" or "suffix"`
		case op == "<", op == ">", op == "<=", op == ">=", op == "BETWEEN":
			instead = `compare it with values, with search:"range" in its tag`
		case strings.Contains(op, "DISTINCT FROM"), op == "<=>", op == "IS", op == "IS NOT":
			instead = "write = and IS NULL"
		}
		a.refuse(at, ref.source.origin.table, ref.source.column, op+" works on values, and the database has only cells", instead)
	}
}

// call analyses a function call.
func (a *analysis) call(e *sqltext.Call, sc *scope) {
	if strings.EqualFold(e.Name.Last(), "count") && len(e.Args) == 1 && !e.Distinct {
		if c, ok := unparen(e.Args[0]).(*sqltext.Column); ok {
			a.resolve(c, sc) // counts what is not NULL
			a.callRest(e, sc)
			return
		}
	}
	for _, arg := range e.Args {
		if ref, _ := a.cellOf(arg, sc); ref.protected() {
			refuse := a.refuse
			if funcs[strings.ToLower(e.Name.Last())] != First {
				refuse = a.refuseYet
			}
			refuse(arg, ref.source.origin.table, ref.source.column, "a function would see the cell and not its value", "select the column and compute in the application")
		}
		a.expr(arg, sc)
	}
	a.callRest(e, sc)
}

func (a *analysis) callRest(e *sqltext.Call, sc *scope) {
	for _, o := range e.OrderBy {
		a.expr(o.Expr, sc)
	}
	a.condition(e.Filter, sc, true)
	a.window(e.Over, sc)
}

// inner analyses a query whose result is a value.
func (a *analysis) inner(at sqltext.Node, n *sqltext.Query, sc *scope) {
	if n == nil {
		return
	}
	q := a.query(n, sc)
	for _, c := range q.columns {
		if c.protected() {
			a.refuse(at, c.source.origin.table, c.source.column, "a subquery would give the cell and not its value", "join the table and select the column by itself")
		}
	}
}

// exists analyses EXISTS, of whose SELECT list nothing is seen.
func (a *analysis) exists(e *sqltext.Exists, sc *scope) {
	for _, arm := range e.Query.Arms {
		for _, item := range arm.Items {
			if item.Star && len(e.Query.Arms) == 1 { // INTERSECT and EXCEPT do look at them
				a.unseen[item] = true
			}
		}
	}
	a.query(e.Query, sc)
}

// aggregates reports whether a SELECT list has an aggregate function in it that comes with a
// server. Of one that users define beside a protected column, servers say themselves that the
// column is not grouped by.
func aggregates(items []*sqltext.Item) bool {
	found := false
	for _, i := range items {
		if i.Expr == nil {
			continue
		}
		sqltext.Walk(i.Expr, func(n sqltext.Node) bool {
			switch n := n.(type) {
			case *sqltext.Query:
				return false
			case *sqltext.Call:
				if n.Over == nil && isAggregate(n.Name.Last()) {
					found = true
				}
			}
			return !found
		})
	}
	return found
}

// windowed reports whether something in a SELECT list looks at other rows.
func windowed(items []*sqltext.Item) (found bool) {
	for _, item := range items {
		if item.Expr == nil {
			continue
		}
		sqltext.Walk(item.Expr, func(n sqltext.Node) bool {
			c, ok := n.(*sqltext.Call)
			found = found || ok && c.Over != nil
			return !found
		})
	}
	return found
}

func isAggregate(name string) bool {
	switch strings.ToLower(name) {
	case "count", "sum", "avg", "min", "max", "total", "group_concat", "string_agg", "array_agg", "json_agg", "jsonb_agg",
		"json_object_agg", "jsonb_object_agg", "json_arrayagg", "json_objectagg", "json_group_array", "json_group_object",
		"bool_and", "bool_or", "every", "any_value", "bit_and", "bit_or", "bit_xor", "std", "stddev", "stddev_pop", "stddev_samp",
		"variance", "var_pop", "var_samp", "mode", "percentile_cont", "percentile_disc", "corr", "covar_pop", "covar_samp":
		return true
	}
	return false
}
