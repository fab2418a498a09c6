package reseal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/ddl"
	"github.com/cellseal/cellseal/ormhooks/internal/door"
	"github.com/cellseal/cellseal/ormhooks/reseal/internal/under"
)

// passes is how often the table is gone through before it is given up. Two do if everybody
// keeps to the lease: one that fills, and one that finds nothing more to do.
const passes = 6

// fill gives every row its new term, and the new column its constraint. The last pass begins when
// the constraint is there, for whose sake the server has waited for all transactions that wrote
// before: what they wrote is seen then.
func (r *rotation) fill(ctx context.Context, s *state) error {
	want := ddl.TermIndex(r.table, r.index, s.building.Column)
	indexed := s.HasUnique(want)
	wrong, stage := 0, Filling
	if indexed {
		stage = Verifying
	}
	var failed error // why there is no constraint yet, or a row without its term
	for pass := range passes {
		var err error
		if wrong, failed, err = r.pass(ctx, s, stage); err != nil {
			return err
		}
		if indexed && wrong == 0 {
			return nil
		}
		if indexed {
			continue
		}
		if failed, err = r.duplicates(ctx, s, want); err != nil {
			return err
		}
		if failed == nil {
			r.tell(Progress{Stage: Indexing})
			failed, err = r.constrain(ctx, s, want)
		}
		if err != nil {
			return err
		}
		if indexed = failed == nil; indexed {
			stage = Verifying
		} else if wrong == 0 && pass > 0 {
			return failed // and will not go away by itself
		}
	}
	if failed != nil {
		return failed
	}
	return &UnsettledError{r.table.Name, r.index.Hidden(), wrong}
}

// constrain creates the constraint. failed says why the server refused, which it does in MySQL even
// if a duplicate was refused by the old one while the new one was being made.
func (r *rotation) constrain(ctx context.Context, s *state, want ddl.Index) (failed, err error) {
	if err := r.dropUnique(ctx, s, s.building.Column); err != nil { // one that was not finished
		return nil, err
	}
	if failed = r.createUnique(ctx, s, s.building.Column); failed == nil || ctx.Err() != nil {
		return nil, failed
	}
	now, err := r.look(ctx) // PostgreSQL leaves one behind that is not valid
	if err != nil {
		return nil, err
	}
	s.Indexes = now.Indexes
	if dup, err := r.duplicates(ctx, s, want); dup != nil || err != nil {
		return dup, err
	}
	return failed, nil
}

// pass goes through all rows. wrong counts those that lacked the new term; failed is a duplicate
// that was met, unless the row that it is of was stale itself.
func (r *rotation) pass(ctx context.Context, s *state, stage Stage) (wrong int, failed, err error) {
	p := Progress{Stage: stage}
	w := r.walk(s, s.live, s.building)
	for {
		batch, err := w.next(ctx)
		if err != nil {
			return 0, nil, err
		}
		for _, f := range batch {
			if err := r.trust(f); err != nil {
				return 0, nil, err
			}
			if bytes.Equal(f.new, f.wanted) {
				continue
			}
			p.Wrote++
			if err := r.write(ctx, s, f); err != nil {
				dup, other := r.holders(ctx, s, f)
				if dup == nil {
					return 0, nil, errors.Join(err, other)
				}
				failed = dup
			}
		}
		if len(batch) == 0 {
			return p.Wrote, failed, nil
		}
		p.Rows += len(batch)
		r.tell(p)
	}
}

// trust makes sure that the row's present term is of its value: what is made of the value alone
// would find what was not to be found, or miss what was.
func (r *rotation) trust(f found) error {
	switch {
	case bytes.Equal(f.old, f.present):
		return nil
	case f.old == nil:
		return &RowError{r.table.Name, r.index.Hidden(), f.key, errors.New("it has a value and no term, so it is not found: write the value again through the door, then rotate again")}
	}
	return &RowError{r.table.Name, r.index.Hidden(), f.key, ormhooks.ErrTerm}
}

// write gives a row its new term, if it has its old one still: else somebody has written it
// meanwhile, and the new term too.
func (r *rotation) write(ctx context.Context, s *state, f found) error {
	update := r.statement("UPDATE " + r.quote(s.Table.Name) + " SET " + r.quote(s.building.Column) + " = ")
	if f.wanted == nil {
		update.SQL("NULL")
	} else {
		update.Value(f.wanted)
	}
	update.SQL(" WHERE ").Row(f.key.Columns, f.key.Values).SQL(" AND ").Equals(s.live.Column, f.old)
	return r.below(ctx, func(b door.Base) error {
		_, err := b.Exec(ctx, update.Text, update.Args)
		if err != nil {
			err = fmt.Errorf("cellseal: %s.%s: filling row %s: %w", r.table.Name, s.building.Column, f.key, err)
		}
		return err
	})
}

// holders returns the rows that hold the same new term, if the row is not alone with it.
func (r *rotation) holders(ctx context.Context, s *state, f found) (dup, err error) {
	q := r.statement("SELECT "+r.list(s.key)+" FROM "+r.quote(s.Table.Name)+" WHERE ").Equals(s.building.Column, f.wanted)
	others, err := r.rows(ctx, s, q)
	others = slices.DeleteFunc(others, func(k Key) bool { return k.String() == f.key.String() })
	if len(others) == 0 || f.wanted == nil {
		return nil, err
	}
	return &DuplicateError{r.table.Name, r.index.Hidden(), append([]Key{f.key}, others...)}, nil
}

// duplicates looks for what the constraint would refuse.
func (r *rotation) duplicates(ctx context.Context, s *state, want ddl.Index) (dup, err error) {
	where := ""
	if want.Where != "" {
		where = " AND (" + want.Where + ")"
	}
	var known []string
	for _, c := range want.Columns {
		known = append(known, r.quote(c)+" IS NOT NULL")
	}
	list, from := r.list(want.Columns), " FROM "+r.quote(s.Table.Name)+" WHERE "
	first := r.statement("SELECT " + list + from + strings.Join(known, " AND ") + where + " GROUP BY " + list + " HAVING COUNT(*) > 1 LIMIT ").Value(int64(1))
	var rows []Key
	err = r.below(ctx, func(b door.Base) error {
		found, err := b.Query(ctx, first.Text, first.Args)
		if err != nil || len(found.Rows) == 0 {
			return err
		}
		q := r.statement("SELECT " + r.list(s.key) + from)
		for i, c := range want.Columns {
			if i > 0 {
				q.SQL(" AND ")
			}
			q.Equals(c, s.Given(r.door.Dialect, c, found.Rows[0][i]))
		}
		rows, err = r.keysOf(ctx, b, s, q.SQL(where))
		return err
	})
	if err != nil || len(rows) < 2 { // changed in between
		return nil, err
	}
	return &DuplicateError{r.table.Name, r.index.Hidden(), rows}, nil
}

func (r *rotation) rows(ctx context.Context, s *state, q *under.Statement) (keys []Key, err error) {
	err = r.below(ctx, func(b door.Base) error {
		keys, err = r.keysOf(ctx, b, s, q)
		return err
	})
	return keys, err
}

// keysOf returns the keys of the first rows that a query finds.
func (r *rotation) keysOf(ctx context.Context, b door.Base, s *state, q *under.Statement) (keys []Key, err error) {
	q.SQL(" ORDER BY " + r.list(s.key) + " LIMIT ").Value(int64(10))
	found, err := b.Query(ctx, q.Text, q.Args)
	if err != nil {
		return nil, err
	}
	for _, stored := range found.Rows {
		keys = append(keys, r.keyOf(s, stored))
	}
	return keys, nil
}

// clear takes the terms from a column that nobody writes any more.
func (r *rotation) clear(ctx context.Context, s *state, column string) error {
	p := Progress{Stage: Dropping}
	var last []any
	for {
		q := r.statement("SELECT " + r.list(s.key) + " FROM " + r.quote(s.Table.Name) + " WHERE " + r.quote(column) + " IS NOT NULL")
		if last != nil {
			q.SQL(" AND (")
			q.After(s.key, last)
			q.SQL(")")
		}
		batch, err := r.rows(ctx, s, q)
		if err != nil || len(batch) == 0 {
			return err
		}
		err = r.below(ctx, func(b door.Base) error {
			for _, k := range batch {
				update := r.statement("UPDATE "+r.quote(s.Table.Name)+" SET "+r.quote(column)+" = NULL WHERE ").Row(k.Columns, k.Values)
				if _, err := b.Exec(ctx, update.Text, update.Args); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		last = batch[len(batch)-1].Values
		p.Rows, p.Wrote = p.Rows+len(batch), p.Wrote+len(batch)
		r.tell(p)
	}
}
