package segment_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/search/segment"
)

const racers = 12 // documents

// state is the key that says how often a document was written: what is found must never go back.
func state(d, n int) []byte { return slices.Concat(doc(d), doc(n)) }

func TestWritersSearchersAndMaintainersAtOnce(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		db.SetMaxIdleConns(16)
		ring := newRing(t)
		o := &segment.Options{FlushRows: 20, FlushAge: 50 * time.Millisecond, Fanout: 3, Lease: time.Second, Grace: 300 * time.Millisecond,
			Observer: func(e segment.Event) {
				if e.Kind == segment.Failed {
					t.Log(e.Err)
				}
			}}
		x := newIndex(t, newStore(t, db, o), ring, shape)
		db.Run(t, "CREATE TABLE truth (id "+db.Types.Int+" PRIMARY KEY, n "+db.Types.Int+")")
		for d := range racers {
			db.Run(t, "INSERT INTO truth VALUES (?, 0)", d)
		}
		within, cancel := context.WithTimeout(ctx, time.Duration(steps(3))*time.Second/2)
		defer cancel()
		var committed, begun [racers]atomic.Int64
		var all sync.WaitGroup
		for w := range 3 {
			all.Go(func() {
				r := rand.New(rand.NewPCG(uint64(w), 3))
				for within.Err() == nil {
					d := r.IntN(racers/3)*3 + w
					n := begun[d].Add(1)
					if !assert.NoError(t, writeState(db, x, d, int(n))) {
						return
					}
					committed[d].Store(n)
				}
			})
		}
		for m := range 2 { // processes of their own: nothing is shared but the tables
			own := newIndex(t, segment.NewStore(dialects[db.Dialect], o), ring, shape)
			all.Go(func() {
				every := time.Duration(5+10*m) * time.Millisecond
				_ = segment.Maintain(within, segment.SQL(db.DB), &segment.MaintainOptions{Every: every, Rekey: m == 1}, own)
			})
		}
		for s := range 3 {
			own := newIndex(t, segment.NewStore(dialects[db.Dialect], o), ring, shape)
			all.Go(func() {
				r := rand.New(rand.NewPCG(uint64(s), 4))
				var seen [racers]int
				for within.Err() == nil {
					d := r.IntN(racers)
					least := max(seen[d], int(committed[d].Load()))
					n, ok := readState(t, own, segment.SQL(db.DB), d)
					if !ok || !assert.GreaterOrEqual(t, n, least, "document %d was found as it was before", d) ||
						!assert.LessOrEqual(t, n, int(begun[d].Load())) {
						return
					}
					seen[d] = n
				}
			})
		}
		all.Wait()
		for d := range racers {
			var n int
			db.Scan(t, "SELECT n FROM truth WHERE id = ?", []any{d}, &n)
			got, _ := readState(t, x, segment.SQL(db.DB), d)
			require.Equal(t, n, got)
		}
		settle(t, db, x, o)
	})
}

// writeState writes document d for the n-th time.
func writeState(db testdb.DB, x *segment.Index, d, n int) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.Exec(db.SQL("UPDATE truth SET n = ? WHERE id = ?"), n, d); err != nil {
		return err
	}
	op := segment.Replaced
	if n == 1 {
		op = segment.Added
	}
	if err := x.Write(ctx, segment.SQLTx(tx), op, doc(d), [][]byte{state(d, n), state(racers+1, 0)}); err != nil {
		return err
	}
	return tx.Commit()
}

// readState is how often the index says that a document was written.
func readState(t *testing.T, x *segment.Index, c segment.Conn, d int) (int, bool) {
	for {
		v, err := x.View(ctx, c)
		var found []segment.Entry
		if err == nil {
			found, err = v.Scan(state(d, 0), state(d+1, 0), d%2 == 0, nil).Next(ctx, 10)
		}
		if errors.As(err, new(*segment.MovedError)) {
			continue
		}
		if !assert.NoError(t, err) || !assert.LessOrEqual(t, len(found), 1, "an older state is found beside the newer") {
			return 0, false
		}
		if len(found) == 0 {
			return 0, true
		}
		return number(found[0].Key), true
	}
}

// settle waits until everything is flushed, merged and collected, and looks whether anything was left behind.
func settle(t *testing.T, db testdb.DB, x *segment.Index, o *segment.Options) {
	t.Helper()
	c := segment.SQL(db.DB)
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(o.Grace / 3) {
		require.NoError(t, segment.Maintain(ctx, c, &segment.MaintainOptions{Once: true, All: true}, x))
		st, err := x.Stats(ctx, c)
		require.NoError(t, err)
		var parts, pages, segments, pending int
		db.Scan(t, "SELECT COUNT(*) FROM cellseal_parts", nil, &parts)
		db.Scan(t, "SELECT COUNT(*) FROM cellseal_pages", nil, &pages)
		db.Scan(t, "SELECT COUNT(*) FROM cellseal_pending", nil, &pending)
		crowded := false
		for _, n := range st.Segments {
			segments += n
			crowded = crowded || n >= o.Fanout
		}
		if pending == 0 && parts == segments && !crowded {
			require.Equal(t, int(st.Pages), pages, "pages that no segment has")
			break
		}
		require.Less(t, time.Now(), deadline, "%d segments, %d parts, %d pending", segments, parts, pending)
	}
	faults, err := x.Verify(ctx, c)
	require.NoError(t, err)
	require.Empty(t, faults)
}
