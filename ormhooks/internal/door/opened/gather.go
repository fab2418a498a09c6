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
	g := r.Gather()
	next = r.Ahead(next, next)
	stored := make([]driver.Value, r.Width())
	for n := 0; ; n++ {
		switch err := next(stored); {
		case err == io.EOF:
			return g.Rows()
		case err != nil:
			return nil, err
		case n == r.config.MaxRows:
			return nil, r.TooMany()
		}
		if _, err := g.Add(stored, 0, nil); err != nil {
			return nil, err
		}
	}
}

// TooMany is the error of more rows than may be gathered.
func (r *Reader) TooMany() error {
	return &ormhooks.TooManyRowsError{Clause: r.finish.Clause, Column: r.finish.Column, Most: r.config.MaxRows}
}

// A Gathering is rows that are brought together, to be finished when there are no more.
type Gathering struct {
	r      *Reader
	f      *finish.Finisher
	stored []driver.Value
}

// Gather begins to gather rows.
func (r *Reader) Gather() *Gathering {
	return &Gathering{r: r, f: finish.New(r.dialect, r.finish, len(r.visible))}
}

// Add takes a row as the server delivered it, if the caller is to see it and fits says so of its value
// at a position; nil takes all. It reports whether the row was taken.
func (g *Gathering) Add(stored []driver.Value, at int, fits func(value any) (bool, error)) (bool, error) {
	if err := g.r.opener.Context.Err(); err != nil {
		return false, err
	}
	shown := make([]driver.Value, len(g.r.visible))
	seen, err := g.r.Open(stored, shown)
	if err != nil || !seen {
		return false, err
	}
	g.stored = stored
	if fits != nil {
		v, err := g.get(at)
		if err == nil {
			seen, err = fits(v)
		}
		if err != nil || !seen {
			return false, err
		}
	}
	return true, g.f.Add(g.get, shown)
}

// AddUp takes a row that stands for several, as the database has grouped them: it begins with the columns of the
// result. of tells what a result of the finish is of them.
func (g *Gathering) AddUp(stored []driver.Value, of func(result int) finish.Partial) error {
	shown := make([]driver.Value, len(g.r.visible))
	for i, at := range g.r.visible {
		shown[i] = stored[at]
	}
	g.stored = stored
	return g.f.AddUp(func(at int) (any, error) { return stored[at], nil }, shown, of)
}

// Rows returns what the caller sees.
func (g *Gathering) Rows() ([][]driver.Value, error) { return g.f.Rows(g.r.call.Ends) }

// get is a finish.Get of the row at hand.
func (g *Gathering) get(at int) (any, error) {
	if g.r.out.Columns[at].Column == nil {
		return g.stored[at], nil
	}
	v, err := g.r.column(at, g.stored)
	if err == nil {
		v, err = g.r.typed(at, v)
	}
	return v, err
}
