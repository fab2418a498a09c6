package plan

import (
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

// A Find is a predicate on a protected column that listed or smoothed indexes answer before the statement is
// sent: the rows for which it is true are looked for, read and compared, and their keys
// stand in its place. So it is exact, and may stand anywhere. Tokens of a smoothed index need none
// where false rows can be left out of the result: see lookTokens.
type Find struct {
	Ask    Ask
	Column *schema.Column
	// Indexes are those of the column that may answer. Which one does depends on the values.
	Indexes []*schema.Index
	// Row is the number in Plan.Rows of the row in whose scope is looked.
	Row int
	// Pattern is that of Like, the words of Match and Near: values that are joined.
	Pattern []Value
	// SkipNull says that a NULL among several values of Pattern is an empty one (CONCAT).
	SkipNull bool
	// Escape is what takes its meaning from a character of Like; EscapeBy, if it is one, comes from
	// the caller. 0 is none.
	Escape   rune
	EscapeBy Value
	// Low and High are the bounds of Between; one may be none. LowOpen and HighOpen leave values
	// that are equal to them out.
	Low, High         Value
	LowOpen, HighOpen bool
	// Values are those of Equal. One that is NULL makes unknown what the others leave false.
	Values []Value
	// Keys are the columns that rows are told apart by; Types are what arrays of them are in
	// PostgreSQL.
	Keys, Types []string
}

// An Ask is what a Find asks of values.
type Ask uint8

// What is asked.
const (
	Like    Ask = iota + 1
	Between     // and < <= > >=
	Match       // cellseal_match(column, words): every one of the words
	Near        // cellseal_near(column, words): every one of them, or one that differs in a letter
	Equal       // = and IN: one of the values, which rows of other values may be found by too
)

// found answers a predicate by listed indexes; false says that it is none of theirs.
func (a *analysis) found(e sqltext.Expr, sc *scope, in place) bool {
	switch e := e.(type) {
	case *sqltext.Binary:
		switch e.Op {
		case "LIKE", "NOT LIKE", "ILIKE", "NOT ILIKE":
			return a.like(e, sc, in)
		case "<", "<=", ">", ">=":
			return a.less(e, sc, in)
		}
	case *sqltext.Between:
		return a.between(e, sc, in)
	case *sqltext.Call:
		return a.matches(e, sc, in)
	}
	return false
}

// listed returns the indexes of a column that answer, or refuses with the tag that is missing.
func (a *analysis) listed(at sqltext.Node, ref reference, fold bool, what, tag string, fits func(*schema.Index) bool) []*schema.Index {
	var all []*schema.Index
	folding := true
	for _, x := range ref.source.origin.table.Listed {
		if x.Protected()[0] != ref.source.column || !fits(x) {
			continue
		}
		if fold && !slices.Contains(x.Columns[0].Transforms, search.Fold) {
			folding = false
			continue
		}
		all = append(all, x)
	}
	t, c := ref.source.origin.table, ref.source.column
	switch {
	case len(all) > 0:
	case !folding:
		a.refuse(at, t, c, "the index that answers "+what+" does not ignore case", "add fold to it")
	default:
		a.refuse(at, t, c, "has no index that answers "+what, "add "+tag+" to its tag; transforms, as fold, say how its values compare")
	}
	return all
}

// patterned reports whether an index looks into text.
func patterned(x *schema.Index) bool { return x.Kind == "substring" || x.Kind == "sorted" }

func (a *analysis) like(e *sqltext.Binary, sc *scope, in place) bool {
	ref, fold := a.cellOf(e.X, sc)
	if !ref.protected() {
		return false
	}
	c := ref.source.column
	if declared, _ := c.Declared(); declared != value.Text {
		a.refuse(e, ref.source.origin.table, c, e.Op+" compares text, and the column holds "+declared.String(), "compare values of its type")
	}
	f := &Find{Ask: Like, Column: c}
	if !slices.ContainsFunc(ref.source.origin.table.Listed, func(x *schema.Index) bool { return x.Protected()[0] == c && patterned(x) }) && matchesAll(e) {
		a.refuse(e, ref.source.origin.table, c, "every value matches this pattern", "write "+c.Name+" IS NOT NULL")
	}
	f.Indexes = a.listed(e, ref, fold || strings.HasSuffix(e.Op, "ILIKE"), e.Op, `search:"substring" for patterns with 3 characters in a row, "prefix" for 'x%', or "suffix" for '%x'`, patterned)
	a.pattern(f, ref, e.Y, fold)
	if a.dialect == sqltext.PostgreSQL || a.dialect == sqltext.MySQL && a.escapes {
		f.Escape = '\\'
	}
	if e.Escape != nil {
		v, ok := a.value(e.Escape, nil)
		if !ok {
			a.refuse(e.Escape, ref.source.origin.table, c, "ESCAPE is an expression, whose value is not known before the statement runs", "write the character")
		}
		f.Escape, f.EscapeBy = 0, v
	}
	a.put(e, ref, f, strings.HasPrefix(e.Op, "NOT "), in)
	return true
}

// matchesAll reports whether a pattern is one that every value matches.
func matchesAll(e *sqltext.Binary) bool {
	l, ok := unparen(e.Y).(*sqltext.Literal)
	return ok && l.Kind == sqltext.String && l.Value != "" && strings.Trim(l.Value, "%") == "" && e.Escape == nil && !strings.HasPrefix(e.Op, "NOT ")
}

// pattern takes the values that a text is put together of: one, or several joined by || or CONCAT.
func (a *analysis) pattern(f *Find, ref reference, e sqltext.Expr, fold bool) {
	t, c := ref.source.origin.table, ref.source.column
	if fold {
		inner := foldCall(e)
		if inner == nil {
			a.refuse(e, t, c, "LOWER or UPPER stands on one side alone", "compare the column itself: its index decides how values compare")
		}
		e = inner
	}
	var join func(e sqltext.Expr) bool
	join = func(e sqltext.Expr) bool {
		switch e := unparen(e).(type) {
		case *sqltext.Binary:
			if e.Op == "||" && a.dialect != sqltext.MySQL {
				return join(e.X) && join(e.Y)
			}
		case *sqltext.Call:
			if !strings.EqualFold(e.Name.Last(), "concat") || len(e.Name.Parts) != 1 || e.Distinct || e.Over != nil {
				break
			}
			f.SkipNull = a.dialect != sqltext.MySQL
			for _, arg := range e.Args {
				if !join(arg) {
					return false
				}
			}
			return len(e.Args) > 0
		}
		v, ok := a.value(e, c)
		f.Pattern = append(f.Pattern, v)
		return ok
	}
	a.protect(e)
	if !join(e) {
		a.refuse(e, t, c, "is compared with an expression, whose value is not known before the statement runs", "compute it in the application and pass it as an argument")
	}
}

// less analyses x < y and its kin, of which either may be the column.
func (a *analysis) less(e *sqltext.Binary, sc *scope, in place) bool {
	f, ref, ok := a.bound(e, sc)
	if ok {
		a.put(e, ref, f, false, in)
	}
	return ok
}

// bound is the Find of a comparison.
func (a *analysis) bound(e *sqltext.Binary, sc *scope) (*Find, reference, bool) {
	x, y, op := e.X, e.Y, e.Op
	ref, fold := a.cellOf(x, sc)
	other, otherFold := a.cellOf(y, sc)
	switch {
	case ref.protected() == other.protected():
		return nil, ref, false
	case other.protected():
		y, ref, fold, op = x, other, otherFold, map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<="}[op]
	}
	f := a.ranged(e, ref, fold, e.Op)
	v := a.operand(y, ref, fold)
	if op[0] == '<' {
		f.High, f.HighOpen = v, op == "<"
	} else {
		f.Low, f.LowOpen = v, op == ">"
	}
	return f, ref, true
}

func (a *analysis) ranged(at sqltext.Node, ref reference, fold bool, op string) *Find {
	f := &Find{Ask: Between, Column: ref.source.column}
	f.Indexes = a.listed(at, ref, fold, op, `search:"range"`, func(x *schema.Index) bool { return x.Kind == "sorted" && !x.Reversed() })[:1]
	return f
}

// operand is a value that a column is compared with.
func (a *analysis) operand(e sqltext.Expr, ref reference, fold bool) Value {
	t, c := ref.source.origin.table, ref.source.column
	if fold {
		inner := foldCall(e)
		if inner == nil {
			a.refuse(e, t, c, "LOWER or UPPER stands on one side alone", "compare the column itself: its index decides how values compare")
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

func (a *analysis) between(e *sqltext.Between, sc *scope, in place) bool {
	ref, fold := a.cellOf(e.X, sc)
	if !ref.protected() {
		return false
	}
	if span := a.text[e.X.At().End:e.Low.At().Pos]; strings.Contains(strings.ToUpper(span), "SYMMETRIC") && !strings.Contains(strings.ToUpper(span), "ASYMMETRIC") {
		a.refuse(e, ref.source.origin.table, ref.source.column, "BETWEEN SYMMETRIC", "write BETWEEN with the lower bound first")
	}
	low := a.ranged(e, ref, fold, "BETWEEN")
	low.Low, low.High = a.operand(e.Low, ref, fold), a.operand(e.High, ref, fold)
	if !e.Not && in != exactly {
		a.put(e, ref, low, false, in)
		return true
	}
	// Of a bound that is NULL the one comparison is unknown, and the other may still be false.
	high := *low
	high.Low, low.High = Value{}, Value{}
	parts := []any{"(", a.keysOf(e, ref, low, false, exactly), " AND ", a.keysOf(e, ref, &high, false, exactly), ")"}
	if e.Not {
		parts = append([]any{"NOT "}, parts...)
	}
	a.replace(e.Span, parts...)
	return true
}

// put replaces a predicate by the keys of the rows for which it is true.
func (a *analysis) put(e sqltext.Expr, ref reference, f *Find, not bool, in place) {
	if f.Ask == Between && in == always {
		a.spans = append(a.spans, spanned{e, ref.source.origin, f, len(a.edits)})
	}
	a.replace(e.At(), a.keysOf(e, ref, f, not, in)...)
}

// keysOf is SQL for a Find. It is unknown where the column is NULL, and where it was asked with
// NULL: the keys are then NULL themselves.
func (a *analysis) keysOf(at sqltext.Node, ref reference, f *Find, not bool, in place) []any {
	o := ref.source.origin
	t, c := o.table, ref.source.column
	switch {
	case o.elsewhere:
		a.refuseElsewhere(at, t)
	case o.unstored:
		a.refuse(at, t, c, "is asked of a row that is not stored yet", "compare in the application")
	case a.noFind != "":
		a.refuse(at, t, c, "is asked for "+a.noFind+", and what it finds is looked for before", "ask in a statement of its own")
	}
	if not || in == exactly {
		a.refuseForeign(at, o, f.Indexes[0], c)
		a.denies = true
	}
	f.Keys, f.Types = a.keyed(at, t, c)
	f.Row = a.lookRow(o)
	list := a.keysIn(at, ref.relation, o, f)
	a.plan.Finds = append(a.plan.Finds, f)
	if !not && in != exactly {
		return list
	}
	if not {
		list = append(append([]any{"NOT ("}, list...), ")")
	}
	return append(append([]any{"CASE WHEN " + a.ref(at, ref.relation, o, c.Name) + " IS NOT NULL THEN "}, list...), " END")
}

// keysIn is SQL for a row's key being among those that stand for a Find.
func (a *analysis) keysIn(at sqltext.Node, r *relation, o *origin, f *Find) []any {
	slot := &Slot{Kind: Found, Row: f.Row, Find: f}
	var key []any
	for i, name := range f.Keys {
		if i > 0 {
			key = append(key, ", ")
		}
		key = append(key, a.ref(at, r, o, name))
	}
	switch {
	case len(f.Keys) > 1:
		return append(append([]any{"("}, key...), ") IN (", slot, ")")
	case a.dialect == sqltext.PostgreSQL:
		return append(key, " = ANY(", slot, ")")
	}
	return append(key, " IN (", slot, ")")
}

// keyed returns the columns by which a column's rows are told apart.
func (a *analysis) keyed(at sqltext.Node, t *schema.Table, c *schema.Column) (names, types []string) {
	if c.Bind.Kind == schema.BindRowKey {
		return []string{schema.RowKeyColumn}, []string{"bytea"}
	}
	for _, logical := range c.Bind.Columns {
		names = append(names, t.Column(logical).Name)
	}
	live := a.catalog.Table("", t.Name)
	if live == nil {
		a.refuseUnknown(at, t, "what tells its rows apart is not known: the table is not in the catalogue", "create it with what sqlcell.DDL returns, and see what sqlcell.Check still finds")
	}
	a.plan.Catalogued = true
	if !toldApart(live, t, c) {
		a.refuse(at, t, c, "is found by "+strings.Join(names, ", ")+", which several rows may share", "make them a unique key, or bind the table with bind=row_key")
	}
	for _, name := range names {
		typ := "text"
		for _, column := range live.Columns {
			if strings.EqualFold(column.Name, name) {
				typ, _, _ = strings.Cut(column.Type, "(")
			}
		}
		if typ = strings.TrimSpace(typ); typ == "character" && a.dialect == sqltext.PostgreSQL {
			typ = "text" // as an array's it would have room for one character
		}
		types = append(types, typ)
	}
	return names, types
}

// toldApart reports whether a table has a unique key by which a column's rows are told apart.
func toldApart(live *catalog.Table, t *schema.Table, c *schema.Column) bool {
	if c.Bind.Kind == schema.BindRowKey {
		return true
	}
	bound := func(name string) bool {
		return slices.ContainsFunc(c.Bind.Columns, func(logical string) bool { return strings.EqualFold(t.Column(logical).Name, name) })
	}
	return slices.ContainsFunc(live.Unique, func(key []string) bool {
		return len(key) > 0 && !slices.ContainsFunc(key, func(name string) bool { return !bound(name) })
	})
}

// String is what it is called in SQL.
func (a Ask) String() string {
	return map[Ask]string{Like: "LIKE", Between: "a range", Match: "cellseal_match", Near: "cellseal_near", Equal: "="}[a]
}
