package reseal

import (
	"context"
	"database/sql/driver"
	"slices"

	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/internal/door"
	"github.com/cellseal/cellseal/ormhooks/internal/door/row"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/reseal/internal/under"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// A walk reads the table's rows in the order of their key, a batch at a time, and opens what
// the index is on.
type walk struct {
	r            *rotation
	s            *state
	live         *catalog.Pin
	building     *catalog.Pin // or nil
	limit        int
	last         []any // the key of the last row that was read
	columns      []string
	origin       plan.Origin
	cells        []int // positions of the index's columns
	tokens       []int // and of what stands beside them, or -1
	oldAt, newAt int
}

// A found is a row as it is, and the terms that it should have.
type found struct {
	key             Key
	old, new        []byte // stored; nil for NULL
	present, wanted []byte // under the live pin's key, and under the new one
}

// walk returns a walk over all rows.
func (r *rotation) walk(s *state, live, building *catalog.Pin) *walk {
	w := &walk{r: r, s: s, live: live, building: building, limit: r.o.Batch}
	for _, c := range s.key {
		w.column(c)
	}
	w.origin = plan.Origin{Table: r.table, Bound: map[string]int{}, Scope: -1, RowKey: -1}
	for _, c := range r.index.Protected() {
		for _, logical := range c.Bind.Columns {
			w.origin.Bound[logical] = w.column(r.table.Column(logical).Name)
		}
		if c.Bind.Kind == schema.BindRowKey {
			w.origin.RowKey = w.column(schema.RowKeyColumn)
		}
	}
	if scope := r.table.Scope.Column; scope != "" {
		w.origin.Scope = w.column(r.table.Column(scope).Name)
	}
	for _, c := range r.index.Protected() {
		w.cells = append(w.cells, w.column(c.Name))
		token := -1
		if h := c.Hidden(); h != "" {
			token = w.column(h)
		}
		w.tokens = append(w.tokens, token)
	}
	w.oldAt, w.newAt = w.column(live.Column), -1
	if building != nil {
		w.newAt = w.column(building.Column)
	}
	return w
}

// column returns the position of a column in the rows that are read.
func (w *walk) column(name string) int {
	if at := slices.Index(w.columns, name); at >= 0 {
		return at
	}
	w.columns = append(w.columns, name)
	return len(w.columns) - 1
}

// next returns the next rows, none at the end.
func (w *walk) next(ctx context.Context) ([]found, error) {
	rows, err := w.read(ctx)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	var all []found
	err = codec.Reloading(ctx, w.r.door.Source, func() error {
		all = nil
		opener := row.Opener{Context: ctx, Keys: codec.NewKeys(ctx, w.r.door.Source)}
		for number, stored := range rows {
			f := found{key: w.keyOf(stored), old: under.Bytes(stored[w.oldAt])}
			if w.newAt >= 0 {
				f.new = under.Bytes(stored[w.newAt])
			}
			if err := w.terms(&opener, stored, number, &f); under.Destroyed(err) {
				f.present, f.wanted = f.old, f.new // nothing is known of its value: it stays as it is
			} else if err != nil {
				return &RowError{w.r.table.Name, w.r.index.Hidden(), f.key, err}
			}
			all = append(all, f)
		}
		return nil
	})
	if err == nil {
		w.last = all[len(all)-1].key.Values
	}
	return all, err
}

// terms works out the terms of the row's value.
func (w *walk) terms(o *row.Opener, stored []driver.Value, number int, f *found) error {
	var at row.State
	r := w.r
	values := make([]any, len(w.cells))
	for i, c := range r.index.Protected() {
		var err error
		if values[i], err = o.Open(&w.origin, &at, c, w.cells[i], w.tokens[i], stored, number); err != nil {
			return err
		}
		if values[i] == nil { // NULL has no term
			return nil
		}
	}
	path, err := o.Scope(&w.origin, &at, stored)
	if err != nil {
		return err
	}
	for key, into := range map[uint32]*[]byte{w.live.Key: &f.present, r.key: &f.wanted} {
		if key == 0 { // only pinned
			continue
		}
		x, err := o.Keys.IndexUnder(r.table, path, r.index, key)
		if err == nil {
			*into, err = x.Term(values...)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// read reads the next rows. Without NULL in a key, its order is complete.
func (w *walk) read(ctx context.Context) (rows [][]driver.Value, err error) {
	r := w.r
	s := r.statement("SELECT " + r.list(w.columns) + " FROM " + r.quote(w.s.Table.Name))
	if w.last != nil {
		s.SQL(" WHERE ")
		s.After(w.s.key, w.last)
	}
	// As an argument, so that MySQL's driver prepares the statement, and delivers numbers as such.
	s.SQL(" ORDER BY " + r.list(w.s.key) + " LIMIT ").Value(int64(w.limit))
	err = r.below(ctx, func(b door.Base) error {
		result, err := b.Query(ctx, s.Text, s.Args)
		if err == nil {
			rows = result.Rows
		}
		return err
	})
	return rows, err
}

func (r *rotation) list(columns []string) string { return under.List(r.door.Dialect, columns) }

func (w *walk) keyOf(stored []driver.Value) Key { return w.r.keyOf(w.s, stored) }

// keyOf returns the key that a row begins with.
func (r *rotation) keyOf(s *state, stored []driver.Value) Key {
	k := Key{Columns: s.key}
	for i, name := range s.key {
		k.Values = append(k.Values, s.Given(r.door.Dialect, name, stored[i]))
	}
	return k
}
