package opened

import (
	"database/sql/driver"

	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
)

// passes reports whether a row holds what it was found by.
func (r *Reader) passes(number int, stored []driver.Value) (bool, error) {
	f := &r.out.Filters[number]
	origin := &r.out.Origins[f.Origin]
	wanted := &r.call.Wanted[number]
	if wanted.Matches != nil {
		mine, err := r.opener.Within(origin, &r.rows[f.Origin], stored, wanted.Scope, wanted.Unscoped)
		if err != nil || !mine {
			return false, err
		}
	}
	values := make([]any, len(f.At))
	for i, at := range f.At {
		v, err := r.column(at, stored)
		if err != nil {
			return false, err
		}
		if values[i], err = r.typed(at, v); err != nil {
			return false, err
		}
	}
	if r.rows[f.Origin].Destroyed { // nobody knows any more what it held
		return false, nil
	}
	if wanted.Matches != nil {
		return wanted.Matches(values[0])
	}
	return r.holds(f, wanted.Terms, values, stored)
}

// holds reports whether a row's values have one of the terms.
func (r *Reader) holds(f *plan.Filter, terms [][]byte, values []any, stored []driver.Value) (bool, error) {
	origin, x := &r.out.Origins[f.Origin], f.Slots[0].Index
	path, err := r.opener.Scope(origin, &r.rows[f.Origin], stored)
	if err != nil {
		return false, err
	}
	short := x.Short() // rows that were found by chance are told by whole terms
	maker, err := r.opener.Keys.Index(origin.Table, path, x)
	if short {
		maker, err = r.opener.Keys.Whole(origin.Table, path, x)
	}
	if err != nil {
		return false, err
	}
	for _, term := range terms {
		if term == nil {
			continue
		}
		holds, err := maker.Holds(term, values...)
		if err != nil {
			return false, &ormhooks.ColumnError{Table: origin.Table.Name, Column: x.Hidden(), Err: err}
		}
		if holds {
			return true, nil
		}
	}
	if short {
		return false, nil
	}
	return false, &ormhooks.CellError{Table: origin.Table.Name, Column: x.Hidden(), Row: r.number, Err: ormhooks.ErrTerm}
}
