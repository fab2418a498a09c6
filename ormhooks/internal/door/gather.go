package door

import (
	"database/sql/driver"
	"io"
	"slices"
	"strconv"

	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/door/convert"
	"github.com/cellseal/cellseal/ormhooks/internal/door/finish"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
)

// DefaultMaxRows is Config.MaxRows where it is not given.
const DefaultMaxRows = 100_000

// bounded puts the number of rows that are read at most into a text.
func (st *Statement) bounded(text plan.Text) plan.Text {
	for i, p := range text {
		if p.Slot != nil && p.Slot.Kind == plan.Most {
			text = slices.Clone(text)
			text[i] = plan.Piece{SQL: strconv.Itoa(st.door.MaxRows + 1)}
		}
	}
	return text
}

func (st *Statement) key(k plan.Key) {
	if k.Column != nil && !slices.Contains(st.keys, k.At) {
		st.keys = append(st.keys, k.At)
	}
}

// Computed returns the positions of plain columns whose values the finish of the result works with,
// and does not just hand on.
func (st *Statement) Computed() (all []int) {
	f := st.Plan.Finish
	if f == nil {
		return nil
	}
	for _, k := range f.By {
		all = append(all, k.Rank)
	}
	for _, r := range f.Results {
		all = append(all, r.Rank)
		if r.Func == plan.Sum || r.Func == plan.Avg {
			all = append(all, r.At)
		}
	}
	return all
}

// Finishes reports whether the rows are to be gathered and finished, by Finish.
func (r *Reader) Finishes() bool { return r.st.Plan.Finish != nil }

// Type is Reader.Type.
func (st *Statement) Type(visible int) *convert.LogicalType {
	if f := st.Plan.Finish; f != nil {
		if l := finish.Type(st.door.Dialect, f.Results[visible]); l != nil {
			return l
		}
	}
	c := st.Plan.Out.Columns[st.visible[visible]].Column
	if c == nil {
		return nil
	}
	l := convert.Logical(st.door.Dialect, c)
	return &l
}

// Finish reads all rows, as next gives them until io.EOF, and returns what the caller sees of
// them: sorted, grouped and cut. next's values must stay what they are.
func (r *Reader) Finish(next func(stored []driver.Value) error) ([][]driver.Value, error) {
	d := r.st.door
	f := finish.New(d.Dialect, r.st.Plan.Finish, len(r.st.visible))
	stored := make([]driver.Value, r.Width())
	get := func(at int) (any, error) {
		if r.out.Columns[at].Column == nil {
			return stored[at], nil
		}
		v, err := r.column(at, stored)
		if err == nil {
			v, err = r.typed(at, v)
		}
		return v, err
	}
	for n := 0; ; n++ {
		switch err := next(stored); {
		case err == io.EOF:
			return f.Rows(r.call.count, r.call.offset)
		case err != nil:
			return nil, err
		case n == d.MaxRows:
			return nil, &ormhooks.TooManyRowsError{Clause: r.st.Plan.Finish.Clause, Column: r.st.Plan.Finish.Column, Most: n}
		}
		if err := r.opener.Context.Err(); err != nil {
			return nil, err
		}
		shown := make([]driver.Value, len(r.st.visible))
		seen, err := r.Open(stored, shown)
		if err == nil && seen {
			err = f.Add(get, shown)
		}
		if err != nil {
			return nil, err
		}
	}
}

// number returns what LIMIT or OFFSET gives, or else if it is not there.
func (b *binder) number(v plan.Value, or int64) (int64, error) {
	if v.Kind == 0 {
		return or, nil
	}
	given, err := b.value(v)
	if err != nil {
		return 0, err
	}
	return convert.Count(b.st.door.Dialect, given, or)
}
