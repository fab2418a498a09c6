package plan

import (
	"slices"
	"strconv"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
)

func itoa(n int) string { return strconv.Itoa(n) }

// sorted analyses ORDER BY. kept says that it stays for the server, which sorts by nothing
// protected: groups and rows then stay in the order in which they come.
func (f *finishing) sorted(grouped bool) (kept bool) {
	if !grouped && !slices.ContainsFunc(f.n.OrderBy, f.sortsCells) {
		for _, o := range f.n.OrderBy {
			f.orderBy(o, f.q, f.sc.parent)
			if f.arm.Distinct && !f.inList(o.Expr) {
				f.refuseUnlisted(o)
			}
		}
		return len(f.n.OrderBy) > 0
	}
	for _, o := range f.n.OrderBy {
		if l, ok := unparen(o.Expr).(*sqltext.Literal); ok && l.Kind == sqltext.Null {
			continue // sorts by nothing
		}
		s := Sort{Desc: o.Desc, NullsFirst: o.Desc == (f.dialect == sqltext.PostgreSQL)}
		if o.Nulls != "" {
			s.NullsFirst = o.Nulls == "FIRST"
		}
		by, plain := f.rowSort, sqltext.Expr(nil)
		if grouped {
			by = f.groupSort
		}
		if s.Result, plain = by(o); plain != nil { // with its direction, which the rank has then
			rank := f.rank(plain, f.text[o.Expr.At().End:o.End])
			s = Sort{Result: f.result(Result{Key: Key{At: rank, Rank: rank}})}
		} else if o.Using {
			f.refuse(o, nil, nil, "ORDER BY USING over protected columns", "write ASC or DESC")
		}
		if s.Result >= 0 {
			f.f.Sort = append(f.f.Sort, s)
		}
	}
	return false
}

// sortsCells reports whether an element of ORDER BY is a protected column.
func (f *finishing) sortsCells(o *sqltext.Order) bool {
	if i, ok := f.listed(o); ok {
		return f.q.columns[i].protected()
	}
	c, ok := unparen(o.Expr).(*sqltext.Column)
	return ok && f.resolve(c, f.sc).protected()
}

// listed returns the column of the result that an element of ORDER BY names by its number or its
// name.
func (f *finishing) listed(o *sqltext.Order) (int, bool) {
	if n, ok := position(o.Expr); ok {
		if n < 1 || n > len(f.q.columns) {
			f.refuse(o, nil, nil, "ORDER BY the number of no column", "name the column")
		}
		return n - 1, true
	}
	c, ok := unparen(o.Expr).(*sqltext.Column)
	if !ok || len(c.Parts) != 1 {
		return 0, false
	}
	found := -1
	for i, out := range f.q.columns {
		if !strings.EqualFold(out.name, c.Last()) {
			continue
		}
		if other := f.q.columns[max(found, 0)]; found >= 0 && (other.protected() || out.protected()) && (other.source == nil || out.source == nil || *other.source != *out.source) {
			f.refuse(o, nil, nil, "two columns of the result have this name", "name one with AS")
		}
		if found < 0 {
			found = i
		}
	}
	return found, found >= 0
}

// rowSort returns the result that rows are sorted by, or the plain expression.
func (f *finishing) rowSort(o *sqltext.Order) (int, sqltext.Expr) {
	if i, ok := f.listed(o); ok {
		switch _, byNumber := position(o.Expr); {
		case f.q.columns[i].protected():
			f.refuseIncomparable(o, f.q.columns[i])
			return i, nil
		case f.exprs[i] != nil:
			return -1, f.exprs[i]
		case byNumber:
			f.refuse(o, nil, nil, "ORDER BY the number of a column of *, beside protected columns", "name the column")
		}
		return -1, o.Expr // out of a star, and so a column of this name
	}
	if c, ok := unparen(o.Expr).(*sqltext.Column); ok {
		if ref := f.resolve(c, f.sc); ref.protected() {
			for i, out := range f.q.columns {
				if out.protected() && *out.source == *ref.source {
					return i, nil
				}
			}
			if f.arm.Distinct {
				f.refuseUnlisted(o)
			}
			return f.result(Result{Key: f.of(o, ref)}), nil
		}
	} else if isConstant(o.Expr) {
		f.refuse(o, nil, nil, "ORDER BY a constant, which may stand for a column by its number", "name the column")
	}
	f.expr(o.Expr, f.sc)
	if f.arm.Distinct && !f.inList(o.Expr) {
		f.refuseUnlisted(o)
	}
	return -1, o.Expr
}

// result adds what the caller does not see.
func (f *finishing) result(r Result) int {
	f.f.Results = append(f.f.Results, r)
	return len(f.f.Results) - 1
}

func (f *finishing) refuseUnlisted(o *sqltext.Order) {
	f.refuse(o, nil, nil, "DISTINCT is sorted by what it does not show, of which equal rows have several", "select it too")
}

// inList reports whether an element of ORDER BY is one of the result's columns.
func (f *finishing) inList(e sqltext.Expr) bool {
	if _, ok := f.listed(&sqltext.Order{Span: e.At(), Expr: e}); ok {
		return true
	}
	return slices.ContainsFunc(f.exprs, func(x sqltext.Expr) bool { return x != nil && (f.alike(x, e) || f.sameColumnAs(x, e)) })
}

// sameColumnAs reports whether two expressions are one plain column, however qualified.
func (f *finishing) sameColumnAs(x, y sqltext.Expr) bool {
	a, ok := unparen(x).(*sqltext.Column)
	b, also := unparen(y).(*sqltext.Column)
	if !ok || !also {
		return false
	}
	one, other := f.resolve(a, f.sc), f.resolve(b, f.sc)
	return one.relation != nil && one.relation == other.relation && strings.EqualFold(a.Last(), b.Last())
}
