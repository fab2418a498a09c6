package sum_test

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/search/internal/searchtest"
	"github.com/cellseal/cellseal/search/sum"
)

// steps multiplies how long the oracle runs.
func steps() int {
	if n, err := strconv.Atoi(os.Getenv("CELLSEAL_TEST_STEPS")); err == nil && n > 0 {
		return n
	}
	return 1
}

// world is a table with the values beside what is stored of them.
type world struct {
	db   testdb.DB
	x    *sum.Index
	next int
	r    *rand.Rand
}

func (w *world) value() int64 {
	v := w.r.Int64N(2*sum.DefaultBound+1) - sum.DefaultBound
	return v >> w.r.IntN(37)
}

// put writes rows of one group, in place of those of the same ids.
func (w *world) put(tx *sql.Tx, ids []int, clinic any) error {
	group, err := w.x.Group(clinic)
	if err != nil {
		return err
	}
	n, err := w.x.Next(context.Background(), searchtest.Conn{On: tx}, group, len(ids))
	if err != nil {
		return err
	}
	for i, id := range ids {
		v := w.value()
		c, err := w.x.Encrypt(group, n+int64(i), v)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(w.db.SQL("DELETE FROM invoices WHERE id = ?"), id); err != nil {
			return err
		}
		if _, err := tx.Exec(w.db.SQL("INSERT INTO invoices (id, clinic, day, cell, amount__n, amount__sum) VALUES (?, ?, ?, ?, ?, ?)"), id, clinic, id%7, v, n+int64(i), c); err != nil {
			return err
		}
	}
	return nil
}

// step is one transaction: inserts, updates (which may move a row to another group), deletes or a
// NULL, sometimes rolled back.
func (w *world) step(t *testing.T) {
	tx, err := w.db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	old := func() int { return w.r.IntN(w.next + 1) }
	var clinic any = w.r.IntN(3)
	if w.r.IntN(10) == 0 {
		clinic = nil
	}
	next := w.next
	switch w.r.IntN(8) {
	case 0, 1, 2, 3:
		var ids []int
		for range 1 + w.r.IntN(12) {
			next++
			ids = append(ids, next)
		}
		require.NoError(t, w.put(tx, ids, clinic))
	case 4, 5:
		require.NoError(t, w.put(tx, []int{old()}, clinic))
	case 6:
		_, err = tx.Exec(w.db.SQL("DELETE FROM invoices WHERE id = ?"), old())
	case 7:
		_, err = tx.Exec(w.db.SQL("UPDATE invoices SET cell = NULL, amount__n = NULL, amount__sum = NULL WHERE id = ?"), old())
	}
	require.NoError(t, err)
	if w.r.IntN(5) == 0 {
		require.NoError(t, tx.Rollback())
		return
	}
	require.NoError(t, tx.Commit())
	w.next = next
}

// check compares sums by group with those of the values in clear.
func (w *world) check(t *testing.T, where string, args ...any) {
	t.Helper()
	type total struct{ rows, sum int64 }
	want, have := map[any]total{}, map[any]total{}
	filter := " WHERE cell IS NOT NULL"
	if where != "" {
		filter += " AND (" + where + "\n)"
	}
	truth, err := searchtest.Conn{On: w.db}.Query(t.Context(), w.db.SQL("SELECT clinic, cell FROM invoices"+filter), args...)
	require.NoError(t, err)
	for _, r := range truth {
		g := want[r[0]]
		want[r[0]] = total{g.rows + 1, g.sum + r[1].(int64)}
	}
	totals, err := w.x.Sum(t.Context(), searchtest.Conn{On: w.db}, invoices, w.db.SQL(where), args...)
	require.NoError(t, err)
	for _, g := range totals {
		have[g.Group[0]] = total{g.Rows, g.Sum}
	}
	require.Equal(t, want, have)
}

// Whatever was inserted, changed, moved, deleted and rolled back, under however many keys: sums are
// those of the values.
func TestSumsAreThoseOfTheValues(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		ring := searchtest.NewRing(t)
		w := &world{db: db, x: byClinic(t, ring, db), r: rand.New(rand.NewPCG(1, 7))}
		create(t, db, w.x, invoices)
		w.check(t, "")
		for i := range 100 * steps() {
			if i%40 == 39 {
				ring = searchtest.Rotated(t, ring)
				w.x = byClinic(t, ring, db)
			}
			w.step(t)
			if i%5 == 0 {
				w.check(t, "")
				w.check(t, "day < ?", w.r.IntN(8))
				w.check(t, "day = ? OR id > ? -- a comment", 3, w.next-20)
				w.check(t, "1 = 0")
			}
		}
	})
}

// Writers of the same groups at once never get the same number, and leave no gap.
func TestConcurrentWriters(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		ring := searchtest.NewRing(t)
		x := byClinic(t, ring, db)
		create(t, db, x, invoices)
		const writers, each = 8, 12
		var wg sync.WaitGroup
		for g := range writers {
			wg.Go(func() {
				w := &world{db: db, x: byClinic(t, ring, db), r: rand.New(rand.NewPCG(2, uint64(g)))}
				for i := range each * steps() {
					if err := w.insert(g*1000000+i, i%3); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
		w := &world{db: db, x: x}
		w.check(t, "")
		rows, err := searchtest.Conn{On: db}.Query(t.Context(), x.Totals(invoices, ""))
		require.NoError(t, err)
		require.Len(t, rows, 3)
		for _, values := range rows {
			r, err := x.Row(values)
			require.NoError(t, err)
			require.Equal(t, r.Count, r.Run.Rows(), "numbers without a gap, rollbacks notwithstanding")
		}
	})
}

// insert writes a row, after a transaction that took numbers and was rolled back. Where the writer
// that begins a group rolls back, those that wait for it may deadlock in MySQL, which asks to try
// again.
func (w *world) insert(id, clinic int) error {
	for _, commit := range []bool{false, true} {
		err := w.try(id, clinic, commit)
		for deadlock := new(mysql.MySQLError); errors.As(err, &deadlock) && deadlock.Number == 1213; {
			err = w.try(id, clinic, commit)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *world) try(id, clinic int, commit bool) error {
	tx, err := w.db.Begin()
	if err != nil {
		return err
	}
	if err = w.put(tx, []int{id}, clinic); err != nil || !commit {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}
