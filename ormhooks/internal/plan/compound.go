package plan

import (
	"slices"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// An equality is a protected column that AND says has a value.
type equality struct {
	at    *sqltext.Binary
	ref   reference
	value sqltext.Expr
}

// conjunction analyses what AND joins. Columns that no index of their own answers may be answered
// by one over several columns together. That term is NULL as soon as one of the columns is, where
// the comparisons might be false: only where nobody asks for the difference.
func (a *analysis) conjunction(e *sqltext.Binary, sc *scope, in place) []*lookup {
	all := conjuncts(nil, e)
	var found []*lookup
	if in != exactly {
		found = a.compounds(&all, sc, in)
		a.ranges(&all, sc, in)
	}
	for _, x := range all {
		found = append(found, a.truth(x, sc, in)...)
	}
	return found
}

func conjuncts(all []sqltext.Expr, e sqltext.Expr) []sqltext.Expr {
	if b, ok := unparen(e).(*sqltext.Binary); ok && b.Op == "AND" {
		return conjuncts(conjuncts(all, b.X), b.Y)
	}
	return append(all, e)
}

// compounds answers equalities by indexes over several columns, and takes out of all those
// that need no comparison of their own any more.
func (a *analysis) compounds(all *[]sqltext.Expr, sc *scope, in place) (found []*lookup) {
	var equalities []equality
	for _, e := range *all {
		if eq, ok := a.equality(e, sc); ok {
			equalities = append(equalities, eq)
		}
	}
	for _, eq := range equalities {
		if indexOf(eq.ref) != nil || !slices.ContainsFunc(*all, eq.is) {
			continue
		}
		for _, x := range eq.ref.source.origin.table.Indexes {
			of := covered(x, eq, equalities)
			if of == nil {
				continue
			}
			found = append(found, a.lookTuple(x, eq, of, in)...)
			for _, e := range of { // one may belong to two tuples, and is written out once
				if i := slices.IndexFunc(*all, e.is); i >= 0 && answers(x, e.ref) {
					*all = slices.Delete(*all, i, i+1)
					if e.at != eq.at {
						a.replace(e.at.Span, "1 = 1")
					}
				}
			}
			break
		}
	}
	return found
}

func (e equality) is(x sqltext.Expr) bool { return unparen(x) == sqltext.Expr(e.at) }

// answers reports whether an index over several columns compares one of them as = on it alone
// does: the transforms of an index of its own are the column's collation.
func answers(x *schema.Index, ref reference) bool {
	own := indexOf(ref)
	i := slices.Index(x.Protected(), ref.source.column)
	return own == nil || slices.Equal(own.Columns[0].Transforms, x.Columns[i].Transforms)
}

func (a *analysis) equality(e sqltext.Expr, sc *scope) (eq equality, ok bool) {
	b, ok := unparen(e).(*sqltext.Binary)
	if !ok || b.Op != "=" {
		return eq, false
	}
	ref, fold := a.cellOf(b.X, sc)
	other, otherFold := a.cellOf(b.Y, sc)
	switch {
	case ref.protected() == other.protected() || fold || otherFold:
		return eq, false
	case ref.protected():
		return equality{b, ref, b.Y}, true
	}
	return equality{b, other, b.X}, true
}

// covered returns the equalities of an index's columns in their order, of the row that one is
// of and with it among them; nil if one is missing, or the index is over one column.
func covered(x *schema.Index, with equality, all []equality) (of []equality) {
	columns := x.Protected()
	if len(columns) < 2 || !slices.Contains(columns, with.ref.source.column) || partial(x) {
		return nil
	}
	for _, c := range columns {
		if c == with.ref.source.column {
			of = append(of, with)
			continue
		}
		i := slices.IndexFunc(all, func(e equality) bool {
			return e.ref.relation == with.ref.relation && e.ref.source.origin == with.ref.source.origin && e.ref.source.column == c
		})
		if i < 0 {
			return nil
		}
		of = append(of, all[i])
	}
	return of
}

// lookTuple makes equalities into one comparison of terms, in the place of one of them.
func (a *analysis) lookTuple(x *schema.Index, here equality, of []equality, in place) []*lookup {
	ref, at := here.ref, here.at
	o := ref.source.origin
	column, key := a.termColumn(o.table, x)
	slot := &Slot{Kind: Terms, Row: a.lookRow(o), Index: x, Key: key}
	for _, e := range of {
		slot.Values = append(slot.Values, a.searched(e.value, e.ref, false))
	}
	l := &lookup{at: at, index: x, origin: o, slots: []*Slot{slot}}
	a.replace(at.Span, a.among(a.ref(at, ref.relation, o, column), l, false)...)
	if in == always {
		return []*lookup{l}
	}
	a.refuseShortLookup(at, l, "OR")
	return nil
}
