package plan

import (
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/internal/value"
)

// A grouping is one element of GROUP BY.
type grouping struct {
	key  Key
	expr sqltext.Expr // what it groups by, as an expression over rows
	item int          // the item that it named by its number or its alias; -1 if none
}

// grouped analyses a SELECT list over groups: of each item, what it is of is sent in its place.
func (f *finishing) grouped() {
	f.f.Grouped, f.f.Clause, f.width = true, "GROUP BY", len(f.arm.Items)
	if len(f.arm.GroupBy) == 0 {
		f.f.Clause = "an aggregate"
	}
	if f.arm.Quantifier.End > 0 { // of one row
		f.replace(f.arm.Quantifier)
	}
	for _, item := range f.arm.Items {
		if item.Star {
			f.refuse(item, nil, nil, "* of groups", "write the columns that are grouped by")
		}
		f.groupItem(item)
	}
	for _, e := range f.arm.GroupBy {
		f.by = append(f.by, f.groupedBy(e))
	}
	all := f.by
	for _, g := range all {
		f.f.By = append(f.f.By, g.key)
	}
	for i, item := range f.arm.Items {
		if f.f.Results[i].Func == First {
			f.groupColumn(i, item, all)
		}
	}
	if len(f.arm.GroupBy) > 0 {
		f.replace(f.arm.Grouping)
	}
	if f.arm.Having != nil {
		for _, e := range conjuncts(nil, f.arm.Having) {
			f.having(e)
		}
		f.replace(f.arm.HavingAll)
	}
}

// groupItem analyses one item, which is an aggregate or what is grouped by.
func (f *finishing) groupItem(item *sqltext.Item) {
	i := len(f.q.columns)
	f.exprs = append(f.exprs, item.Expr)
	call, ok := unparen(item.Expr).(*sqltext.Call)
	if !ok || !isAggregate(call.Name.Last()) && call.Over == nil {
		f.refuseFolding(item.Expr)
		f.items(f.q, []*sqltext.Item{item}, f.sc)
		f.result(Result{Key: f.column(i)})
		return
	}
	o := output{}
	switch {
	case item.Alias != nil:
		o.name = item.Alias.Name
	case f.dialect == sqltext.PostgreSQL:
		o.name = call.Name.Last()
	default:
		o.name = f.text[item.Pos:item.End]
	}
	if item.Alias == nil {
		if f.q.names == nil {
			f.q.names = map[int]string{}
		}
		f.q.names[i] = o.name
	}
	f.q.columns = append(f.q.columns, o)
	f.result(f.aggregate(call, i))
}

// aggregate analyses an aggregate. Column i of the result becomes what it is of; if i is -1, that is
// added.
func (f *finishing) aggregate(c *sqltext.Call, i int) Result {
	r := Result{Func: funcs[strings.ToLower(c.Name.Last())], Key: Key{At: -1, Rank: -1}, Distinct: c.Distinct}
	switch {
	case r.Func == First || len(c.Name.Parts) > 1:
		f.refuse(c, nil, nil, c.Name.Last()+" is not worked out over protected columns", "take COUNT, SUM, AVG, MIN or MAX, or read the rows and compute in the application")
	case c.Over != nil:
		f.refuse(c, nil, nil, "a window function is not worked out over protected columns", "read the rows and compute in the application")
	case c.Filter != nil:
		f.refuse(c, nil, nil, "FILTER is not worked out over protected columns", "write the condition in WHERE")
	case len(c.OrderBy) > 0 || !c.Star && len(c.Args) != 1:
		f.refuse(c, nil, nil, "an aggregate over protected columns has one argument, and no order", "compute it in the application")
	case c.Star:
		if i >= 0 {
			f.replace(c.Span, "1")
		}
		return r
	}
	arg := c.Args[0]
	ref, fold := f.cellOf(arg, f.sc)
	column, isColumn := unparen(arg).(*sqltext.Column)
	if ref.protected() && (fold || !isColumn) {
		f.refuse(arg, ref.source.origin.table, ref.source.column, "an aggregate over an expression of a protected column", "take the aggregate of the column itself")
	}
	if ref.protected() {
		f.cells(c, &r, ref, i)
		return r
	}
	f.expr(arg, f.sc)
	f.refuseFolding(arg)
	switch {
	case r.Func == Sum || r.Func == Avg:
		if !isColumn {
			f.refuse(arg, nil, nil, r.Func.String()+" of an expression, beside protected columns", "take it of a column, or compute in the application")
		}
		r.Addend = f.plainAddend(column, ref)
		r.At = f.sent(c, arg, i)
	case r.Func == Count && r.Distinct: // of which its rank tells whether it was met
		rank := []any{"CASE WHEN (", arg.At(), ") IS NULL THEN NULL ELSE DENSE_RANK() OVER (ORDER BY ", arg.At(), ") END"}
		f.refuseFolding(arg)
		if r.At = i; i < 0 {
			r.At = f.add(rank...)
		} else {
			f.replace(c.Span, rank...)
		}
		r.Rank = r.At
	case r.Func == Count:
		r.At = f.sent(c, arg, i)
	default:
		r.At, r.Distinct = f.sent(c, arg, i), false
		r.Rank = f.rank(arg, "")
	}
	return r
}

// sent has an aggregate's argument sent, and returns where.
func (f *finishing) sent(c *sqltext.Call, arg sqltext.Expr, i int) int {
	if i < 0 {
		return f.add("(", arg.At(), ")")
	}
	f.replace(c.Span, arg.At())
	return i
}

// cells is the aggregate of a protected column.
func (f *finishing) cells(c *sqltext.Call, r *Result, ref reference, i int) {
	t, column := ref.source.origin.table, ref.source.column
	if i >= 0 {
		f.replace(c.Span, c.Args[0].At())
		f.q.columns[i].source = ref.source
	}
	if r.Func != Count || r.Distinct {
		f.refuseIncomparable(c, ref.output)
	}
	at := i
	if i < 0 {
		at = f.position(f.q, ref.source.origin, ref.source.name)
	}
	r.Key = Key{At: at, Rank: -1, Column: column, Collation: collation(ref.output)}
	declared, limit := column.Declared()
	switch r.Func {
	case Min, Max:
		r.Distinct = false
		if f.dialect == sqltext.PostgreSQL && (declared == value.Bool || declared == value.UUID || declared == value.Bytes) {
			f.refuse(c, t, column, "PostgreSQL has no "+r.Func.String()+" of this type", "sort by the column and take the first row")
		}
	case Sum, Avg:
		r.Addend = Addend{Type: declared, Scale: -1}
		if limit.Kind == "numeric" {
			r.Addend.Scale = limit.B
		}
		if !r.Addend.adds(f.dialect) {
			f.refuse(c, t, column, "is of a type that "+r.Func.String()+" does not add up as the database would", "read the values and add them up in the application")
		}
	}
}

// groupedBy analyses an element of GROUP BY.
func (f *finishing) groupedBy(e sqltext.Expr) grouping {
	g := grouping{expr: e, item: -1}
	if n, ok := position(e); ok {
		if n < 1 || n > len(f.arm.Items) || f.f.Results[n-1].Func != First {
			f.refuse(e, nil, nil, "GROUP BY the number of no column that can be grouped by", "name the column")
		}
		g.item, g.expr = n-1, f.arm.Items[n-1].Expr
	}
	if c, ok := unparen(g.expr).(*sqltext.Column); ok {
		ref := f.find(c, f.sc)
		if ref.relation == nil && len(c.Parts) == 1 && g.item < 0 {
			for i, item := range f.arm.Items {
				if item.Alias != nil && strings.EqualFold(item.Alias.Name, c.Last()) && f.f.Results[i].Func == First {
					g.item, g.expr = i, item.Expr
				}
			}
		}
		if ref = f.protectedColumn(g.expr); ref.protected() {
			g.key = f.of(e, ref)
			return g
		}
	}
	f.refuseSets(g.expr)
	if isConstant(g.expr) {
		f.refuse(e, nil, nil, "GROUP BY a constant, which may stand for a column by its number", "name the column")
	}
	f.expr(g.expr, f.sc)
	rank := f.rank(g.expr, "")
	g.key = Key{At: rank, Rank: rank}
	return g
}

func (f *finishing) protectedColumn(e sqltext.Expr) reference {
	c, ok := unparen(e).(*sqltext.Column)
	if !ok {
		return reference{}
	}
	return f.resolve(c, f.sc)
}

// refuseSets refuses ROLLUP, CUBE and GROUPING SETS.
func (f *finishing) refuseSets(e sqltext.Expr) {
	switch e := e.(type) {
	case *sqltext.Other, *sqltext.Row:
	case *sqltext.Call:
		if name := strings.ToLower(e.Name.Last()); name != "rollup" && name != "cube" {
			return
		}
	default:
		return
	}
	f.refuse(e, nil, nil, "grouping sets are not worked out over protected columns", "group once for each set")
}

// groupColumn finds what an item that is no aggregate is grouped by.
func (f *finishing) groupColumn(i int, item *sqltext.Item, all []grouping) {
	for n, g := range all {
		if g.item == i || f.alike(g.expr, item.Expr) || f.sameColumnAs(g.expr, item.Expr) || f.sameCell(g.expr, item.Expr) {
			f.f.Results[i].Key = Key{At: i, Rank: all[n].key.Rank, Column: all[n].key.Column, Collation: all[n].key.Collation}
			return
		}
	}
	if _, ok := unparen(item.Expr).(*sqltext.Literal); ok && len(all) > 0 {
		return
	}
	if o := f.q.columns[i]; o.protected() {
		f.refuse(item, o.source.origin.table, o.source.column, "stands beside groups of which it may have several values", "name it in GROUP BY, or take MIN or MAX of it")
	}
	f.refuse(item, nil, nil, "what is selected beside groups of protected columns is not what they are grouped by", "name it in GROUP BY as it stands here, or take MIN or MAX of it")
}

func (f *finishing) sameCell(x, y sqltext.Expr) bool {
	a, b := f.protectedColumn(x), f.protectedColumn(y)
	return a.protected() && b.protected() && *a.source == *b.source
}

// groupSort returns the result that groups are sorted by, or the plain expression.
func (f *finishing) groupSort(o *sqltext.Order) (int, sqltext.Expr) {
	if i, ok := f.listed(o); ok {
		return f.groupResult(i)
	}
	for i, item := range f.arm.Items {
		if f.alike(item.Expr, o.Expr) {
			return f.groupResult(i)
		}
	}
	if c, ok := unparen(o.Expr).(*sqltext.Call); ok && isAggregate(c.Name.Last()) {
		return f.result(f.aggregate(c, -1)), nil
	}
	for n, e := range f.arm.GroupBy {
		if !f.alike(e, o.Expr) && !f.sameColumnAs(e, o.Expr) && !f.sameCell(e, o.Expr) {
			continue
		}
		if by := f.f.By[n]; by.Column != nil {
			return f.result(Result{Key: by}), nil
		}
		return -1, o.Expr
	}
	f.refuse(o, nil, nil, "ORDER BY an expression over groups of protected columns", "sort by what is selected or grouped by")
	return -1, nil
}

// groupResult is an item that groups are sorted by.
func (f *finishing) groupResult(i int) (int, sqltext.Expr) {
	r := f.f.Results[i]
	switch {
	case r.Func != First || r.Column != nil:
		return i, nil
	case r.Rank < 0: // a constant
		return -1, nil
	}
	return -1, f.arm.Items[i].Expr
}

// plainAddend is how the server adds up a plain column, as the catalogue has its type.
func (f *finishing) plainAddend(c *sqltext.Column, ref reference) Addend {
	if ref = f.resolve(c, f.sc); ref.relation != nil && ref.relation.live != nil {
		columns := ref.relation.live.Columns
		if i := slices.IndexFunc(columns, func(l liveColumn) bool { return strings.EqualFold(l.Name, c.Last()) }); i >= 0 {
			if n, ok := addendOf(f.dialect, strings.ToLower(columns[i].Type)); ok {
				return n
			}
		}
	}
	f.refuse(c, nil, nil, "how the database adds up this plain column, beside protected ones, is not known", "add it up in a statement of its own")
	return Addend{}
}
