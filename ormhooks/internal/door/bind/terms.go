package bind

import (
	"errors"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/internal/door/convert"
	"github.com/cellseal/cellseal/ormhooks/internal/door/template"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
)

// index returns what makes the terms of a slot; whole ones are not cut.
func (b *Binder) index(s *plan.Slot, whole bool) (x codec.Terms, err error) {
	t := b.Plan.Rows[s.Row].Table
	var path []keys.Label
	if !s.Index.Unscoped {
		if path, err = b.Scope(s.Row); err != nil {
			return nil, err
		}
	}
	if whole {
		x, err = b.Keys.Whole(t, path, s.Index)
	} else {
		x, err = b.Keys.IndexUnder(t, path, s.Index, s.Key)
	}
	return x, err
}

// limited returns the values of an index's columns; null is true if one is NULL.
func (b *Binder) limited(s *plan.Slot, values []any) (limited []any, null bool, err error) {
	columns := s.Index.Protected()
	if len(values) != len(columns) {
		return nil, false, errPlan("another number of values than the index has columns")
	}
	limited = make([]any, len(values))
	for i, c := range columns {
		if limited[i], err = convert.Limited(b.dialect, c, values[i]); err != nil {
			return nil, false, &ormhooks.ColumnError{Table: b.Plan.Rows[s.Row].Table.Name, Column: c.Name, Err: err}
		}
		null = null || limited[i] == nil
	}
	return limited, null, nil
}

func (b *Binder) given(s *plan.Slot) ([]any, error) {
	values := make([]any, len(s.Values))
	for i, v := range s.Values {
		var err error
		if values[i], err = b.Value(v); err != nil {
			return nil, err
		}
	}
	return values, nil
}

var errNoTerm = errors.New("nothing of the value is left to search for, and the column's old search terms cannot be kept beside a new value: write the column by itself")

// term returns what an index stores; nil for NULL.
func (b *Binder) term(s *plan.Slot) ([]byte, error) {
	values, err := b.given(s)
	if err != nil {
		return nil, err
	}
	limited, null, err := b.limited(s, values)
	if err != nil {
		return nil, err
	}
	if null {
		return nil, nil
	}
	var term []byte
	t := b.Plan.Rows[s.Row].Table
	if s.Index.Smoothed() {
		term, err = b.token(s, limited[0])
	} else {
		term, err = b.exact(s, limited)
	}
	if err == nil && term == nil && s.Keep {
		err = &ormhooks.ColumnError{Table: t.Name, Column: s.Index.Hidden(), Err: errNoTerm}
	}
	return term, err
}

func (b *Binder) exact(s *plan.Slot, values []any) ([]byte, error) {
	x, err := b.index(s, false)
	if err != nil {
		return nil, err
	}
	term, err := x.Term(values...)
	return term, b.of(s, err)
}

// look returns the terms to look for.
func (b *Binder) look(s *plan.Slot) (template.Value, error) {
	if known, ok := b.terms[s]; ok {
		return known, nil
	}
	v, err := b.lookAnew(s, false)
	if err != nil {
		return template.Value{}, err
	}
	if b.terms == nil {
		b.terms = map[*plan.Slot]template.Value{}
	}
	b.terms[s] = v
	return v, nil
}

func (b *Binder) lookAnew(s *plan.Slot, whole bool) (template.Value, error) {
	values, err := b.given(s)
	if err != nil {
		return template.Value{}, err
	}
	if len(s.Values) != 1 || !s.Values[0].Array {
		terms, err := b.match(s, values, whole)
		return template.Value{Terms: terms, Null: terms == nil}, err
	}
	list, err := convert.Elements(values[0])
	if err != nil {
		t, c := b.Plan.Rows[s.Row].Table, s.Index.Protected()[0]
		return template.Value{}, &ormhooks.ColumnError{Table: t.Name, Column: c.Name, Err: err}
	}
	if list == nil {
		return template.Value{Null: true}, nil
	}
	terms := [][]byte{}
	for _, element := range list {
		of, err := b.match(s, []any{element}, whole)
		if err != nil {
			return template.Value{}, err
		}
		if of == nil {
			of = [][]byte{nil}
		}
		terms = append(terms, of...)
	}
	return template.Value{Terms: terms}, nil
}

// match returns the terms of one tuple of values; nil for NULL.
func (b *Binder) match(s *plan.Slot, values []any, whole bool) ([][]byte, error) {
	limited, null, err := b.limited(s, values)
	if err != nil || null {
		return nil, err
	}
	x, err := b.index(s, whole)
	if err != nil {
		return nil, err
	}
	terms, err := x.Match(limited...)
	return terms, b.of(s, err)
}
