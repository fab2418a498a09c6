package plan

import (
	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// in analyses x IN (…).
func (a *analysis) in(e *sqltext.In, sc *scope, in place) []*lookup {
	if row, ok := unparen(e.X).(*sqltext.Row); ok && a.anyCell(sc, row.Values...) {
		return a.rowIn(e, row, sc, in)
	}
	ref, fold := a.cellOf(e.X, sc)
	if !ref.protected() {
		a.expr(e.X, sc)
		for _, v := range e.List {
			if other, _ := a.cellOf(v, sc); other.protected() {
				a.refuse(v, other.source.origin.table, other.source.column, "stands in a list of values", "compare the columns with = one by one")
			}
			a.expr(v, sc)
		}
		a.inner(e, e.Query, sc)
		return nil
	}
	if e.Query != nil {
		a.semiJoin(e, ref, fold, sc, in)
		return nil
	}
	if len(e.List) == 0 {
		return nil // SQLite's empty list: true of no value, or of each
	}
	var values []Value
	for _, v := range e.List {
		values = append(values, a.searched(v, ref, fold))
	}
	l, parts := a.look(e, ref, e.X, values, e.Not, in)
	a.replace(e.Span, parts...)
	return l
}

// quantified analyses x = ANY (array) and x <> ALL (array).
func (a *analysis) quantified(e *sqltext.Quantified, sc *scope, in place) []*lookup {
	ref, fold := a.cellOf(e.X, sc)
	if !ref.protected() {
		a.exprs(sc, e.X, e.Array)
		a.inner(e, e.Query, sc)
		return nil
	}
	t, c := ref.source.origin.table, ref.source.column
	not := e.Op == "<>" && e.All
	if !not && (e.Op != "=" || e.All) || e.Query != nil || fold {
		a.refuse(e, t, c, "is compared with an array or a subquery in another way than = ANY or <> ALL", "use IN with arguments")
	}
	array := unparen(e.Array)
	if cast, ok := array.(*sqltext.Cast); ok {
		array = unparen(cast.X)
	}
	var values []Value
	if list, ok := array.(*sqltext.Array); ok && list.Query == nil {
		for _, v := range list.Values {
			values = append(values, a.searched(v, ref, false))
		}
	} else {
		a.protect(array)
		v, ok := a.value(array, c)
		if !ok {
			a.refuse(e, t, c, "is compared with an array that is no argument", "pass the array as an argument")
		}
		v.Array = true
		values = []Value{v}
	}
	if len(values) == 0 {
		a.refuse(e, t, c, "is compared with an empty array", "leave the condition out")
	}
	l, parts := a.look(e, ref, e.X, values, not, in)
	a.replace(e.Span, parts...)
	return l
}

// rowComparison writes (a, b) = (x, y) out, because one of them is answered by terms.
func (a *analysis) rowComparison(e sqltext.Expr, x, y *sqltext.Row, sc *scope, in place) []*lookup {
	if b, ok := e.(*sqltext.Binary); ok && b.Op == "<>" {
		a.refuse(e, nil, nil, "<> of rows with a protected column", "write NOT (a = … AND b = …)")
	}
	l, parts := a.rowEqual(e, x, y, sc, in)
	a.replace(e.At(), parts...)
	return l
}

func (a *analysis) rowEqual(e sqltext.Expr, x, y *sqltext.Row, sc *scope, in place) ([]*lookup, []any) {
	if len(x.Values) != len(y.Values) {
		a.refuse(e, nil, nil, "rows of different lengths are compared", "")
	}
	var all []*lookup
	parts := []any{"("}
	for i := range x.Values {
		if i > 0 {
			parts = append(parts, " AND ")
		}
		left, right := x.Values[i], y.Values[i]
		ref, fold := a.cellOf(left, sc)
		if other, otherFold := a.cellOf(right, sc); !ref.protected() && other.protected() {
			left, right, ref, fold = right, left, other, otherFold
		} else if other.protected() {
			a.refuse(right, nil, nil, "a row compares two protected columns", "write the comparisons out")
		}
		if !ref.protected() {
			a.exprs(sc, left, right)
			parts = append(parts, left.At(), " = ", right.At())
			continue
		}
		l, one := a.look(e, ref, left, []Value{a.searched(right, ref, fold)}, false, in)
		all, parts = append(all, l...), append(parts, one)
	}
	return all, append(parts, ")")
}

// rowIn writes (a, b) IN ((x, y), …) out.
func (a *analysis) rowIn(e *sqltext.In, row *sqltext.Row, sc *scope, in place) []*lookup {
	if e.Query != nil {
		a.refuse(e, nil, nil, "rows with a protected column are compared with a subquery", "run it first, and pass what it finds as arguments")
	}
	if in == always && len(e.List) > 1 {
		in = maybe
	}
	if e.Not {
		in = exactly
	}
	parts := []any{"("}
	if e.Not {
		parts = []any{"NOT ("}
	}
	var all []*lookup
	for i, v := range e.List {
		if i > 0 {
			parts = append(parts, " OR ")
		}
		values, ok := unparen(v).(*sqltext.Row)
		if !ok {
			a.refuse(v, nil, nil, "a row is compared with what is none", "")
		}
		l, one := a.rowEqual(e, row, values, sc, in)
		all, parts = append(all, l...), append(parts, one)
	}
	a.replace(e.Span, append(parts, ")")...)
	return all
}

// termOf is SQL for a row's term. Where transforms may leave nothing of a value it has none, and
// is not NULL all the same: such values are alike.
func (a *analysis) termOf(at sqltext.Node, ref reference, column string, x *schema.Index) string {
	o := ref.source.origin
	term := a.ref(at, ref.relation, o, column)
	if len(x.Columns[0].Transforms) == 0 {
		return term
	}
	return "COALESCE(" + term + ", CASE WHEN " + a.ref(at, ref.relation, o, ref.source.column.Name) + " IS NOT NULL THEN " + a.emptyBytes() + " END)"
}

// sameColumn compares two protected columns by their terms, which works for those of one join group, and
// for one column under one key: a unique index's.
func (a *analysis) sameColumn(e *sqltext.Binary, x, y reference, lower [2]bool, in place) []*lookup {
	if found, ok := a.joins(e, x, y, lower, in); ok {
		return found
	}
	if x.source.column == y.source.column && lower == [2]bool{} {
		if index := a.index(e, x); index.Options().Unique && (x.source.origin.table.Scope.Kind == "" || index.Unscoped) {
			column, _ := a.termColumn(x.source.origin.table, index)
			a.replace(e.Span, a.termOf(e, x, column, index), " "+e.Op+" ", a.termOf(e, y, column, index))
			return nil
		}
	}
	a.refuse(e, x.source.origin.table, x.source.column, "is compared with "+y.source.column.Name+": terms of two columns, or under several keys, are not alike", addGroup+"; or read one side, and pass its values as arguments")
	return nil
}
