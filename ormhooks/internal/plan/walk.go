package plan

import (
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// A Walk reads the rows of a Finish in the order of a sorted index, by pages, until there are enough:
// of ORDER BY with LIMIT, MIN and MAX. Text, which reads all rows, is what it falls back to, and lacks Within.
type Walk struct {
	Column *schema.Column
	Index  *schema.Index
	// At is the column's position in the result.
	At int
	// Row is the number in Plan.Rows of the row in whose scope is looked.
	Row int
	// Legs are the directions it is walked in; true is descending. MIN and MAX are a leg each.
	Legs []bool
	// Ties says that rows of equal values belong on one page: something else decides among them,
	// which the server may have numbered for this page alone.
	Ties bool
	// Within is a condition on the column that every row satisfies: the walk begins and ends at its
	// bounds. It is nil if there is none.
	Within *Find
	// Page is Text for the rows of one page, whose keys stand for Batch.
	Page  Text
	Batch *Find
	// Nulls is Text for the rows that have no value, and so no place in the index; nil if there are none.
	Nulls Text
	// Few says that another condition is likely to leave few rows: Text is tried first.
	Few bool
}

// A spanned is a range that stands where rows are to satisfy it, and the number of its edit.
type spanned struct {
	at     sqltext.Expr
	origin *origin
	find   *Find
	edit   int
}

// walked decides whether an index is walked. Each page is a statement of its own, so nothing may look at
// several rows at once, or do something.
func (f *finishing) walked(grouped bool) {
	if f.explain || f.n.With != nil || f.n.Lock != nil || len(f.sc.relations) != 1 || windowed(f.arm.Items) {
		return
	}
	r := f.sc.relations[0]
	o := r.origin
	if r.table == nil || r.query != nil || o == nil || o.elsewhere || r.live == nil {
		return
	}
	key, legs := f.legs(grouped)
	if len(legs) == 0 {
		return
	}
	w := &Walk{Column: key.Column, At: key.At, Legs: legs, Ties: !grouped && len(f.f.Sort) > 1, Few: len(f.q.lookups) > 0}
	scoped := o.table.Scope.Kind != "" // and rows of all scopes are read, unless WHERE says which
	if s := scopeColumn(o.table); s != nil {
		_, said := o.facts[s.Name]
		scoped = !said
	}
	at := slices.IndexFunc(o.table.Listed, func(x *schema.Index) bool {
		return x.Kind == "sorted" && !x.Reversed() && x.Protected()[0] == w.Column && slices.Equal(x.Columns[0].Transforms, key.Collation) && (x.Unscoped || !scoped)
	})
	if at < 0 || !toldApart(r.live, o.table, w.Column) {
		return
	}
	w.Index = o.table.Listed[at]
	if !f.within(w, o) {
		return
	}
	w.Batch = &Find{Column: w.Column}
	w.Batch.Keys, w.Batch.Types = f.keyed(f.arm, o.table, w.Column)
	w.Row = f.lookRow(o)
	f.plan.Walk = w
	page := append([]any{}, f.keysIn(f.arm, r, o, w.Batch)...)
	var nulls []any
	if name := f.ref(f.arm, r, o, w.Column.Name); w.Within == nil && !grouped && nullable(r, w.Column.Name) && !f.asksForValue(w.Column) {
		nulls = []any{name + " IS NULL"}
	}
	f.besides = func() {
		if w.Page = f.renderAnd(page); nulls != nil {
			w.Nulls = f.renderAnd(nulls)
		}
	}
}

// legs returns the key that rows are walked by, and in which directions.
func (f *finishing) legs(grouped bool) (key Key, legs []bool) {
	if !grouped {
		if f.f.Grouped || len(f.f.Sort) == 0 || f.f.Count.Kind == 0 {
			return key, nil
		}
		first := f.f.Sort[0]
		if key = f.f.Results[first.Result].Key; key.Column == nil {
			return key, nil
		}
		return key, []bool{first.Desc}
	}
	if len(f.f.By) > 0 || len(f.f.Having) > 0 {
		return key, nil
	}
	for i, r := range f.f.Results {
		if r.Func != Min && r.Func != Max || r.Column == nil || i > 0 && r.Column != key.Column {
			return key, nil
		}
		key = r.Key
		if desc := r.Func == Max; !slices.Contains(legs, desc) {
			legs = append(legs, desc)
		}
	}
	return key, legs
}

// within takes a range of the column out of WHERE, for the walk to keep to. It reports false if
// listed indexes answer something else: that has brought up the rows already.
func (f *finishing) within(w *Walk, o *origin) bool {
	var top []sqltext.Span
	if f.arm.Where != nil {
		for _, e := range conjuncts(nil, f.arm.Where) {
			top = append(top, unparen(e).At())
		}
	}
	at := slices.IndexFunc(f.spans, func(s spanned) bool {
		return s.origin == o && s.find.Column == w.Column && s.find.Indexes[0] == w.Index && slices.Contains(top, unparen(s.at).At())
	})
	switch {
	case at < 0:
		return len(f.plan.Finds) == 0
	case len(f.plan.Finds) > 1:
		return false
	}
	w.Within, f.plan.Finds = f.spans[at].find, nil
	f.edits[f.spans[at].edit].parts = []any{"1 = 1"}
	return true
}

// asksForValue reports whether WHERE has column IS NOT NULL.
func (f *finishing) asksForValue(c *schema.Column) bool {
	if f.arm.Where == nil {
		return false
	}
	return slices.ContainsFunc(conjuncts(nil, f.arm.Where), func(e sqltext.Expr) bool {
		n, ok := unparen(e).(*sqltext.IsNull)
		return ok && n.Not && f.protectedColumn(n.X).source != nil && f.protectedColumn(n.X).source.column == c
	})
}

// renderAnd renders the statement with one more condition.
func (f *finishing) renderAnd(condition []any) Text {
	all := f.edits
	defer func() { f.edits = all }()
	f.edits = nil
	if where := f.arm.Where; where != nil {
		f.replace(where.At(), append([]any{"(", where.At(), ") AND "}, condition...)...)
	} else {
		f.insertAt(f.arm.From[0].At().End, append([]any{" WHERE "}, condition...)...)
	}
	f.edits = append(f.edits, all...) // what stands behind WHERE comes after it
	return f.render(sqltext.Span{End: len(f.text)})
}

func (p *Plan) walk() string {
	w := p.Walk
	var b strings.Builder
	b.WriteString("\nor by pages, as " + w.Index.String() + " has them")
	for i, desc := range w.Legs {
		if i > 0 {
			b.WriteString(" and")
		}
		b.WriteString(map[bool]string{false: " upwards", true: " downwards"}[desc])
	}
	if w.Within != nil {
		b.WriteString(" where it " + p.bounds(w.Within))
	}
	if w.Ties {
		b.WriteString(", ties on one")
	}
	if w.Few {
		b.WriteString(", if there are many")
	}
	b.WriteString(": " + p.describe(w.Page))
	if w.Nulls != nil {
		b.WriteString("\nand without a value: " + p.describe(w.Nulls))
	}
	return b.String()
}
