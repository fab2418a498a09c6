package plan

import (
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

// A lookup is a comparison that became one of terms.
type lookup struct {
	at     sqltext.Node
	index  *schema.Index
	origin *origin
	slots  []*Slot
	with   *lookup // the other side of a join by tokens, which has no slots
	outer  bool    // … of which either side may be missing
}

// short reports whether a look-up may find false rows by chance.
func (l *lookup) short() bool { return l.index.Short() || l.index.Smoothed() }

func (a *analysis) refuseShort(at sqltext.Node, q *query, where string) {
	for _, l := range q.lookups {
		a.refuseShortLookup(at, l, where)
	}
}

func (a *analysis) refuseShortLookup(at sqltext.Node, l *lookup, where string) {
	if l.short() {
		a.refuseYet(at, l.origin.table, l.index.Protected()[0], "the index's terms are short and find false rows, which cannot be left out of "+where, "read the rows with the plain condition and go on from their keys, or declare bits=64")
	}
}

// cellOf returns the protected column that an operand is, and the function it stands in if
// that is LOWER or UPPER.
func (a *analysis) cellOf(e sqltext.Expr, sc *scope) (ref reference, fold bool) {
	switch e := unparen(e).(type) {
	case *sqltext.Column:
		return a.resolve(e, sc), false
	case *sqltext.Cast:
		if ref, fold := a.cellOf(e.X, sc); ref.protected() && a.castFits(e, ref.source.column) {
			return ref, fold
		}
	case *sqltext.Call:
		if folded := foldCall(e); folded != nil {
			ref, _ := a.cellOf(folded, sc)
			return ref, true
		}
	}
	return reference{}, false
}

// foldCall returns the argument of LOWER(x) or UPPER(x).
func foldCall(e sqltext.Expr) sqltext.Expr {
	c, ok := unparen(e).(*sqltext.Call)
	if !ok || len(c.Args) != 1 || len(c.Name.Parts) != 1 || c.Over != nil || c.Filter != nil || c.Distinct {
		return nil
	}
	switch strings.ToLower(c.Name.Last()) {
	case "lower", "upper":
		return c.Args[0]
	}
	return nil
}

// comparison analyses x = y and x <> y.
func (a *analysis) comparison(e *sqltext.Binary, sc *scope, in place) []*lookup {
	if x, ok := unparen(e.X).(*sqltext.Row); ok {
		if y, ok := unparen(e.Y).(*sqltext.Row); ok && a.anyCell(sc, slices.Concat(x.Values, y.Values)...) {
			return a.rowComparison(e, x, y, sc, in)
		}
	}
	x, y := e.X, e.Y
	ref, fold := a.cellOf(x, sc)
	other, otherFold := a.cellOf(y, sc)
	switch {
	case ref.protected() && other.protected():
		return a.sameColumn(e, ref, other, [2]bool{fold, otherFold}, in)
	case !ref.protected() && other.protected():
		x, y, ref, fold = y, x, other, otherFold
	case !ref.protected():
		a.exprs(sc, e.X, e.Y)
		return nil
	}
	v := a.searched(y, ref, fold)
	l, parts := a.look(e, ref, x, []Value{v}, e.Op == "<>", in)
	a.replace(e.Span, parts...)
	return l
}

func (a *analysis) anyCell(sc *scope, all ...sqltext.Expr) bool {
	return slices.ContainsFunc(all, func(e sqltext.Expr) bool {
		ref, _ := a.cellOf(e, sc)
		return ref.protected()
	})
}

// searched returns the value that a protected column is compared with.
func (a *analysis) searched(e sqltext.Expr, ref reference, fold bool) Value {
	t, c := ref.source.origin.table, ref.source.column
	if fold {
		inner := foldCall(e)
		if inner == nil {
			a.refuse(e, t, c, "LOWER or UPPER stands on one side alone", "compare the column itself: its index decides how values compare")
		}
		if x := a.whole(e, ref); !folds(x) {
			a.refuse(e, t, c, "the index does not ignore case", `declare search:"exact,fold", and compare the column itself`)
		}
		e = inner
	}
	a.protect(e)
	v, ok := a.value(e, c)
	if !ok {
		a.refuse(e, t, c, "is compared with an expression, whose value is not known before the statement runs", "compute it in the application and pass it as an argument")
	}
	return v
}

func folds(x *schema.Index) bool {
	return slices.Contains(x.Columns[0].Transforms, search.Fold) || slices.Contains(x.Columns[0].Transforms, search.Email)
}

// index returns the index that answers = on a column. Its transforms are the column's collation; an
// index over parts of values is that only if it has no name of its own.
func (a *analysis) index(at sqltext.Node, ref reference) *schema.Index {
	if x := indexOf(ref); x != nil {
		return x
	}
	t, c := ref.source.origin.table, ref.source.column
	instead := `add search:"exact" to its tag, with the transforms that say how its values compare`
	for _, x := range t.Indexes {
		if slices.Contains(x.Protected(), c) && len(x.Protected()) > 1 {
			instead += ", or compare all columns of its index " + x.Hidden() + " with =, joined with AND and not under NOT"
		}
	}
	a.refuse(at, t, c, "has no index that answers =", instead)
	return nil
}

// whole is index, or without one the listed index that knows whole values.
func (a *analysis) whole(at sqltext.Node, ref reference) *schema.Index {
	if x := indexOf(ref); x != nil {
		return x
	}
	var words *schema.Index
	for _, x := range ref.source.origin.table.Listed {
		switch {
		case x.Protected()[0] != ref.source.column:
		case x.Kind == "sorted" && !x.Reversed():
			return x
		case x.Kind == "words":
			words = x
		}
	}
	if words != nil {
		return words
	}
	return a.index(at, ref)
}

func indexOf(ref reference) (best *schema.Index) {
	c := ref.source.column
	for _, x := range ref.source.origin.table.Indexes {
		if len(x.Protected()) != 1 || x.Protected()[0] != c || partial(x) && x.Hidden() != c.Name+"__eq" {
			continue
		}
		if best != nil && x.Joins() { // the column's own index is its collation
			continue
		}
		if best == nil || best.Joins() || best.Unscoped && !x.Unscoped || best.Unscoped == x.Unscoped && !best.Options().Unique && x.Options().Unique {
			best = x
		}
	}
	return best
}

// partial reports whether an index compares parts of values only.
func partial(x *schema.Index) bool {
	for _, c := range x.Columns {
		for _, t := range c.Transforms {
			if strings.HasPrefix(string(t), "first") || strings.HasPrefix(string(t), "last") {
				return true
			}
		}
	}
	return false
}

// termColumn returns where an index's terms are looked up, and the key they are under if
// the catalogue says so.
func (a *analysis) termColumn(t *schema.Table, x *schema.Index) (column string, key uint32) {
	for _, p := range a.pins(t, x) {
		if p.State == catalog.Live {
			return p.Column, p.Key
		}
	}
	return x.Hidden(), 0
}

func (a *analysis) pins(t *schema.Table, x *schema.Index) []catalog.Pin {
	if !x.Pinned() {
		return nil
	}
	a.plan.Pinned = true
	if a.catalog == nil {
		return nil
	}
	var pins []catalog.Pin
	for _, p := range a.catalog.Pins {
		if p.Table == t.Name && p.Index == x.Hidden() {
			pins = append(pins, p)
		}
	}
	return pins
}

// look makes a comparison of a protected column with values into one of terms.
func (a *analysis) look(at sqltext.Node, ref reference, cell sqltext.Expr, values []Value, not bool, in place) ([]*lookup, []any) {
	o := ref.source.origin
	l := &lookup{at: at, index: a.whole(at, ref), origin: o}
	switch {
	case l.index.Smoothed() && in == always && !not && !a.before:
		return a.lookTokens(at, ref, l, values)
	case l.index.Smoothed() || l.index.IsListed():
		return nil, a.keysOf(at, ref, &Find{Ask: Equal, Column: ref.source.column, Indexes: []*schema.Index{l.index}, Values: values}, not, in)
	}
	column, key := a.termColumn(o.table, l.index)
	for _, v := range values {
		l.slots = append(l.slots, &Slot{
			Kind: Terms, Values: []Value{v}, Row: a.lookRow(o), Index: l.index, Key: key,
			Array: v.Array,
		})
	}
	term := a.ref(at, ref.relation, o, column)
	if in != exactly && !not {
		parts := a.among(term, l, false)
		if in == always {
			return []*lookup{l}, parts
		}
		a.refuseShortLookup(at, l, "OR")
		return nil, parts
	}
	// A value of which the transforms leave nothing has no term: it is NULL where the value is
	// not. Unknown is only what was unknown.
	a.refuseShortLookup(at, l, "NOT, <> or a value")
	a.refuseForeign(at, o, l.index, ref.source.column)
	cellRef := cell.At()
	return nil, []any{"COALESCE(", a.among(term, l, not), ", CASE WHEN ", cellRef, " IS NOT NULL THEN ", a.among(a.emptyBytes(), l, not), " END)"}
}

// lookTokens makes = and IN over a smoothed index into a look-up by tokens. Rows of other values have some of them, and
// are left out when they are opened. Where they cannot be, the question is asked before: see mode.
func (a *analysis) lookTokens(at sqltext.Node, ref reference, l *lookup, values []Value) ([]*lookup, []any) {
	a.looks = true
	slot := &Slot{Kind: Tokens, Values: values, Row: a.lookRow(l.origin), Index: l.index}
	l.slots = []*Slot{slot}
	column := a.ref(at, ref.relation, l.origin, l.index.Hidden())
	if a.dialect == sqltext.PostgreSQL {
		return []*lookup{l}, []any{column, " = ANY(", slot, ")"}
	}
	return []*lookup{l}, []any{column, " IN (", slot, ")"}
}

// lookRow returns the number in Plan.Rows of the row whose scope an origin's terms are of.
func (a *analysis) lookRow(o *origin) int {
	if o.look == 0 {
		row := Row{Table: o.table}
		if s := scopeColumn(o.table); s != nil {
			row.Scope = o.facts[s.Name]
		}
		a.plan.Rows = append(a.plan.Rows, row)
		o.look = len(a.plan.Rows)
	}
	return o.look - 1
}

func scopeColumn(t *schema.Table) *schema.Column {
	if t.Scope.Column == "" {
		return nil
	}
	return t.Column(t.Scope.Column)
}

// among is SQL for "term is, or is not, one of the look-up's terms".
func (a *analysis) among(term string, l *lookup, not bool) []any {
	var parts []any
	if l.slots[0].Array && not {
		for i, s := range l.slots {
			if i > 0 {
				parts = append(parts, " AND ")
			}
			parts = append(parts, term+" <> ALL(", s, ")")
		}
		return append([]any{"("}, append(parts, ")")...)
	}
	between, end := ", ", ")"
	switch {
	case l.slots[0].Array:
		parts, between = []any{term + " = ANY("}, " || "
	case len(l.slots) == 1 && l.index.Pinned() && not:
		parts, end = []any{term + " <> "}, ""
	case len(l.slots) == 1 && l.index.Pinned():
		parts, end = []any{term + " = "}, ""
	case not:
		parts = []any{term + " NOT IN ("}
	default:
		parts = []any{term + " IN ("}
	}
	for i, s := range l.slots {
		if i > 0 {
			parts = append(parts, between)
		}
		parts = append(parts, s)
	}
	return append(parts, end)
}
