package plan

import (
	"slices"
	"strconv"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// Totals has the database add up running sums, where a Finish would have all rows read and opened for it. A row of Text
// is a group of the Finish, or the part of one that a running sum is kept by: it begins with the columns of Output, of
// which those that the Finish groups, sorts and shows by are filled in.
type Totals struct {
	Table *schema.Table
	Text  Text
	// Runs is Text with a row for each run of consecutive numbers in a group, in turn for each of Sums.
	Runs Text
	// Scope is the position of the scope column, or -1.
	Scope int
	// Width is how many columns there are.
	Width int
	// Turn is the position of what says in Runs whose turn it is.
	Turn int
	// Rows is the position of how many rows there are; of Counts by result of the Finish those of how many have a value.
	Rows   int
	Counts map[int]int
	Sums   []Total
}

// A Total is one running sum in Totals.
type Total struct {
	Index *schema.Index
	// Of are the results of the Finish that are worked out from it.
	Of []int
	// At is the position of how many rows have a value. Behind it stand how many of these have a number, the least and the
	// greatest, and what is added up, of SQLite in two halves: see sum.Index.Row.
	At int
	// Groups are the positions of the columns that the sum is kept by.
	Groups []int
}

// A ranking is what rows are numbered by.
type ranking struct {
	by  sqltext.Expr
	how string
}

// A totaling is the work on Totals.
type totaling struct {
	*finishing
	t       *Totals
	r       *relation
	counted map[int]string // by result: the column whose values are counted
	shown   map[int]int    // by result: the element of GROUP BY that it shows
	ranked  map[int]int    // by position: the element that it ranks
}

// totaled decides whether the database adds up. Numbers of rows that a join brings up twice would seem to
// be without a gap, so the rows must come from the table alone.
func (f *finishing) totaled(grouped bool) {
	if !grouped || f.explain || f.n.With != nil || f.n.Lock != nil || windowed(f.arm.Items) || f.plan.Walk != nil || len(f.arm.From) != 1 || len(f.sc.relations) != 1 {
		return
	}
	if _, ok := f.arm.From[0].(*sqltext.TableName); !ok || slices.ContainsFunc(f.q.lookups, func(l *lookup) bool { return l.index.Short() }) {
		return
	}
	t := &totaling{finishing: f, r: f.sc.relations[0], t: &Totals{Scope: -1, Counts: map[int]int{}}, counted: map[int]string{}, shown: map[int]int{}, ranked: map[int]int{}}
	if t.r.table == nil || !t.groups() || !t.results() {
		return
	}
	f.refuseShort(f.arm, f.q, "a total") // so that a smoothed index is asked before, and the database adds up its rows alone
	t.t.Table = t.r.table
	f.plan.Totals = t.t
	f.besides = t.texts
}

// groups finds what the Finish groups and sorts by among the elements of GROUP BY.
func (t *totaling) groups() bool {
	for _, g := range t.by {
		if g.key.Column != nil || hasParam(g.expr) {
			return false
		}
	}
	for at, r := range t.rankings {
		n := t.element(r.by)
		if n < 0 {
			return false
		}
		t.ranked[at] = n
	}
	return true
}

// element returns the number of an element of GROUP BY, or -1.
func (t *totaling) element(e sqltext.Expr) int {
	return slices.IndexFunc(t.by, func(g grouping) bool { return t.alike(g.expr, e) || t.sameColumnAs(g.expr, e) })
}

func hasParam(e sqltext.Expr) (found bool) {
	sqltext.Walk(e, func(n sqltext.Node) bool {
		_, is := n.(*sqltext.Param)
		found = found || is
		return !found
	})
	return found
}

// results finds what each result is of.
func (t *totaling) results() bool {
	for i, r := range t.f.Results {
		switch {
		case r.Distinct, r.Func == Min, r.Func == Max:
			return false
		case r.Func == First && i >= len(t.arm.Items): // a rank that only Sort needs
		case r.Func == First:
			n := t.element(t.arm.Items[i].Expr)
			for k, g := range t.by {
				if g.item == i {
					n = k
				}
			}
			if t.shown[i] = n; n < 0 || t.title(i) == "" {
				return false
			}
		case r.Column == nil && r.At >= 0:
			return false
		case r.Func == Count && r.Column != nil:
			t.counted[i] = r.Column.Name
		case r.Func == Count:
		case !t.total(i, r.Column):
			return false
		}
	}
	return len(t.t.Sums) > 0
}

// total adds a result that a running sum is of.
func (t *totaling) total(result int, c *schema.Column) bool {
	x := t.r.table.SumOf(c)
	if x == nil {
		return false
	}
	at := slices.IndexFunc(t.t.Sums, func(known Total) bool { return known.Index == x })
	if at < 0 {
		at = len(t.t.Sums)
		t.t.Sums = append(t.t.Sums, Total{Index: x})
	}
	t.t.Sums[at].Of = append(t.t.Sums[at].Of, result)
	return true
}

// title is what the server would call an item; "" where that is not known.
func (t *totaling) title(i int) string {
	item := t.arm.Items[i]
	if name := t.q.columns[i].name; name != "" {
		return name
	}
	if call, ok := unparen(item.Expr).(*sqltext.Call); ok && t.dialect == sqltext.PostgreSQL {
		return strings.ToLower(call.Name.Last())
	}
	if t.dialect == sqltext.PostgreSQL {
		return ""
	}
	return t.text[item.Pos:item.End]
}

// A selection is a SELECT list that is put together.
type selection struct {
	parts []any
	n     int
}

func (s *selection) add(parts ...any) (at int) {
	if s.n > 0 {
		s.parts = append(s.parts, ", ")
	}
	s.parts, s.n = append(s.parts, parts...), s.n+1
	return s.n - 1
}

// texts makes the statements: the rows' columns under names of our own, and what they are grouped to.
func (t *totaling) texts() {
	limit := []any{" LIMIT ", &Slot{Kind: Most}}
	render := func(parts []any) Text {
		var b builder
		t.renderParts(&b, append(parts, limit...), &edit{}) // … and so without what is added behind the last of something
		return b.text
	}
	t.t.Text = render(t.grouped(-1))
	var runs []any
	for n := range t.t.Sums {
		if n > 0 {
			runs = append(runs, " UNION ALL ")
		}
		runs = append(runs, t.grouped(n)...)
	}
	t.t.Runs = render(runs)
}

// grouped is the statement for groups, or for the runs of one of the sums.
func (t *totaling) grouped(turn int) []any {
	inner, outer := &selection{}, &selection{}
	own := func(kind string, n int) string { return t.ident("cellseal_" + kind + strconv.Itoa(n)) }
	column := func(name, as string) string {
		inner.add(t.qualified(t.r, name), " AS ", as)
		return as
	}
	var by []string
	for i, g := range t.by {
		inner.add("(", g.expr.At(), ") AS ", own("g", i))
		by = append(by, own("g", i))
	}
	for at, c := range t.plan.Out.Columns {
		switch n, ranked := t.ranked[at]; {
		case ranked:
			outer.add("DENSE_RANK() OVER (ORDER BY ", own("g", n), t.rankings[at].how, ")")
		case c.Visible && t.f.Results[at].Func == First:
			outer.add(own("g", t.shown[at]), " AS ", t.ident(t.title(at)))
		case c.Visible && c.Name == "":
			outer.add("NULL AS ", t.ident(t.q.columns[at].name))
		default:
			outer.add("NULL")
		}
	}
	at := map[*schema.Column]int{}
	for i, c := range sumGroups(t.r.table) {
		if !slices.ContainsFunc(t.t.Sums, func(s Total) bool { return slices.Contains(s.Index.Groups(), c) }) {
			continue
		}
		name, from := own("b", i), t.qualified(t.r, c.Name)
		if turn >= 0 && !slices.Contains(t.t.Sums[turn].Index.Groups(), c) {
			from = "NULLIF(" + from + ", " + from + ")" // its runs go on in other groups, and NULL keeps the type
		}
		inner.add(from, " AS ", name)
		by, at[c] = append(by, name), outer.add(name)
	}
	if s := scopeColumn(t.r.table); s != nil {
		name := column(s.Name, t.ident("cellseal_scope"))
		by, t.t.Scope = append(by, name), outer.add(name)
	}
	t.t.Turn = outer.add(strconv.Itoa(max(turn, 0)))
	t.t.Rows = outer.add("COUNT(*)")
	for i := range t.f.Results {
		if name, ok := t.counted[i]; ok {
			t.t.Counts[i] = outer.add("COUNT(" + column(name, own("a", i)) + ")")
		}
	}
	for i := range t.t.Sums {
		s := &t.t.Sums[i]
		s.Groups = nil
		for _, c := range s.Index.Groups() {
			s.Groups = append(s.Groups, at[c])
		}
		n, masked, cells := column(s.Index.Numbers(), own("n", i)), column(s.Index.Hidden(), own("s", i)), "*"
		if c := s.Index.Protected()[0]; t.mayBeNull(c) {
			cells = column(c.Name, own("c", i))
		}
		s.At = outer.add("COUNT(" + cells + ")")
		outer.add("COUNT(" + n + ")")
		outer.add("MIN(" + n + ")")
		outer.add("MAX(" + n + ")")
		if t.dialect == sqltext.SQLite { // whose SUM ends in an error where an int64 does
			outer.add("SUM(" + masked + " >> 32)")
			outer.add("SUM(" + masked + " & 4294967295)")
		} else {
			outer.add("SUM(" + masked + ")")
		}
		if turn == i {
			island := t.ident("cellseal_island")
			inner.add(t.island(s.Index), " AS ", island)
			by = append(by, island)
		}
	}
	t.t.Width = outer.n
	from := []any{" FROM ", t.arm.From[0].At()}
	if t.arm.Where != nil {
		from = append(from, " WHERE ", t.arm.Where.At())
	}
	all := append(append([]any{"SELECT "}, outer.parts...), " FROM (SELECT ")
	all = append(append(append(all, inner.parts...), from...), ") AS ", t.ident("cellseal_rows"))
	if len(by) > 0 {
		all = append(all, " GROUP BY "+strings.Join(by, ", "))
	}
	return all
}

// island is the same for consecutive numbers of one group: gaps and islands.
func (t *totaling) island(x *schema.Index) []any {
	n := t.qualified(t.r, x.Numbers())
	over := &selection{}
	for _, g := range t.by {
		over.add("(", g.expr.At(), ")")
	}
	if s := scopeColumn(t.r.table); s != nil {
		over.add(t.qualified(t.r, s.Name))
	}
	for _, c := range x.Groups() {
		over.add(t.qualified(t.r, c.Name))
	}
	parts := []any{n + " - ROW_NUMBER() OVER ("}
	if over.n > 0 {
		parts = append(append(append(parts, "PARTITION BY "), over.parts...), " ")
	}
	return append(parts, "ORDER BY "+n+")")
}

// mayBeNull reports whether a column's values are counted by themselves: an index need not hold the column
// where rows do as well.
func (t *totaling) mayBeNull(c *schema.Column) bool {
	return c.Nullable || t.r.live == nil || nullable(t.r, c.Name)
}

func (p *Plan) totals() string {
	return "\nor added up by the database: " + p.describe(p.Totals.Text) + "\nand where numbers are missing: " + p.describe(p.Totals.Runs)
}
