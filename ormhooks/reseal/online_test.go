package reseal_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks/reseal"
)

const (
	lease  = 150 * time.Millisecond
	settle = 800 * time.Millisecond
)

// world is an application in two processes, of which each writer knows what must happen.
type world struct {
	t         *testing.T
	processes [2]process
	ids       atomic.Int64
	stop      atomic.Bool
	done      atomic.Int64
	wg        sync.WaitGroup
}

func (w *world) any(r *rand.Rand) process { return w.processes[r.IntN(2)] }

// owner writes addresses that nobody else does, through either process, and so knows of each
// whether it is there.
func (w *world) owner(n int) {
	r := rand.New(rand.NewPCG(uint64(n), 1))
	rows := map[string]int64{} // by address
	address := func() string { return fmt.Sprintf("owner%d-%d@example.com", n, r.IntN(12)) }
	one := func() (string, int64) {
		for email, id := range rows {
			return email, id
		}
		return "", 0
	}
	check := func(what, email string, err error, free bool) bool {
		if free {
			return assert.NoError(w.t, err, "%s %s, which is free: a false duplicate", what, email)
		}
		return assert.True(w.t, isDuplicate(err), "%s %s, which is taken: %v", what, email, err)
	}
	for ok := true; ok && !w.stop.Load(); w.done.Add(1) {
		p, email := w.any(r), address()
		id, taken := rows[email]
		switch r.IntN(7) {
		case 0, 1:
			next := w.ids.Add(1)
			if ok = check("insert", email, p.try(insert, next, email), !taken); !taken {
				rows[email] = next
			}
		case 2:
			if from, of := one(); of != 0 && from != email {
				err := p.try("UPDATE accounts SET email = ? WHERE id = ?", email, of)
				if ok = check("update", email, err, !taken); !taken {
					delete(rows, from)
					rows[email] = of
				}
			}
		case 3:
			if taken {
				ok = assert.NoError(w.t, p.try("DELETE FROM accounts WHERE email = ?", email))
				delete(rows, email)
			}
		case 4:
			next := w.ids.Add(1)
			ok = assert.NoError(w.t, p.try(p.upsert(), next, email), "upsert %s", email)
			if !taken {
				rows[email] = next
			}
		case 5:
			ok = w.slow(p, email, id)
		default:
			got, err := p.find(p, email)
			ok = assert.NoError(w.t, err) && assert.EqualValues(w.t, id, got, "look-up of %s", email)
		}
	}
}

// slow looks twice in one transaction that sees the past.
func (w *world) slow(p process, email string, id int64) bool {
	o := &sql.TxOptions{Isolation: sql.LevelRepeatableRead}
	if p.Dialect == testdb.SQLite {
		o = nil
	}
	tx, err := p.BeginTx(ctx, o)
	if !assert.NoError(w.t, err) {
		return false
	}
	defer tx.Rollback()
	for i := range 2 {
		got, err := p.find(tx, email)
		if !assert.NoError(w.t, err) || !assert.EqualValues(w.t, id, got, "look-up %d of %s in a transaction", i, email) {
			return false
		}
		time.Sleep(settle / 4)
	}
	return true
}

// racers all want the same address at once: one gets it, and then all upsert it.
func (w *world) racers(n int) {
	r := rand.New(rand.NewPCG(uint64(n), 2))
	for round := 0; !w.stop.Load(); round++ {
		email := fmt.Sprintf("race%d-%d@example.com", n, round)
		w.race(r, email, false)
		w.race(r, "up-"+email, true)
		for _, email := range []string{email, "up-" + email} {
			got, err := w.any(r).find(w.any(r), email)
			assert.NoError(w.t, err)
			assert.NotZero(w.t, got, email)
			if r.IntN(4) > 0 {
				assert.NoError(w.t, w.any(r).try("DELETE FROM accounts WHERE id = ?", got))
			}
		}
		w.done.Add(1)
	}
}

func (w *world) race(r *rand.Rand, email string, upsert bool) {
	var won atomic.Int64
	var all sync.WaitGroup
	for range 4 {
		p := w.any(r)
		all.Go(func() {
			text := insert
			if upsert {
				text = p.upsert()
			}
			err := p.try(text, w.ids.Add(1), email)
			if err == nil {
				won.Add(1)
				return
			}
			assert.False(w.t, upsert, "upsert of %s: %v", email, err)
			assert.True(w.t, isDuplicate(err), "insert of %s: %v", email, err)
		})
	}
	all.Wait()
	if !upsert {
		assert.EqualValues(w.t, 1, won.Load(), email)
	}
}

func TestARotationUnderConcurrentWriters(t *testing.T) {
	if testing.Short() { // the race detector, and slow machines
		t.Skip("statements must not take longer than the lease and Settle, which are short here")
	}
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		create(t, db, accounts())
		now, first := ring(t)
		w := &world{t: t}
		for i := range w.processes {
			w.processes[i] = newProcess(t, db, now, lease, accounts())
		}
		p := w.processes[0]
		for i := range 200 {
			p.Run(t, insert, i+1, fmt.Sprintf("Old%d@Example.com", i))
		}
		p.Run(t, insert, 999, nil)
		w.ids.Store(1000)
		for n := range 6 {
			w.wg.Go(func() { w.owner(n) })
		}
		w.wg.Go(func() { w.racers(1) })
		w.wg.Go(func() { w.racers(2) })
		defer w.wg.Wait()
		defer w.stop.Store(true)

		stages, drop := map[reseal.Stage]bool{}, ""
		o := &reseal.Options{Settle: settle, Batch: 64, Progress: func(p reseal.Progress) { stages[p.Stage], drop = true, p.DDL }}
		require.NoError(t, reseal.PinUnique(ctx, p.DB.DB, "accounts", "email__eq", o))
		was := first
		for round, old := range []reseal.Old{reseal.Keep, reseal.Clear} {
			next, key := added(t, now)
			for _, p := range w.processes {
				p.live.Swap(next)
			}
			o.Old = old
			require.NoError(t, reseal.RotateUnique(ctx, p.DB.DB, "accounts", "email__eq", key, o), "rotation %d", round)
			now = without(t, next, was, key)
			for _, p := range w.processes {
				p.live.Swap(now)
			}
			was = key
			if old == reseal.Keep { // at once, and everybody goes on
				_, err := db.Exec(drop)
				require.NoError(t, err)
			}
		}
		time.Sleep(lease)
		w.stop.Store(true)
		w.wg.Wait()
		require.Len(t, stages, 10)
		t.Log(w.done.Load(), "rounds")
		for _, p := range w.processes {
			p.findsAll(t)
		}
		require.GreaterOrEqual(t, len(p.all(t)), 200)
	})
}
