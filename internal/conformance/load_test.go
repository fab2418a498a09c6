package conformance

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
)

const workers = 64

// loadTime is how long the load lasts on each database.
func loadTime(t testing.TB) time.Duration {
	text := os.Getenv("CELLSEAL_TEST_LOAD")
	switch {
	case text == "" && testing.Short():
		return 500 * time.Millisecond
	case text == "":
		return 3 * time.Second
	}
	d, err := time.ParseDuration(text)
	require.NoError(t, err)
	return d
}

// A load has workers that write rows of their own and read each other's, while connections
// are killed, contexts cancelled, transactions rolled back and keys rotated.
type load struct {
	*world
	done, failed atomic.Int64
	mu           sync.Mutex
	bad          []string // what must not happen
	seen         map[string]int
	sure         sync.Map // id → text that was committed without an error; a doubtful row is deleted
}

func TestLoad(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		before := runtime.NumGoroutine()
		rings := []*keys.Ring{celltest.Rotated(t), promotedBack(t)}
		live := keys.NewLive(rings[0], nil)
		l := &load{world: newWorld(t, db, newSchema(t, accounts()), live, accountsTable)}
		l.Run(t, "DELETE FROM accounts") // so that the catalogue is read before connections are killed
		l.SetMaxOpenConns(24)
		if db.Dialect == testdb.SQLite {
			l.SetMaxOpenConns(4)
		}
		c, cancel := context.WithTimeout(ctx, loadTime(t))
		defer cancel()
		var all sync.WaitGroup
		for worker := range workers {
			all.Go(func() { l.work(c, worker) })
		}
		all.Go(func() { l.disturb(c, live, rings...) })
		all.Wait()
		t.Logf("%d done, %d failed: %v", l.done.Load(), l.failed.Load(), l.seen)
		require.Empty(t, l.bad)
		require.Greater(t, l.done.Load(), int64(workers))
		l.require(t)
		celltest.AssertSealed(t, l.bare, canary)
		require.Empty(t, celltest.Found(l.rec.taken(), canary))
		l.DB.Close()
		l.twin.Close()
		require.Eventually(t, func() bool { return runtime.NumGoroutine() <= before+4 }, 5*time.Second, 20*time.Millisecond, "a goroutine is left")
	})
}

// promotedBack is celltest.Rotated with the first keys as the primary ones.
func promotedBack(t testing.TB) *keys.Ring {
	t.Helper()
	cells, err := celltest.Rotated(t).CellKeys().Promote(1001)
	require.NoError(t, err)
	index, err := celltest.Rotated(t).IndexKeys().Promote(1002)
	require.NoError(t, err)
	r, err := celltest.Rotated(t).WithCellKeys(cells)
	require.NoError(t, err)
	r, err = r.WithIndexKeys(index)
	require.NoError(t, err)
	return r
}

// work is one worker. Its rows are worker*100000 + n.
func (l *load) work(c context.Context, worker int) {
	r := rand.New(rand.NewPCG(1, uint64(worker)))
	for n := 1; c.Err() == nil; n++ {
		id := worker*100000 + n%50 + 1
		own, cancel := context.WithTimeout(c, 2*time.Second)
		if r.IntN(20) == 0 {
			cancel()
			own, cancel = context.WithTimeout(c, time.Duration(r.IntN(3000))*time.Microsecond)
		}
		l.note(own, l.step(own, r, id))
		cancel()
	}
}

// note sorts an error: what the door itself says is a fault here, all else is the weather.
func (l *load) note(c context.Context, err error) {
	if err == nil {
		l.done.Add(1)
		return
	}
	l.failed.Add(1)
	l.mu.Lock()
	if l.seen == nil {
		l.seen = map[string]int{}
	}
	l.seen[fmt.Sprintf("%.70s", err)]++
	l.mu.Unlock()
	if isRefusal(err) || errors.Is(err, cell.ErrDecrypt) || errors.As(err, new(*ormhooks.CellError)) || strings.Contains(err.Error(), "internal") && strings.Contains(err.Error(), "cellseal") {
		l.mu.Lock()
		l.bad = append(l.bad, err.Error())
		l.mu.Unlock()
	}
}

func (l *load) step(c context.Context, r *rand.Rand, id int) error {
	text := fmt.Sprint(canary, r.IntN(1000))
	switch r.IntN(5) {
	case 0, 1:
		return l.writeRow(c, r, id, text)
	case 2: // many rows of one's own, row by row
		low := id / 100000 * 100000
		_, err := l.ExecContext(c, l.SQL("UPDATE accounts SET note = ? WHERE id > ? AND id < ? AND n = 1"), text, low, low+8)
		return err
	case 3:
		return execute(c, l.DB, l.SQL("SELECT id, email, note FROM accounts WHERE email = ?"), text).err
	}
	st, err := l.PrepareContext(c, l.SQL("SELECT email, note FROM accounts WHERE id = ?"))
	if err != nil {
		return err
	}
	defer st.Close()
	var email, note sql.NullString
	if err = st.QueryRowContext(c, id).Scan(&email, &note); err == sql.ErrNoRows {
		return nil
	}
	return err
}

// writeRow replaces a row in a transaction, which may be rolled back. What is not known to be
// committed is in doubt.
func (l *load) writeRow(c context.Context, r *rand.Rand, id int, text string) error {
	tx, err := l.BeginTx(c, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(c, l.SQL("DELETE FROM accounts WHERE id = ?"), id); err != nil {
		return err
	}
	if _, err := tx.ExecContext(c, l.SQL("INSERT INTO accounts (id, email, note, n) VALUES (?, ?, ?, ?)"), id, text, "note", r.IntN(2)); err != nil {
		return err
	}
	if r.IntN(4) == 0 {
		return tx.Rollback()
	}
	l.sure.Delete(id)
	if err := tx.Commit(); err != nil {
		return err
	}
	l.sure.Store(id, text)
	return nil
}

// disturb rotates keys and kills connections.
func (l *load) disturb(c context.Context, live *keys.Live, rings ...*keys.Ring) {
	kill := map[string]string{
		testdb.Postgres: "SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%accounts%' ORDER BY random() LIMIT 2) x",
		testdb.MySQL:    "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> connection_id() ORDER BY rand() LIMIT 2",
	}[l.Dialect]
	for i := 1; c.Err() == nil; i++ {
		live.Swap(rings[i%len(rings)])
		if kill != "" {
			if r := execute(c, l.bare, kill); l.Dialect == testdb.MySQL {
				for _, id := range r.rows {
					l.bare.ExecContext(c, "KILL "+id)
				}
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// require reads all there is: every row opens, and those that were committed hold what was written.
func (l *load) require(t testing.TB) {
	t.Helper()
	rows, err := l.Query("SELECT id, email, note FROM accounts")
	require.NoError(t, err)
	defer rows.Close()
	found := map[int]string{}
	for rows.Next() {
		var id int
		var email, note string
		require.NoError(t, rows.Scan(&id, &email, &note))
		found[id] = email
	}
	require.NoError(t, rows.Err())
	l.sure.Range(func(id, text any) bool {
		require.Equal(t, text, found[id.(int)], "row %d", id)
		return true
	})
	t.Logf("%d rows", len(found))
}
