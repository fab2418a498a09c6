package reseal_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/reseal"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
	"github.com/cellseal/cellseal/search"
)

// people has a column of every mode, and an index if it is wanted.
func people(indexed bool) schema.Table {
	t := schema.Table{
		Name: "people", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}},
		Columns: []*schema.Column{
			{Name: "id", Type: "int"},
			{Name: "email", Mode: schema.ModeSeal, Type: "varchar(100)"},
			{Name: "age", Mode: schema.ModeSeal, Type: "int", Nullable: true},
			{Name: "seen", Mode: schema.ModeSeal, Type: "timestamp(3)", Nullable: true},
			{Name: "notes", Mode: schema.ModeToken, Type: "bytes", Nullable: true},
			{Name: "pin", Mode: schema.ModeImprint, Type: "varchar(10)", Alphabet: cell.Digits, Nullable: true},
		},
	}
	if indexed {
		t.Indexes = []*schema.Index{{Kind: "exact", Columns: []search.Column{{Name: "email", Transforms: []search.Transform{search.Trim, search.Fold}}}}}
	}
	return t
}

func permissive(t testing.TB, p process, table schema.Table) process {
	t.Helper()
	s, err := schema.New(table)
	require.NoError(t, err)
	p.DB.DB = sql.OpenDB(sqlcell.WrapOptions(p.Connector, s, p.live, dialects[p.Dialect], &sqlcell.Options{Permissive: true}))
	t.Cleanup(func() { p.Close() })
	return p
}

// rotated returns a ring of which new keys are the primaries, and one in which the old are disabled.
func rotated(t testing.TB, r *keys.Ring) (both, only *keys.Ring, old uint32) {
	t.Helper()
	oldIndex := r.IndexKeys().Primary()
	both, index := added(t, r)
	ks, err := both.IndexKeys().Promote(index)
	require.NoError(t, err)
	both, err = both.WithIndexKeys(ks)
	require.NoError(t, err)
	old = r.CellKeys().Primary()
	ks, id, err := both.CellKeys().Add()
	require.NoError(t, err)
	ks, err = ks.Promote(id)
	require.NoError(t, err)
	both, err = both.WithCellKeys(ks)
	require.NoError(t, err)
	ks, err = ks.Disable(old)
	require.NoError(t, err)
	only, err = without(t, both, oldIndex, index).WithCellKeys(ks)
	require.NoError(t, err)
	return both, only, old
}

func rowsOf(t testing.TB, p process, o *reseal.RowsOptions) reseal.Report {
	t.Helper()
	report, err := reseal.Rows(ctx, p.DB.DB, "people", o)
	require.NoError(t, err)
	return report
}

func verified(t testing.TB, p process, table string) reseal.Report {
	t.Helper()
	report, err := reseal.Verify(ctx, p.DB.DB, table)
	require.NoError(t, err)
	return report
}

const person = "INSERT INTO people (id, email, age, seen, notes, pin) VALUES (?, ?, ?, ?, ?, ?)"

func TestRowsMoveToTheNewKeysUnderConcurrentWriters(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		create(t, db, people(true))
		now, _ := ring(t)
		p := newProcess(t, db, now, short, people(true))
		other := newProcess(t, db, now, short, people(true))
		const n = 120
		for i := 1; i <= n; i++ {
			var pin any
			if i%2 == 0 {
				pin = fmt.Sprintf("%06d", i)
			}
			p.Run(t, person, i, fmt.Sprintf("Person%d@Example.com", i), i, "2024-05-06 07:08:09.123", []byte{0, byte(i)}, pin)
		}
		both, only, old := rotated(t, now)
		p.live.Swap(both) // the other process has not promoted yet

		var last [n + 1]atomic.Int64
		var stop atomic.Bool
		var writers sync.WaitGroup
		for w := range 3 {
			writers.Go(func() {
				for round := int64(1); !stop.Load(); round++ {
					for i := w + 1; i <= n && !stop.Load(); i += 3 {
						if i%10 == 0 {
							continue // some are left alone
						}
						if !assert.NoError(t, other.try("UPDATE people SET email = ? WHERE id = ?", fmt.Sprintf("New%d-%d@example.com", i, round), i)) {
							return
						}
						last[i].Store(round)
					}
				}
			})
		}
		defer writers.Wait()
		defer stop.Store(true)
		wrote := 0
		begun := time.Now()
		for time.Since(begun) < time.Second || wrote <= n && time.Since(begun) < time.Minute { // a busy machine takes longer for its second pass
			report := rowsOf(t, p, &reseal.RowsOptions{Batch: 16})
			require.Equal(t, n, report.Rows)
			wrote += report.Wrote
		}
		require.Greater(t, wrote, n, "the others undo it meanwhile")
		other.live.Swap(both)
		stop.Store(true)
		writers.Wait()

		var told []int
		rowsOf(t, p, &reseal.RowsOptions{Batch: 50, Progress: func(r reseal.Report) { told = append(told, r.Rows) }})
		require.Equal(t, []int{50, 100, 120}, told)
		require.Zero(t, rowsOf(t, p, nil).Wrote, "all are right")
		report := verified(t, p, "people")
		require.Equal(t, n, report.Rows)
		require.Zero(t, report.Under(old))
		require.Equal(t, map[uint32]int{both.CellKeys().Primary(): n}, report.Columns[0].Keys)
		require.Equal(t, map[uint32]int{both.CellKeys().Primary(): n / 2}, report.Columns[4].Keys)
		p.live.Swap(only)
		for i := 1; i <= n; i++ {
			email := fmt.Sprintf("Person%d@Example.com", i)
			if round := last[i].Load(); round > 0 {
				email = fmt.Sprintf("New%d-%d@example.com", i, round)
			}
			var id, age int
			var got, seen string
			var notes []byte
			var pin sql.NullString
			row := p.QueryRow(p.SQL("SELECT id, email, age, seen, notes, pin FROM people WHERE email = ?"), email)
			require.NoError(t, row.Scan(&id, &got, &age, &seen, &notes, &pin), email)
			require.Equal(t, email, got)
			require.Equal(t, []int{i, i}, []int{id, age})
			require.Contains(t, seen, "07:08:09.123")
			require.Equal(t, []byte{0, byte(i)}, notes)
			require.Equal(t, i%2 == 0, pin.Valid)
			if pin.Valid {
				require.Equal(t, fmt.Sprintf("%06d", i), pin.String)
			}
		}
	})
}

// Rows has read the row when somebody else's change of it is not there yet.
func TestRowsWaitForWhoeverWritesTheRow(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		create(t, db, people(true))
		now, _ := ring(t)
		p := newProcess(t, db, now, short, people(true))
		p.Run(t, person, 1, "old@example.com", 1, nil, nil, nil)
		both, _, _ := rotated(t, now)
		writer := newProcess(t, db, now, short, people(true))
		p.live.Swap(both)
		tx, err := writer.Begin()
		require.NoError(t, err)
		defer tx.Rollback()
		_, err = tx.Exec(p.SQL("UPDATE people SET email = ? WHERE id = ?"), "new@example.com", 1)
		require.NoError(t, err)
		done := make(chan error)
		go func() {
			_, err := reseal.Rows(ctx, p.DB.DB, "people", nil)
			done <- err
		}()
		select {
		case err := <-done:
			t.Error("Rows has not waited", err)
			return
		case <-time.After(200 * time.Millisecond):
		}
		require.NoError(t, tx.Commit())
		require.NoError(t, <-done)
		var id int
		require.NoError(t, p.QueryRow(p.SQL("SELECT id FROM people WHERE email = ?"), "new@example.com").Scan(&id))
		require.Zero(t, rowsOf(t, p, nil).Wrote)
	})
}

func TestRowsFillAnIndexThatCameLater(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		create(t, db, people(false))
		now, _ := ring(t)
		before := newProcess(t, db, now, short, people(false))
		for i := 1; i <= 10; i++ {
			email := fmt.Sprintf("P%d@example.com", i)
			if i == 10 {
				email = "  " // of which nothing is left to look for
			}
			before.Run(t, person, i, email, nil, nil, nil, nil)
		}
		p := newProcess(t, db, now, short, people(true))
		_, err := reseal.Rows(ctx, p.DB.DB, "people", nil)
		require.ErrorContains(t, err, "cellseal: people: the database has no column email__eq")
		db.Run(t, "ALTER TABLE people ADD COLUMN email__eq "+db.Types.Term)
		require.Equal(t, []reseal.IndexReport{{Column: "email__eq", NoTerm: 10}}, verified(t, p, "people").Indexes)

		dying, cancel := context.WithCancel(ctx)
		report, err := reseal.Rows(dying, p.DB.DB, "people", &reseal.RowsOptions{Batch: 4, Progress: func(reseal.Report) { cancel() }})
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, 4, report.Wrote)
		require.Equal(t, 5, rowsOf(t, p, nil).Wrote, "it goes on where it was")
		require.Zero(t, rowsOf(t, p, nil).Wrote)
		require.Equal(t, []reseal.IndexReport{{Column: "email__eq", NoTerm: 1}}, verified(t, p, "people").Indexes)
		for i := 1; i < 10; i++ {
			var id int
			require.NoError(t, p.QueryRow(p.SQL("SELECT id FROM people WHERE email = ?"), fmt.Sprintf("p%d@example.com", i)).Scan(&id))
			require.Equal(t, i, id)
		}
	})
}

func TestRowsSealPlaintext(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		create(t, db, accounts())
		create(t, db, people(true))
		now, _ := ring(t)
		email := func(i int) []byte { return fmt.Appendf(nil, "Ä%d@example.com", i) }
		for i := 1; i <= 5; i++ {
			db.Run(t, insert, i, email(i))
			db.Run(t, "INSERT INTO people (id, email, age, seen) VALUES (?, ?, ?, ?)", i, email(i), fmt.Appendf(nil, "%d", i), []byte("2024-05-06 07:08:09"))
		}
		strict := map[string]process{"accounts": newProcess(t, db, now, short, accounts()), "people": newProcess(t, db, now, short, people(true))}
		for table, p := range strict {
			_, err := reseal.Rows(ctx, p.DB.DB, table, nil)
			var row *reseal.RowError
			var cellError *ormhooks.CellError
			require.ErrorAs(t, err, &row)
			require.ErrorAs(t, err, &cellError)
			require.Equal(t, "email", cellError.Column)
			require.Equal(t, "id=1", row.Row.String())
			require.Contains(t, err.Error(), "cellseal: "+table+": row id=1: ")
			report := verified(t, p, table)
			require.Equal(t, 5, report.Columns[0].NoCell)

			declared := map[string]schema.Table{"accounts": accounts(), "people": people(true)}[table]
			letting := permissive(t, p, declared)
			report, err = reseal.Rows(ctx, letting.DB.DB, table, nil)
			require.NoError(t, err)
			require.Equal(t, []int{5, 5}, []int{report.Rows, report.Wrote})
			report, err = reseal.Rows(ctx, p.DB.DB, table, nil)
			require.NoError(t, err)
			require.Zero(t, report.Wrote)
			report = verified(t, p, table)
			for _, c := range report.Columns {
				require.Zero(t, c.NoCell, c.Column)
			}
			require.Equal(t, 5, report.Under(now.CellKeys().Primary())/map[string]int{"accounts": 1, "people": 3}[table])
			require.Zero(t, report.Indexes[0].NoTerm)
			for i := 1; i <= 5; i++ {
				var id int
				require.NoError(t, p.QueryRow(p.SQL("SELECT id FROM "+table+" WHERE email = ?"), string(email(i))).Scan(&id))
				require.Equal(t, i, id)
			}
		}
		var age int
		var seen string
		require.NoError(t, strict["people"].QueryRow("SELECT age, seen FROM people WHERE id = 3").Scan(&age, &seen))
		require.Equal(t, 3, age)
		require.Contains(t, seen, "07:08:09")
	})
}

func TestRowsNameTheRowThatDoesNotOpen(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		create(t, db, people(false))
		now, _ := ring(t)
		p := newProcess(t, db, now, short, people(false))
		for i := 1; i <= 3; i++ {
			p.Run(t, person, i, "a@example.com", nil, nil, nil, nil)
		}
		both, _, _ := rotated(t, now)
		p.live.Swap(both)
		var moved []byte
		require.NoError(t, db.QueryRow("SELECT email FROM people WHERE id = 1").Scan(&moved))
		db.Run(t, "UPDATE people SET email = ? WHERE id = 2", moved)
		report, err := reseal.Rows(ctx, p.DB.DB, "people", nil)
		var row *reseal.RowError
		require.ErrorAs(t, err, &row)
		require.Equal(t, "id=2", row.Row.String())
		require.ErrorIs(t, err, cell.ErrDecrypt)
		require.Equal(t, 1, report.Wrote)
		for table, p := range map[string]process{"nobody": p, "people": {DB: db}} {
			_, err = reseal.Verify(ctx, p.DB.DB, table)
			require.Error(t, err)
			require.False(t, errors.As(err, &row))
		}
	})
}

func TestRowsKeepToThePinsOfAUniqueIndex(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		create(t, db, accounts())
		now, was := ring(t)
		p := newProcess(t, db, now, short, accounts())
		for i := 1; i <= 3; i++ {
			p.Run(t, insert, i, fmt.Sprintf("%d@example.com", i))
		}
		o := &reseal.Options{Settle: short}
		require.NoError(t, reseal.PinUnique(ctx, p.DB.DB, "accounts", "email__eq", o))
		next, key := added(t, now)
		p.live.Swap(next)
		require.NoError(t, reseal.RotateUnique(ctx, p.DB.DB, "accounts", "email__eq", key, o))
		p.live.Swap(without(t, next, was, key))
		db.Run(t, "UPDATE accounts SET email__eq2 = NULL WHERE id = 2")
		require.Equal(t, []reseal.IndexReport{{Column: "email__eq2", NoTerm: 1}}, verified(t, p, "accounts").Indexes)
		for _, wrote := range []int{1, 0} {
			report, err := reseal.Rows(ctx, p.DB.DB, "accounts", nil)
			require.NoError(t, err)
			require.Equal(t, wrote, report.Wrote)
		}
		p.findsAll(t)
	})
}

func TestRowsOfWhatTheApplicationSealsAreRefused(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		scoped := people(false)
		scoped.Scope = schema.Scope{Kind: "tenant"}
		explicit := people(false)
		explicit.Explicit = true
		create(t, db, people(false))
		now, _ := ring(t)
		for want, table := range map[string]schema.Table{"only the context": scoped, "seals this table itself": explicit} {
			p := newProcess(t, db, now, short, table)
			_, err := reseal.Rows(ctx, p.DB.DB, "people", nil)
			require.ErrorContains(t, err, want)
			verified(t, p, "people")
		}
	})
}
