package template

import (
	"database/sql/driver"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// A Template is a text to be filled in. It is safe for concurrent use.
type Template struct {
	// Slots are the different values that the text takes, each once.
	Slots []*plan.Slot

	dialect sqltext.Dialect
	pieces  []piece
	spread  []int // slots that become as many placeholders as there are terms
	lists   bool  // it has lists, and no rendering is like another
	last    atomic.Pointer[rendering]
}

type piece struct {
	sql  string
	slot int // or -1
}

// New gives the values of a text their numbers.
func New(d sqltext.Dialect, text plan.Text) *Template {
	t := &Template{dialect: d}
	numbers, params := map[*plan.Slot]int{}, map[int]int{}
	var sql strings.Builder
	for _, p := range text {
		switch {
		case p.Slot == nil:
			sql.WriteString(p.SQL)
			continue
		case p.Slot.Kind == plan.Given && p.Slot.Value.Kind == plan.FromConst:
			sql.WriteString(literal(d, p.Slot.Value.Const))
			continue
		}
		at, known := numbers[p.Slot]
		if given := p.Slot.Kind == plan.Given && p.Slot.Value.Kind == plan.FromParam; given && !known {
			if at, known = params[p.Slot.Value.Param]; !known {
				params[p.Slot.Value.Param] = len(t.Slots)
			}
		}
		if !known {
			at = len(t.Slots)
			t.Slots = append(t.Slots, p.Slot)
			if isSpread(p.Slot) {
				t.spread = append(t.spread, at)
			}
			t.lists = t.lists || t.isList(p.Slot)
		}
		numbers[p.Slot] = at
		t.pieces = append(t.pieces, piece{sql.String(), -1}, piece{"", at})
		sql.Reset()
	}
	if sql.Len() > 0 {
		t.pieces = append(t.pieces, piece{sql.String(), -1})
	}
	return t
}

// isList reports whether a slot is text that is made anew for every execution: lists of keys and tokens are
// longer than what servers take as arguments, and how many rows are read is no value of the caller's.
func (t *Template) isList(s *plan.Slot) bool {
	switch s.Kind {
	case plan.Most:
		return true
	case plan.Tokens:
		return t.dialect != sqltext.PostgreSQL
	case plan.Found:
		return t.dialect != sqltext.PostgreSQL || len(s.Find.Keys) > 1
	}
	return false
}

func isSpread(s *plan.Slot) bool { return s.Kind == plan.Terms && !s.Array }

// A Value is what stands in a slot: one value, or the terms that are looked for.
type Value struct {
	Value driver.Value
	Terms [][]byte // an element that is nil is NULL
	// Null says that the terms are NULL: as many of them as is convenient.
	Null bool
	// List is what stands in IN (…) for a Found or Tokens slot that is no array, or the number of a Most slot.
	List string
}

// Size is the length of what is stored, in bytes, and of text in characters; an integer has its
// place.
func (v Value) Size() int {
	switch v := v.Value.(type) {
	case []byte:
		return len(v)
	case string:
		return utf8.RuneCountInString(v)
	}
	return 0
}

// Nulls are values that are all NULL.
func (t *Template) Nulls() []Value {
	values := make([]Value, len(t.Slots))
	for i := range values {
		values[i].Null = true
	}
	return values
}

// isBinary reports whether a slot's value is bytes.
func isBinary(s *plan.Slot) bool {
	switch s.Kind {
	case plan.Cell:
		return !s.Column.Text && s.Column.Alphabet == nil
	case plan.Hidden:
		return s.Column.Mode == schema.ModeToken
	case plan.Term, plan.Terms, plan.RowKey:
		return true
	}
	return false
}

// count is how many placeholders a slot takes.
func count(s *plan.Slot, v Value) int {
	if isSpread(s) {
		return max(1, len(v.Terms))
	}
	return 1
}
