package plan

import (
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/search"
)

// A finishing is the work on a SELECT of which the door carries out the end: see Finish. It is the
// outermost one, and a single one. What is compared may be plain as well, with a collation that
// only the server knows; there it gives each row a number in that order,
// DENSE_RANK() OVER (ORDER BY ...), which the door sorts and groups by.
type finishing struct {
	*analysis
	n     *sqltext.Query
	arm   *sqltext.Arm
	q     *query
	sc    *scope
	exprs []sqltext.Expr // of q.columns; nil out of a star
	width int            // how many columns a SELECT list over groups will have
	ranks map[string]int // positions by the text that they are the rank by

	rankings map[int]ranking // by these positions
	by       []grouping
	f        *Finish
}

// canFinish reports whether a statement is one whose end the door could carry out.
func canFinish(s sqltext.Statement) bool {
	q, ok := s.(*sqltext.Query)
	if !ok || len(q.Arms) != 1 {
		return false
	}
	arm := q.Arms[0]
	return arm.Nested == nil && arm.Values == nil && !arm.Command
}

// finished analyses the outermost SELECT.
func (a *analysis) finished(n *sqltext.Query) *query {
	arm := n.Arms[0]
	q := &query{node: arm, known: true, arm: arm}
	f := &finishing{analysis: a, n: n, arm: arm, q: q, ranks: map[string]int{}, rankings: map[int]ranking{}, f: &Finish{}}
	f.sc = a.begin(q, arm, a.with(n.With, nil))
	grouped := len(arm.GroupBy) > 0 || arm.Having != nil || aggregates(arm.Items)
	f.refuseForms(grouped)
	if grouped {
		f.grouped()
	} else {
		f.rows()
	}
	kept := f.sorted(grouped)
	f.cut()
	f.refuseImpatient(n, 0)
	f.plan.Writes, f.locks = f.plan.Writes || n.Lock != nil, n.Lock != nil
	end := n.TailPos
	if kept {
		end = n.Sorting.End
	} else if len(n.OrderBy) > 0 {
		a.replace(n.Sorting)
	}
	a.insertBehind(end, "LIMIT ", &Slot{Kind: Most})
	f.name()
	a.plan.Finish = f.f
	f.walked(grouped)
	f.totaled(grouped)
	return q
}

// refuseForms refuses what is not worked out here.
func (f *finishing) refuseForms(grouped bool) {
	switch arm := f.arm; {
	case len(arm.Items) == 0:
		f.refuse(arm, nil, nil, "nothing is selected, and nothing can be added to that", "select a column")
	case len(arm.DistinctOn) > 0:
		f.refuse(arm, nil, nil, "DISTINCT ON is not worked out over protected columns", "read the rows in order and keep the first of each in the application")
	case grouped && arm.Distinct && len(arm.GroupBy) > 0:
		f.refuse(arm, nil, nil, "DISTINCT of groups is not worked out over protected columns", "leave DISTINCT out, and group by what is selected")
	case arm.Rollup:
		f.refuse(arm, nil, nil, "WITH ROLLUP is not worked out over protected columns", "group once for each level")
	case grouped && len(arm.Windows) > 0:
		f.refuse(arm, nil, nil, "windows over groups are not worked out over protected columns", "leave WINDOW out")
	}
	switch {
	case f.n.Lock == nil:
	case grouped || f.arm.Distinct:
		f.refuse(f.n, nil, nil, "rows that become groups are not locked", "lock the rows by a statement of their own")
	case len(f.n.Cuts) > 0:
		f.refuse(f.n, nil, nil, "LIMIT is worked out after all rows are read, and all of them would be locked", "read the keys first, and lock the rows by key")
	}
}

// rows analyses a SELECT list that is one row for each row, or for all that are alike.
func (f *finishing) rows() {
	for _, item := range f.arm.Items {
		f.items(f.q, []*sqltext.Item{item}, f.sc)
		for len(f.exprs) < len(f.q.columns) {
			f.exprs = append(f.exprs, item.Expr)
		}
	}
	for i := range f.q.columns {
		f.f.Results = append(f.f.Results, Result{Key: f.column(i)})
	}
	if !f.arm.Distinct {
		return
	}
	f.f.Grouped, f.f.Clause = true, "DISTINCT"
	f.replace(f.arm.Quantifier)
	for i := range f.q.columns {
		f.f.By = append(f.f.By, f.compared(f.arm, i))
	}
}

// column is what stands in a column of the result, as a key that cannot be compared yet.
func (f *finishing) column(i int) Key {
	k := Key{At: i, Rank: -1}
	if c := f.q.columns[i]; c.protected() {
		k.Column, k.Collation = c.source.column, collation(c)
	}
	return k
}

// compared is the key by which a column of the result is compared.
func (f *finishing) compared(at sqltext.Node, i int) Key {
	k := &f.f.Results[i].Key
	switch {
	case f.q.columns[i].protected():
		f.refuseIncomparable(at, f.q.columns[i])
	case k.Rank >= 0:
	case f.exprs[i] == nil:
		f.refuse(at, nil, nil, "* is compared with protected columns beside it", "write the columns instead of *")
	default:
		k.Rank = f.rank(f.exprs[i], "")
	}
	return *k
}

// rank adds a column with the number that a row has by the order of a plain expression. How tells
// what stands behind it in ORDER BY.
func (f *finishing) rank(e sqltext.Expr, how string) int {
	if f.n.Lock != nil {
		f.refuse(e, nil, nil, "what is sorted by besides protected columns is numbered by the server, which then locks nothing", "sort by protected columns alone")
	}
	f.refuseFolding(e)
	text := f.written(e) + how
	if at, ok := f.ranks[text]; ok {
		return at
	}
	f.ranks[text] = f.add("DENSE_RANK() OVER (ORDER BY ", e.At(), how, ")")
	f.rankings[f.ranks[text]] = ranking{e, how}
	return f.ranks[text]
}

// refuseFolding refuses aggregates and window functions inside of what is read for each row.
func (f *finishing) refuseFolding(e sqltext.Expr) {
	sqltext.Walk(e, func(n sqltext.Node) bool {
		switch n := n.(type) {
		case *sqltext.Query:
			return false
		case *sqltext.Call:
			if n.Over != nil || isAggregate(n.Name.Last()) {
				f.refuse(n, nil, nil, "an aggregate or a window function stands in an expression beside protected columns that are grouped or sorted", "select it by itself, in a query of its own")
			}
		}
		return true
	})
}

// add adds a column that the caller does not see.
func (f *finishing) add(parts ...any) int {
	f.aux++
	alias := "cellseal_" + itoa(f.aux)
	f.insertBehind(f.arm.ItemsEnd, append(append([]any{", "}, parts...), " AS "+f.ident(alias))...)
	f.q.exposed = append(f.q.exposed, output{name: alias})
	return max(len(f.q.columns), f.width) + len(f.q.exposed) - 1
}

// of is the key of a protected column, in the result or added to it.
func (f *finishing) of(at sqltext.Node, ref reference) Key {
	f.refuseIncomparable(at, ref.output)
	return Key{At: f.position(f.q, ref.source.origin, ref.source.name), Rank: -1, Column: ref.source.column, Collation: collation(ref.output)}
}

// collation is how a protected column's text compares: its index is its collation, and without one
// it is bytes.
func collation(o output) []search.Transform {
	if x := indexOf(reference{output: o}); x != nil {
		return x.Columns[0].Transforms
	}
	for _, x := range o.source.origin.table.Listed {
		if x.Kind == "sorted" && !x.Reversed() && x.Protected()[0] == o.source.column {
			return x.Columns[0].Transforms
		}
	}
	return nil
}

func (f *finishing) refuseIncomparable(at sqltext.Node, o output) {
	if typ, _ := o.source.column.Declared(); typ == value.JSON {
		f.refuse(at, o.source.origin.table, o.source.column, "is JSON, which has many spellings of one value", "keep what is compared in a column of its own")
	}
}

// cut takes LIMIT and OFFSET out.
func (f *finishing) cut() {
	for _, c := range f.n.Cuts {
		if c.Ties {
			f.refuse(c, nil, nil, "WITH TIES is not worked out over protected columns", "write ONLY, and read on in the application")
		}
		if c.One {
			f.f.Count = Value{Kind: FromConst, Const: int64(1)}
		}
		f.number(&f.f.Count, c.Count)
		f.number(&f.f.Offset, c.Offset)
		f.replace(c.Span)
	}
}

func (f *finishing) number(to *Value, e sqltext.Expr) {
	if e == nil {
		return
	}
	inner := unparen(e)
	if cast, ok := inner.(*sqltext.Cast); ok { // to whatever integer there is
		inner = unparen(cast.X)
	}
	v, ok := f.whole(inner)
	if !ok {
		f.refuse(e, nil, nil, "LIMIT and OFFSET are worked out after the rows are read, and this is no number", "write a number or an argument")
	}
	*to = v
}

// whole returns a whole number, or the argument that one is.
func (f *finishing) whole(e sqltext.Expr) (Value, bool) {
	v, ok := f.value(e, nil)
	_, integer := v.Const.(int64)
	return v, ok && (v.Kind == FromParam || integer || v.Const == nil)
}

// name says what the statement is for, should there be too many rows.
func (f *finishing) name() {
	keys := slices.Clone(f.f.By)
	for _, r := range f.f.Results {
		if r.Func != First {
			keys = append(keys, r.Key)
		}
	}
	for _, s := range f.f.Sort {
		keys = append(keys, f.f.Results[s.Result].Key)
	}
	if f.f.Clause == "" {
		switch {
		case len(f.f.Sort) > 0:
			f.f.Clause = "ORDER BY"
		default:
			f.f.Clause = "LIMIT"
		}
	}
	for _, k := range keys {
		if k.Column != nil {
			f.f.Column = k.Column.Label()
			return
		}
	}
}

// alike reports whether two expressions are written alike, but for space and case outside of quotes.
func (f *finishing) alike(x, y sqltext.Expr) bool { return f.written(x) == f.written(y) }

// written is how an expression is written. Two that look alike are not if each has an argument of
// its own in it.
func (f *finishing) written(e sqltext.Expr) string {
	e = unparen(e)
	at := e.At()
	text := strings.Join(strings.Fields(f.text[at.Pos:at.End]), " ")
	if !strings.ContainsAny(text, "'\"`$") {
		text = strings.ToLower(text)
	}
	sqltext.Walk(e, func(n sqltext.Node) bool {
		if p, ok := n.(*sqltext.Param); ok && f.text[p.Pos:p.End] == "?" {
			text += " " + itoa(p.Number)
		}
		return true
	})
	return text
}
