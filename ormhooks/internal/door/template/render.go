package template

import (
	"database/sql/driver"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
)

// A rendering is a template with placeholders. It depends on nothing but the number of
// terms that are looked for, and so is kept.
type rendering struct {
	counts []int // of each slot that is spread
	text   string
	order  []int // the slots, in the order of the arguments
}

// Fill returns the template as text with placeholders, and the arguments for them after
// those that are in front.
func (t *Template) Fill(values []Value, front []driver.NamedValue) (text string, args []driver.NamedValue) {
	r := t.rendered(values)
	return r.text, t.arguments(r, values, append(make([]driver.NamedValue, 0, len(front)+len(r.order)+len(t.spread)), front...))
}

func (t *Template) rendered(values []Value) *rendering {
	last := t.last.Load()
	if last != nil && t.fits(last, values) {
		return last
	}
	r := &rendering{}
	for _, at := range t.spread {
		r.counts = append(r.counts, count(t.Slots[at], values[at]))
	}
	var b strings.Builder
	numbers := make([]int, len(t.Slots))
	next := 1
	for _, p := range t.pieces {
		b.WriteString(p.sql)
		if p.slot < 0 {
			continue
		}
		s := t.Slots[p.slot]
		if t.isList(s) {
			b.WriteString(t.list(s, values[p.slot]))
			continue
		}
		n := count(s, values[p.slot])
		first := numbers[p.slot]
		if first == 0 || t.dialect == sqltext.MySQL {
			first, numbers[p.slot] = next, next
			next += n
			r.order = append(r.order, p.slot)
		}
		for i := range n {
			if i > 0 {
				b.WriteString(", ")
			}
			t.placeholder(&b, first+i, s)
		}
	}
	r.text = b.String()
	t.last.Store(r)
	return r
}

func (t *Template) fits(r *rendering, values []Value) bool {
	if t.lists {
		return false
	}
	for i, at := range t.spread {
		if n := count(t.Slots[at], values[at]); n != r.counts[i] && !values[at].Null {
			return false
		}
	}
	return true
}

// placeholder writes a placeholder. PostgreSQL is told the type of what is binary: where it
// would have to guess, it takes text.
func (t *Template) placeholder(b *strings.Builder, n int, s *plan.Slot) {
	switch t.dialect {
	case sqltext.MySQL:
		b.WriteByte('?')
		return
	case sqltext.SQLite:
		b.WriteByte('?')
		b.WriteString(strconv.Itoa(n))
		return
	}
	b.WriteByte('$')
	b.WriteString(strconv.Itoa(n))
	switch {
	case s.Kind == plan.Terms && s.Array, s.Kind == plan.Tokens:
		b.WriteString("::bytea[]")
	case s.Kind == plan.Found:
		b.WriteString("::" + s.Find.Types[0] + "[]")
	case s.Kind == plan.Numbered, s.Kind == plan.Masked:
		b.WriteString("::bigint")
	case isBinary(s):
		b.WriteString("::bytea")
	}
}

// arguments returns the values in the order of the text.
func (t *Template) arguments(r *rendering, values []Value, args []driver.NamedValue) []driver.NamedValue {
	add := func(v driver.Value) {
		args = append(args, driver.NamedValue{Ordinal: len(args) + 1, Value: v})
	}
	for _, at := range r.order {
		s, v := t.Slots[at], values[at]
		switch {
		case s.Kind != plan.Terms:
			add(v.Value)
		case s.Array:
			add(array(v.Terms))
		case v.Null:
			for range r.counts[slices.Index(t.spread, at)] {
				add(nil)
			}
		default:
			for _, term := range v.Terms {
				add(bytesOrNull(term))
			}
		}
	}
	return args
}

func bytesOrNull(b []byte) driver.Value {
	if b == nil {
		return nil
	}
	return b
}

// array is PostgreSQL's text form of an array of bytes. NULL is an array of it, which compares
// as NULL does, and stays one when it is joined with others: NULL || array is the array.
func array(terms [][]byte) driver.Value {
	if terms == nil {
		return "{NULL}"
	}
	var b strings.Builder
	b.WriteByte('{')
	for i, term := range terms {
		if i > 0 {
			b.WriteByte(',')
		}
		if term == nil {
			b.WriteString("NULL")
		} else {
			b.WriteString(`"\\x` + hex.EncodeToString(term) + `"`)
		}
	}
	b.WriteByte('}')
	return b.String()
}

// Inline returns the template as text with literals: a statement without arguments
// stays one, and so stays with the protocol for such.
func (t *Template) Inline(values []Value) string {
	var b strings.Builder
	for _, p := range t.pieces {
		b.WriteString(p.sql)
		if p.slot < 0 {
			continue
		}
		s, v := t.Slots[p.slot], values[p.slot]
		switch {
		case t.isList(s):
			b.WriteString(t.list(s, v))
		case s.Kind == plan.Found:
			b.WriteString(literal(t.dialect, v.Value) + "::" + s.Find.Types[0] + "[]")
		case s.Kind == plan.Tokens:
			b.WriteString(literal(t.dialect, v.Value) + "::bytea[]")
		case s.Kind != plan.Terms:
			b.WriteString(literal(t.dialect, v.Value))
			if v.Value == nil && t.dialect == sqltext.PostgreSQL && isBinary(s) {
				b.WriteString("::bytea") // in a UNION it would be text
			}
		case v.Null && s.Array:
			b.WriteString("ARRAY[NULL]::bytea[]")
		case v.Null:
			b.WriteString("NULL")
		default:
			list := make([]string, len(v.Terms))
			for i, term := range v.Terms {
				list[i] = literal(t.dialect, bytesOrNull(term))
			}
			joined := strings.Join(list, ", ")
			if s.Array {
				joined = "ARRAY[" + joined + "]::bytea[]"
			}
			b.WriteString(joined)
		}
	}
	return b.String()
}
