package under

import (
	"database/sql/driver"
	"iter"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/door/row"
	"github.com/cellseal/cellseal/ormhooks/internal/door/summed"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search/sum"
)

// A Sum is a running sum, with the positions of what it stores and of the columns that it is kept by.
type Sum struct {
	Index      *schema.Index
	cell       int // in Reader.Cells
	at, masked int
	by         []int
}

func (r *Reader) sums(of *schema.Table) {
	for _, x := range of.Sums {
		s := Sum{Index: x, at: r.column(x.Numbers()), masked: r.column(x.Hidden())}
		for i, c := range r.Cells {
			if c.Column == x.Protected()[0] {
				s.cell = i
			}
		}
		for _, c := range x.Groups() {
			s.by = append(s.by, r.column(c.Name))
		}
		r.Sums = append(r.Sums, s)
	}
}

// Unnumbered reports whether a row holds a value and no number for it.
func (r *Reader) Unnumbered(s Sum, stored []driver.Value) bool {
	return stored[s.at] == nil && !r.Stored(r.Cells[s.cell], stored).Null()
}

// Lacks yields the columns of indexes, each with what reports whether a row holds values and nothing in it.
func (r *Reader) Lacks() iter.Seq2[string, func(stored []driver.Value) bool] {
	return func(yield func(string, func([]driver.Value) bool) bool) {
		for _, t := range r.Terms {
			if !yield(t.Column, func(stored []driver.Value) bool { return r.Missing(t, stored) }) {
				return
			}
		}
		for _, s := range r.Sums {
			if !yield(s.Index.Numbers(), func(stored []driver.Value) bool { return r.Unnumbered(s, stored) }) {
				return
			}
		}
	}
}

// added reports whether a row's value is added up as it would be if it were written now.
func (r *Reader) added(o *row.Opener, at *row.State, path []keys.Label, s Sum, stored []driver.Value) (bool, error) {
	c := r.Cells[s.cell]
	value, err := o.Open(&r.origin, at, c.Column, c.at, c.hidden, stored, 0)
	if err != nil {
		return false, err
	}
	if value == nil || stored[s.at] == nil || stored[s.masked] == nil {
		return value == nil && stored[s.at] == nil && stored[s.masked] == nil, nil
	}
	places := summed.Places{Dialect: r.door.Dialect, Keys: o.Keys}
	place, err := places.Of(r.of, s.Index, path, func(i int, _ *schema.Column) (any, error) { return stored[s.by[i]], nil })
	if err != nil {
		return false, err
	}
	n, err := sum.Mod64(stored[s.at])
	if err != nil {
		return false, err
	}
	masked, err := sum.Mod64(stored[s.masked])
	if err != nil {
		return false, err
	}
	d, err := o.Keys.Listed(r.of, path, s.Index)
	if err != nil {
		return false, err
	}
	holds, err := place.Masks(int64(n), int64(masked), d.PrimaryID(), value)
	if err != nil {
		err = &ormhooks.ColumnError{Table: r.of.Name, Column: s.Index.Hidden(), Err: err}
	}
	return holds, err
}
