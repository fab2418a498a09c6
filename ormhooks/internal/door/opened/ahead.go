package opened

import (
	"database/sql/driver"
	"slices"
)

// A source that gives single rows is asked for many at once, so rows are read before the first of
// them is opened: 1, then 10, 100 and maxAhead at a time. Whoever looks at the first row alone has the
// keys of no others asked for, which are counted there.
const maxAhead = 250

// Ahead returns what next reads, in the same order, after the keys of the rows were asked for. Where
// keys come from no row source it is next itself; where they do, kept is read in its place, whose
// values must stay what they are.
func (r *Reader) Ahead(next, kept func(stored []driver.Value) error) func(stored []driver.Value) error {
	if !r.opener.Keys.ByRow() {
		return next
	}
	var rows [][]driver.Value
	var end error
	window := 1
	return func(stored []driver.Value) error {
		if len(rows) == 0 && end == nil {
			for len(rows) < window && end == nil {
				if end = kept(stored); end == nil {
					rows = append(rows, slices.Clone(stored))
				}
			}
			window = min(10*window, maxAhead)
			if err := r.Expect(rows); err != nil {
				return err
			}
		}
		if len(rows) == 0 {
			return end
		}
		copy(stored, rows[0])
		rows = rows[1:]
		return nil
	}
}

// Expect says which rows are opened next, so that all their keys are asked for at once. What is wrong
// with a row it leaves to Open.
func (r *Reader) Expect(rows [][]driver.Value) error {
	if !r.opener.Keys.ByRow() {
		return nil
	}
	for _, stored := range rows {
		for i := range r.rows {
			r.rows[i].Reset()
		}
		for at := range r.out.Columns {
			if o := &r.out.Columns[at]; o.Column != nil && stored[at] != nil {
				r.opener.Want(&r.out.Origins[o.Origin], &r.rows[o.Origin], o.Column, stored)
			}
		}
	}
	return r.opener.Keys.Fetch()
}
