package plan

import (
	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// A Pair says that a row was put together because two of its columns hold the same token of a join
// group: their values are to be equal under the group's transforms. If they are not, somebody has moved
// a token. It is known where both columns are in the result, and not where one of them is missing.
type Pair struct {
	X, Y PairColumn
	// Outer says that one of the tables was joined by an outer join, so that either value may be NULL.
	Outer bool
}

// A PairColumn is one side of a Pair.
type PairColumn struct {
	Index *schema.Index
	At    int // position in the result
}

// tokens are a protected column's tokens of a join group, in the place where it stands.
type tokens struct {
	ref    reference
	index  *schema.Index
	column string
	key    uint32 // that they are under, if the catalogue says so; else 0
}

// group finds a join group that two columns are of.
func (a *analysis) group(x, y reference) (of, with tokens, ok bool) {
	for _, i := range x.source.origin.table.Indexes {
		if !i.Joins() || i.Protected()[0] != x.source.column {
			continue
		}
		for _, j := range y.source.origin.table.Indexes {
			if j.Protected()[0] == y.source.column && i.JoinsWith(j) {
				return a.tokens(x, i), a.tokens(y, j), true
			}
		}
	}
	return of, with, false
}

func (a *analysis) tokens(ref reference, x *schema.Index) tokens {
	column, key := a.termColumn(ref.source.origin.table, x)
	return tokens{ref, x, column, key}
}

func (a *analysis) token(at sqltext.Node, t tokens) string {
	return a.ref(at, t.ref.relation, t.ref.source.origin, t.column)
}

// joins makes a comparison of two protected columns into one of tokens, if they have a common group.
func (a *analysis) joins(e *sqltext.Binary, x, y reference, lower [2]bool, in place) (found []*lookup, ok bool) {
	of, with, ok := a.group(x, y)
	if !ok {
		return nil, false
	}
	a.comparable(e, of, with, lower, e.Op == "<>" || in == exactly)
	a.replace(e.Span, a.token(e, of), " "+e.Op+" ", a.token(e, with))
	if in == always && e.Op == "=" {
		found = []*lookup{{at: e, index: of.index, origin: x.source.origin, with: &lookup{at: e, index: with.index, origin: y.source.origin}}}
	}
	return found, true
}

// comparable refuses to compare tokens that are not alike for equal values. Where it is asked which
// values differ, those of two scopes would; where it is asked which are equal, no two scopes have any.
func (a *analysis) comparable(at sqltext.Node, x, y tokens, lower [2]bool, differ bool) {
	t, c := x.ref.source.origin.table, x.ref.source.column
	switch {
	case lower[0] != lower[1]:
		a.refuse(at, t, c, "LOWER or UPPER stands on one side alone", "compare the columns themselves: their join group decides how values compare")
	case lower[0] && !folds(x.index):
		a.refuse(at, t, c, "the join group does not ignore case", `declare search:"join=…,fold", and compare the columns themselves`)
	case x.key != y.key:
		a.refuse(at, t, c, "is compared with "+y.ref.source.column.Name+", and cellseal_index does not say that their tokens are under one key", "pin the whole group, as reseal.PinUnique does")
	case differ && t.Scope.Kind != "" && !x.index.Unscoped && x.ref.source.origin != y.ref.source.origin:
		a.refuse(at, t, c, "is to differ from "+y.ref.source.column.Name+", of which rows of another "+t.Scope.Kind+" do whatever they hold", "ask where they are equal, or declare the join group with scope=none")
	case x.ref.relation != y.ref.relation && (nameless(x.ref.relation) || nameless(y.ref.relation)):
		a.refuse(at, t, c, "is compared with a column of another query, from where it has no name", "compare them in a query over both tables")
	}
}

func nameless(r *relation) bool { return r.bare || r.alias == "" }

// semiJoin answers x IN (SELECT y FROM …) where both columns are of one join group.
func (a *analysis) semiJoin(e *sqltext.In, ref reference, fold bool, sc *scope, in place) {
	q := a.query(e.Query, sc)
	refuse := func(instead string) {
		a.refuse(e, ref.source.origin.table, ref.source.column, "is compared with a subquery, whose values are not known before the statement runs", instead)
	}
	const first = "run it first, and pass what it finds as arguments"
	if q.arm == nil || len(q.arm.Items) != 1 || len(q.columns) != 1 || !q.columns[0].protected() || fold {
		refuse(first)
	}
	item, ok := unparen(q.arm.Items[0].Expr).(*sqltext.Column)
	if !ok {
		refuse(first)
	}
	o := q.columns[0]
	of, with, ok := a.group(ref, reference{bearer(q.relations, o.source.origin), o})
	if !ok {
		refuse(first + "; or " + addGroup)
	}
	a.comparable(e, of, with, [2]bool{}, e.Not || in == exactly)
	a.replace(e.X.At(), a.token(e, of))
	a.replace(item.Span, a.token(item, with))
}

const addGroup = `add search:"join=<name>,leaks=equality" to the tags of both columns, with the same transforms`

// pair checks rows that two equal tokens put together, if both values are in the result anyway.
func (a *analysis) pair(out *Output, q *query, l *lookup) {
	x, xok := a.shown(q, l)
	y, yok := a.shown(q, l.with)
	if xok && yok {
		out.Pairs = append(out.Pairs, Pair{x, y, l.outer})
	}
}

func (a *analysis) shown(q *query, l *lookup) (PairColumn, bool) {
	for i, o := range q.columns {
		if o.protected() && o.source.origin == l.origin && o.source.column == l.index.Protected()[0] {
			return PairColumn{l.index, i}, true
		}
	}
	return PairColumn{}, false
}
