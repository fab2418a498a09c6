package conformance

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

// accounts has an index that is not unique, so that several keys may be enabled.
func accounts() schema.Table {
	return schema.Table{
		Name: "accounts", Bind: bound("id"),
		Columns: []*schema.Column{{Name: "id", Type: "int"}, sealed("email"), tokened("note")},
		Indexes: []*schema.Index{exact("email", search.Fold)},
	}
}

const accountsTable = "accounts (id :int PRIMARY KEY, email :folded, note :exact, n :int)"

// TestPreparedStatementsOutliveRotations swaps the ring between Prepare and the executions: one enabled
// index key, two, and one again.
func TestPreparedStatementsOutliveRotations(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		live := keys.NewLive(celltest.Ring(t), nil)
		w := newWorld(t, db, newSchema(t, accounts()), live, accountsTable)
		prepare := func(q string) *sql.Stmt {
			st, err := w.Prepare(w.SQL(q))
			require.NoError(t, err)
			t.Cleanup(func() { st.Close() })
			return st
		}
		insert := prepare("INSERT INTO accounts (id, email, note, n) VALUES (?, ?, ?, 0)")
		find := prepare("SELECT id, note FROM accounts WHERE email IN (?, ?) AND n >= ? ORDER BY id")
		update := prepare("UPDATE accounts SET email = ?, note = ? WHERE n = ? AND email = ?")
		id := 0
		round := func(want int) {
			t.Helper()
			id++
			_, err := insert.Exec(id, canary, fmt.Sprint("note", id))
			require.NoError(t, err)
			rows, err := find.Query(canary, "nobody", 0)
			require.NoError(t, err)
			defer rows.Close()
			n := 0
			for ; rows.Next(); n++ {
				var at int
				var note string
				require.NoError(t, rows.Scan(&at, &note))
				require.Equal(t, fmt.Sprint("note", at), note)
			}
			require.NoError(t, rows.Err())
			require.Equal(t, want, n)
		}
		round(1)
		live.Swap(celltest.Rotated(t)) // two keys, the second one primary
		round(2)
		done, err := update.Exec(canary, "note1", 0, canary)
		require.NoError(t, err)
		n, err := done.RowsAffected()
		require.NoError(t, err)
		require.EqualValues(t, 2, n)
		_, err = w.Exec(w.SQL("UPDATE accounts SET note = ? WHERE id = ?"), "note2", 2)
		require.NoError(t, err)
		one, err := live.Ring().IndexKeys().Disable(1002) // what was written is under the second by now
		require.NoError(t, err)
		ring, err := live.Ring().WithIndexKeys(one)
		require.NoError(t, err)
		live.Swap(ring)
		round(3)
		live.Swap(celltest.Rotated(t))
		round(4)
		celltest.AssertSealed(t, w.bare, canary)
		require.Empty(t, celltest.Found(w.rec.taken(), canary))
	})
}

// kill ends a connection by the server's hand.
func (w *world) kill(t testing.TB, over runner) {
	t.Helper()
	who, end := "SELECT pg_backend_pid()", "SELECT pg_terminate_backend(%s)"
	if w.Dialect == testdb.MySQL {
		who, end = "SELECT connection_id()", "KILL %s"
	}
	r := execute(ctx, over, who)
	require.NoError(t, r.err)
	run(t, w.bare, fmt.Sprintf(end, r.rows[0]))
	time.Sleep(20 * time.Millisecond)
}

// class is what an application can tell of an error.
func class(err error) string {
	switch {
	case err == nil:
		return "none"
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return "context"
	case errors.Is(err, sql.ErrTxDone):
		return "tx done"
	case errors.Is(err, sql.ErrConnDone):
		return "connection done"
	}
	return "of the driver"
}

// TestTroubleIsAsWithoutTheDoor has connections killed and contexts cancelled at every step of a
// transaction, on both databases: the errors are of the same class, and nothing is half done.
func TestTroubleIsAsWithoutTheDoor(t *testing.T) {
	trouble := map[string]func(t *testing.T, c context.Context, cancel func(), db *sql.DB, sqlOf func(string) string) []error{
		"cancelled before": func(_ *testing.T, c context.Context, cancel func(), db *sql.DB, sqlOf func(string) string) []error {
			cancel()
			_, err := db.ExecContext(c, sqlOf("UPDATE accounts SET email = ? WHERE n = 0"), "late")
			_, err2 := db.QueryContext(c, sqlOf("SELECT email FROM accounts WHERE email = ?"), canary)
			_, err3 := db.PrepareContext(c, sqlOf("SELECT email FROM accounts WHERE email = ?"))
			return []error{err, err2, err3}
		},
		"cancelled in a transaction": func(t *testing.T, c context.Context, cancel func(), db *sql.DB, sqlOf func(string) string) []error {
			tx, err := db.BeginTx(c, nil)
			require.NoError(t, err)
			_, err = tx.ExecContext(c, sqlOf("UPDATE accounts SET email = ?, note = 'x' WHERE n = 0"), "late")
			require.NoError(t, err)
			cancel()
			time.Sleep(20 * time.Millisecond)
			_, err = tx.ExecContext(c, sqlOf("UPDATE accounts SET email = ? WHERE id = 1"), "later")
			return []error{err, tx.Commit()}
		},
		"deadline in a query": func(t *testing.T, c context.Context, _ func(), db *sql.DB, sqlOf func(string) string) []error {
			c, cancel := context.WithTimeout(c, time.Nanosecond)
			defer cancel()
			rows, err := db.QueryContext(c, sqlOf("SELECT id, email, note FROM accounts WHERE email IN (?)"), canary)
			if err == nil {
				defer rows.Close()
				for rows.Next() {
				}
				err = rows.Err()
			}
			return []error{err}
		},
	}
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		w := newWorld(t, db, newSchema(t, accounts()), celltest.Ring(t), accountsTable)
		for id := 1; id <= 5; id++ {
			w.both(t, "INSERT INTO accounts (id, email, note, n) VALUES (?, ?, ?, 0)", id, canary, "note")
		}
		for name, f := range trouble {
			var classes [2][]string
			for i, over := range []*sql.DB{w.DB.DB, w.twin.DB} {
				c, cancel := context.WithCancel(ctx)
				for _, err := range f(t, c, cancel, over, w.SQL) {
					classes[i] = append(classes[i], class(err))
					if err != nil {
						require.Empty(t, celltest.Found([]byte(err.Error()), canary))
					}
				}
				cancel()
			}
			require.Equal(t, classes[1], classes[0], name)
		}
		w.killed(t)
		got, want := execute(ctx, w.DB, "SELECT id, email, note, n FROM accounts ORDER BY id"), execute(ctx, w.twin, "SELECT id, email, note, n FROM accounts ORDER BY id")
		require.NoError(t, got.err)
		require.Equal(t, want, got, "nothing is half done")
	})
}

// killed has connections ended between the statements of a transaction, and while they are idle.
func (w *world) killed(t *testing.T) {
	if w.Dialect == testdb.SQLite {
		return
	}
	c, err := w.Conn(ctx)
	require.NoError(t, err)
	tx, err := c.BeginTx(ctx, nil)
	require.NoError(t, err)
	_, err = tx.Exec(w.SQL("UPDATE accounts SET email = ? WHERE n = 0"), "late")
	require.NoError(t, err)
	w.kill(t, tx)
	_, err = tx.Exec(w.SQL("UPDATE accounts SET note = ? WHERE n = 0"), "later")
	require.Error(t, err)
	require.Error(t, tx.Commit())
	c.Close()

	idle, err := w.Conn(ctx)
	require.NoError(t, err)
	w.kill(t, idle)
	_, err = idle.ExecContext(ctx, w.SQL("UPDATE accounts SET email = ? WHERE n = 0"), "late")
	require.Error(t, err, "a connection of its own is not replaced")
	idle.Close()
	for range 5 { // the pool gets over it
		r := execute(ctx, w.DB, w.SQL("SELECT id FROM accounts WHERE email = ?"), canary)
		require.NoError(t, r.err)
		require.Len(t, r.rows, 5)
	}
}
