package plan

import (
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// A Summand is a value that a running sum gives a number, and adds up under a mask. Its Numbered and Masked slots
// share it, and Row has the values of the columns that the sum is kept by.
type Summand struct {
	Index *schema.Index
	Row   int // number in Plan.Rows
	Value Value
}

// sumColumns are the hidden columns of a running sum.
func sumColumns(x *schema.Index) []hiddenColumn {
	return []hiddenColumn{{name: x.Numbers(), sum: x}, {name: x.Hidden(), sum: x, masked: true}}
}

// summand is the slot of such a column.
func (a *analysis) summand(h hiddenColumn, v Value, row int, keep bool) *Slot {
	at := slices.IndexFunc(a.plan.Summands, func(s *Summand) bool { return s.Index == h.sum && s.Row == row && s.Value.same(v) })
	if at < 0 {
		at = len(a.plan.Summands)
		a.plan.Summands = append(a.plan.Summands, &Summand{h.sum, row, v})
	}
	s := &Slot{Kind: Numbered, Summand: a.plan.Summands[at], Row: row, Index: h.sum, Keep: keep}
	if h.masked {
		s.Kind = Masked
	}
	return s
}

func (v Value) same(w Value) bool { return v.equal(w) && v.At == w.At && v.Array == w.Array }

// groups are the columns by which the running sums of a table are kept.
func sumGroups(t *schema.Table) (all []*schema.Column) {
	for _, x := range t.Sums {
		for _, c := range x.Groups() {
			if !slices.Contains(all, c) {
				all = append(all, c)
			}
		}
	}
	return all
}

// grouped notes what a row that is inserted has in the columns by which running sums are kept.
func (i *insertion) grouped(row *Row, known map[*schema.Column]Value, at sqltext.Node, values []sqltext.Expr) {
	for _, by := range sumGroups(i.t) {
		v, where := i.groupValue(by, at, values)
		for _, x := range i.t.Sums {
			c := x.Protected()[0]
			if of, written := known[c]; written && !of.isNull() && v.Kind == 0 && slices.Contains(x.Groups(), by) {
				i.refuse(where, i.t, by, "sums of "+c.Name+" are kept by it, and its value is not known before the row is written", "set it in the application")
			}
		}
		if v.Kind == 0 {
			continue
		}
		i.refuseNumber(where, by.Logical, v)
		row.Bound[by.Logical] = v
		i.holds(i.r, row, by.Logical)
	}
}

// groupValue is the value of a plain column in a row; none if only the server knows it.
func (i *insertion) groupValue(by *schema.Column, at sqltext.Node, values []sqltext.Expr) (Value, sqltext.Node) {
	for k, name := range i.columns {
		if columnNamed(i.t, name) != by {
			continue
		}
		if !isDefault(values[k]) {
			v, _ := i.value(values[k], by)
			return v, values[k]
		}
		at = values[k]
	}
	if i.r.live != nil {
		for _, c := range i.r.live.Columns {
			if strings.EqualFold(c.Name, by.Name) && c.Nullable && c.Default == "" && !c.Generated {
				i.plan.Catalogued = true
				return Value{Kind: FromConst}, at
			}
		}
	}
	return Value{}, at
}

func isDefault(e sqltext.Expr) bool {
	l, ok := unparen(e).(*sqltext.Literal)
	return ok && l.Kind == sqltext.Default
}

// checkSums makes sure that the row which is there already is added up with the rows of the INSERT's group: what
// it gets is numbered there.
func (u *upsert) checkSums(at sqltext.Node) {
	for _, x := range u.t.Sums {
		c := x.Protected()[0]
		own, isOwn := u.known[c]
		written := slices.Contains(u.written, c) && !(isOwn && own.isNull())
		for _, by := range x.Groups() {
			set, matched := u.set[strings.ToLower(by.Name)], u.matched(by.Name)
			switch {
			case written && isOwn && u.plan.Rows[u.first].Bound[by.Logical].Kind == 0:
				u.refuse(at, u.t, c, "sums of it are kept by "+by.Name+", whose value is not known", "give "+by.Name+" in the INSERT")
			case written && !set && !matched:
				u.refuse(at, u.t, c, "the upsert would number it with the rows of the INSERT's "+by.Name+", and the row may have another", "set "+by.Name+" to what the INSERT has, too")
			case !slices.Contains(u.written, c) && set && !matched:
				u.refuse(at, u.t, by, "the upsert moves the row to other sums of "+c.Name+", and leaves that behind", "set "+c.Name+" to what the INSERT has, too")
			}
		}
	}
}

// isNumbered reports whether a unique key is that of a running sum's numbers, in which no new row meets another.
func isNumbered(t *schema.Table, key []string) bool {
	return slices.ContainsFunc(t.Sums, func(x *schema.Index) bool {
		return slices.ContainsFunc(key, func(name string) bool { return strings.EqualFold(name, x.Numbers()) })
	})
}

// sums are the running sums that the UPDATE gives new numbers.
func (u *updating) sums() (all []*schema.Index) {
	for _, x := range u.t.Sums {
		c := x.Protected()[0]
		switch moves := u.regroups(x); {
		case slices.Contains(u.written, c):
			if moves && u.keep[c] {
				u.refuse(u.n, u.t, c, "COALESCE keeps a value while the row moves to other sums of it", "set it in a statement of its own")
			}
		case !moves:
			continue
		default:
			u.known[c] = u.opened(c)
		}
		u.identifiesExactly(u.n, u.r, c)
		all = append(all, x)
	}
	return all
}

// numbers finds where the row is added up; direct is false if it has to be read for that.
func (u *updating) numbers(row *Row) (direct bool) {
	direct = true
	for _, x := range u.summed {
		c := x.Protected()[0]
		if u.known[c].isNull() {
			continue
		}
		var key []string // one number is for one row
		for _, logical := range c.Bind.Columns {
			key = append(key, u.t.Column(logical).Name)
		}
		direct = direct && len(x.Groups()) == 0 && u.unique(key)
		for _, by := range x.Groups() {
			v, ok := u.regrouped[by.Logical]
			if !ok {
				if v, ok = u.moved[by.Logical]; !ok {
					v = Value{Kind: FromFetch, At: u.fetched(by.Name)}
				}
			}
			row.Bound[by.Logical] = v
			u.holds(u.r, row, by.Logical)
		}
	}
	return direct
}

// numbered reports whether any row gets a number.
func (u *updating) numbered() bool {
	return slices.ContainsFunc(u.summed, func(x *schema.Index) bool { return !u.known[x.Protected()[0]].isNull() })
}

// subject is the column that the statement is about, for what is said of it.
func (u *updating) subject() *schema.Column {
	if len(u.written) == 0 {
		return u.summed[0].Protected()[0]
	}
	return u.written[0]
}

// holds notes how many characters a text column of a row holds, where it has a limit.
func (a *analysis) holds(r *relation, row *Row, logical string) {
	if n := a.length(r, logical); n > 0 {
		if row.Lengths == nil {
			row.Lengths = map[string]int{}
		}
		row.Lengths[logical] = n
	}
}
