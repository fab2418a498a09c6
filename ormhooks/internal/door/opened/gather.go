package opened

import (
	"database/sql/driver"
	"io"

	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/door/finish"
)

// Finishes reports whether the rows are to be gathered and finished, by Finish.
func (r *Reader) Finishes() bool { return r.finish != nil }

// Finish reads all rows, as next gives them until io.EOF, and returns what the caller sees of
// them: sorted, grouped and cut. next's values must stay what they are.
func (r *Reader) Finish(next func(stored []driver.Value) error) ([][]driver.Value, error) {
	f := finish.New(r.dialect, r.finish, len(r.visible))
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
			return f.Rows(r.call.Ends)
		case err != nil:
			return nil, err
		case n == r.config.MaxRows:
			return nil, &ormhooks.TooManyRowsError{Clause: r.finish.Clause, Column: r.finish.Column, Most: n}
		}
		if err := r.opener.Context.Err(); err != nil {
			return nil, err
		}
		shown := make([]driver.Value, len(r.visible))
		seen, err := r.Open(stored, shown)
		if err == nil && seen {
			err = f.Add(get, shown)
		}
		if err != nil {
			return nil, err
		}
	}
}
