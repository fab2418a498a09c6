package opened

import (
	"bytes"
	"database/sql/driver"

	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/search"
)

// A pair is two columns whose values are equal because rows were joined by them. It compares values and
// not tokens, for which it would need the index keys.
type pair struct {
	plan.Pair
	values *search.Normalizer
}

func pairs(out *plan.Output) (all []pair) {
	for _, p := range out.Pairs {
		x := p.X.Index
		values, err := search.NewNormalizer(x.Label(), x.Kind, x.Options().Types...)
		if err != nil {
			panic(err.Error()) // the schema has made one
		}
		all = append(all, pair{p, values})
	}
	return all
}

// alike makes sure that a row was joined by equal values.
func (r *Reader) alike(p *pair, stored []driver.Value) error {
	x, err := r.compared(p, p.X, stored)
	if err != nil {
		return err
	}
	y, err := r.compared(p, p.Y, stored)
	switch {
	case err != nil:
		return err
	case r.destroyed(p.X) || r.destroyed(p.Y):
		return nil
	case p.Outer && (x == nil || y == nil), x != nil && y != nil && bytes.Equal(x, y):
		return nil
	}
	return &ormhooks.CellError{Table: r.table(p.X.At).Name, Column: p.X.Index.Hidden(), Row: r.number, Err: ormhooks.ErrTerm}
}

func (r *Reader) destroyed(c plan.PairColumn) bool {
	return r.rows[r.out.Columns[c.At].Origin].Destroyed
}

// compared returns the bytes by which a column's value joins; nil is NULL.
func (r *Reader) compared(p *pair, c plan.PairColumn, stored []driver.Value) ([]byte, error) {
	v, err := r.column(c.At, stored)
	if err == nil {
		v, err = r.typed(c.At, v)
	}
	if err != nil {
		return nil, err
	}
	b, err := p.values.Compared(v)
	if err != nil {
		err = &ormhooks.ColumnError{Table: r.table(c.At).Name, Column: c.Index.Hidden(), Err: err}
	}
	return b, err
}
