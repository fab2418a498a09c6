package conformance

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/segment"
)

// files has every kind of index, and beside each protected column x a plain p_x, which every
// statement writes with it: what the one answers is asked of the other in the same snapshot.
func files() schema.Table {
	list := func(kind, column string, transforms ...search.Transform) *schema.Index {
		return &schema.Index{Kind: kind, Columns: []search.Column{{Name: column, Transforms: transforms}}}
	}
	years := sealed("years")
	years.Type = "int"
	return schema.Table{
		Name: "files", Bind: bound("id"),
		Columns: []*schema.Column{{Name: "id", Type: "int"}, sealed("memo"), years, sealed("shelf"), sealed("mail")},
		Indexes: []*schema.Index{
			list("substring", "memo"), list("words", "memo"), list("fuzzy", "memo"), list("sorted", "years"),
			list("sorted", "shelf"), list("sorted", "shelf", search.Reverse), list("substring", "shelf"), exact("mail", search.Fold),
		},
	}
}

// A crowd writes and searches through one door, of which each process has one of its own.
type crowd struct {
	testdb.DB
	live *keys.Live
	left *atomic.Int64 // operations; nil: until the process is killed
	tell func(problem string)

	writes, asked, rows, undone, weather, refused atomic.Int64

	flushed, merged, rekeyed, rotated, profiles atomic.Int64

	settle  time.Duration // how long a transaction may take: it begins nothing new in the second half of it
	longest atomic.Int64  // that one took, in nanoseconds
}

// noted counts what maintenance did.
func (o *crowd) noted(e segment.Event) {
	if n := map[segment.Kind]*atomic.Int64{segment.Flushed: &o.flushed, segment.Merged: &o.merged, segment.Rekeyed: &o.rekeyed}[e.Kind]; n != nil {
		n.Add(1)
	}
}

// more takes n operations; false says that there are none left.
func (o *crowd) more(n int64) bool { return o.left == nil || o.left.Add(-n) >= 0 }

// newCrowd makes the tables.
func newCrowd(t testing.TB, db testdb.DB) *world {
	w := newWorld(t, db, newSchema(t, crowdTables()...), celltest.Rotated(t))
	if db.Dialect == testdb.Postgres {
		run(t, w.bare, "CREATE COLLATION folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false)")
	}
	for _, d := range crowdDefinitions {
		w.define(t, d)
	}
	for i := range 100 {
		run(t, w.bare, w.SQL("INSERT INTO visits (id, pid) VALUES (?, ?)"), i, 1+i*7%(8*owned))
	}
	w.lists(t)
	w.pinAll(t)
	first := w.crowd(t, func(problem string) { t.Error(problem) })
	require.NoError(t, first.reprofile(ctx, rand.New(rand.NewPCG(1, 2)), time.Millisecond))
	return w
}

// crowd opens a door of its own.
func (w *world) crowd(t testing.TB, tell func(string)) *crowd {
	live := keys.NewLive(celltest.Rotated(t), nil)
	o := &crowd{DB: w.DB, live: live, tell: tell, settle: 3 * time.Second}
	o.DB.DB = sql.OpenDB(sqlcell.WrapOptions(w.rec.base, w.schema, live, dialects[w.Dialect], busy(o.noted)))
	t.Cleanup(func() { o.DB.Close() })
	return o
}

// TestCrowd has 8 writers and 4 searchers in two processes' worth of doors, while lists are flushed, merged and
// written anew under rotating keys. CELLSEAL_TEST_STEPS=100 makes it 100 000 operations.
func TestCrowd(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		w := newCrowd(t, db)
		c, cancel := context.WithCancel(ctx)
		defer cancel()
		var left atomic.Int64
		left.Store(int64(steps(1000)))
		var mu sync.Mutex
		var problems []string
		tell := func(problem string) {
			mu.Lock()
			defer mu.Unlock()
			problems = append(problems, problem)
			left.Store(0)
		}
		doors := []*crowd{w.crowd(t, tell), w.crowd(t, tell)}
		doors[0].left, doors[1].left = &left, &left
		var working, tending sync.WaitGroup
		for i := range 12 {
			o := doors[i%2]
			g := &asker{seeded(17, uint64(i)), db.Dialect}
			if i < 8 {
				working.Go(func() { o.write(g, i) })
			} else {
				working.Go(func() { o.search(g) })
			}
		}
		rings := []*keys.Ring{celltest.Rotated(t), promotedBack(t)}
		for i, o := range doors {
			tending.Go(func() { o.maintain(c, seeded(19, uint64(i))) })
			tending.Go(func() { o.rotate(c, seeded(47, uint64(i)), rings) })
		}
		tending.Go(func() {
			for tick := time.Tick(time.Minute); c.Err() == nil; {
				select {
				case <-c.Done():
				case <-tick:
					t.Logf("%d operations are left", left.Load())
				}
			}
		})
		tending.Go(func() { doors[0].profiled(c, seeded(41, 43)) })
		working.Wait()
		cancel()
		tending.Wait()
		for _, o := range doors {
			t.Logf("%d writes, %d questions with %d rows, %d transactions undone, %d given up, %d trespasses refused; %d flushes, %d merges, %d rekeyed, %d rotations, %d profiles; %s was the longest transaction",
				o.writes.Load(), o.asked.Load(), o.rows.Load(), o.undone.Load(), o.weather.Load(), o.refused.Load(), o.flushed.Load(), o.merged.Load(), o.rekeyed.Load(), o.rotated.Load(), o.profiles.Load(),
				time.Duration(o.longest.Load()))
		}
		require.Empty(t, problems)
		for _, o := range doors {
			require.Greater(t, o.rows.Load(), o.asked.Load(), "the test is to find something")
		}
		require.NotZero(t, doors[0].flushed.Load()+doors[1].flushed.Load())
		require.NotZero(t, doors[0].merged.Load()+doors[1].merged.Load())
		w.crowd(t, tell).settled(t)
		require.Empty(t, problems)
	})
}

// rotate changes the ring while everybody works, also within a pass of maintain.
func (o *crowd) rotate(c context.Context, r *rand.Rand, rings []*keys.Ring) {
	for c.Err() == nil {
		time.Sleep(time.Duration(r.IntN(1000)) * time.Millisecond)
		o.live.Swap(rings[r.IntN(len(rings))])
		o.rotated.Add(1)
	}
}

// maintain does what two processes do at once.
func (o *crowd) maintain(c context.Context, r *rand.Rand) {
	for c.Err() == nil {
		pass := &sqlcell.MaintainOptions{MaintainOptions: segment.MaintainOptions{Once: true, All: r.IntN(5) == 0, Rekey: r.IntN(2) == 0}}
		if err := sqlcell.Maintain(ctx, o.DB.DB, pass); err != nil && !weather(err) {
			o.tell("maintenance: " + err.Error())
		}
		time.Sleep(time.Duration(r.IntN(20)) * time.Millisecond)
	}
}

// weather is what a server says of transactions that were in each other's way.
func weather(err error) bool {
	var m *mysql.MySQLError
	if errors.As(err, &m) {
		return slices.Contains([]uint16{1213, 1205, 1020}, m.Number) // deadlock, lock wait, changed since the snapshot
	}
	var state interface{ SQLState() string }
	if errors.As(err, &state) {
		return state.SQLState() == "40001" || state.SQLState() == "40P01"
	}
	return strings.Contains(err.Error(), "SQLITE_BUSY")
}

// twice reports whether an error says that a key is there already.
func twice(err error) bool {
	return strings.Contains(err.Error(), "UNIQUE constraint") || strings.Contains(err.Error(), "duplicate key") || strings.Contains(err.Error(), "Duplicate entry")
}

// begin begins a transaction. One that writes takes SQLite's lock at once.
func (o *crowd) begin(writes bool, level sql.IsolationLevel) (on runner, end func(commit bool) error, err error) {
	if o.Dialect == testdb.SQLite && writes {
		c, err := o.Conn(ctx)
		if err != nil {
			return nil, nil, err
		}
		if _, err = c.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
			c.Close()
			return nil, nil, err
		}
		return c, func(commit bool) error {
			defer c.Close()
			if commit {
				_, err := c.ExecContext(ctx, "COMMIT")
				if err == nil {
					return nil
				}
			}
			_, err := c.ExecContext(ctx, "ROLLBACK")
			return err
		}, nil
	}
	if o.Dialect == testdb.SQLite {
		level = sql.LevelDefault
	}
	tx, err := o.BeginTx(ctx, &sql.TxOptions{Isolation: level})
	if err != nil {
		return nil, nil, err
	}
	return tx, func(commit bool) error {
		if commit {
			return tx.Commit()
		}
		return tx.Rollback()
	}, nil
}

// errLate says that a transaction took longer than it may: nothing is promised of what it finds by a profile.
var errLate = errors.New("the transaction is too old")

// fresh returns errLate if a statement on badges, which have a profile, came too late.
func (o *crowd) fresh(text string, began time.Time) error {
	if strings.Contains(text, "badges") && time.Since(began) > o.settle {
		return errLate
	}
	return nil
}

// ask asks a question both ways, in a transaction that began then. It returns an error where that is to be
// given up.
func (o *crowd) ask(on runner, q question, who string, began time.Time) error {
	o.asked.Add(1)
	got := execute(as(q.tenant), on, o.SQL(q.protected()), q.args...)
	want := execute(ctx, on, o.SQL(q.plain()), q.theirs...)
	for _, err := range []error{got.err, want.err, o.fresh(q.text, began)} {
		if err != nil {
			return fmt.Errorf("tenant %d: %s %v: %w", q.tenant, q.text, q.args, err)
		}
	}
	o.rows.Add(int64(len(want.rows)))
	if !slices.Equal(got.rows, want.rows) {
		o.tell(fmt.Sprintf("%s, tenant %d: %s %v: of %d and %d rows, more: %v, fewer: %v", who, q.tenant, q.text, q.args, len(got.rows), len(want.rows), less(got.rows, want.rows), less(want.rows, got.rows)))
	}
	return nil
}

func less(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}

// note tells of an error that is no weather.
func (o *crowd) note(who string, err error) {
	switch {
	case err == nil:
	case weather(err), errors.Is(err, errLate):
		o.weather.Add(1)
	default:
		o.tell(who + ": " + err.Error())
	}
}

// search asks in snapshots of everything, some of which it keeps while lists move on.
func (o *crowd) search(g *asker) {
	for o.more(1) {
		o.note("searcher", o.snapshot(g, 1+g.IntN(4), g.IntN(20) == 0))
	}
}

func (o *crowd) snapshot(g *asker, questions int, slow bool) error {
	on, end, err := o.begin(false, sql.LevelRepeatableRead)
	if err != nil {
		return err
	}
	began := time.Now()
	defer o.took(began)
	defer end(false)
	for i := range questions {
		if i > 0 && (o.late(began) || !o.more(1)) {
			break
		}
		if err := o.ask(on, g.question(0, 8), "searcher", began); err != nil {
			return err
		}
		if slow {
			time.Sleep(300 * time.Millisecond)
		}
	}
	return nil
}

// compare asks so many questions, in as many snapshots as it takes.
func (o *crowd) compare(t testing.TB, g *asker, questions int) {
	t.Helper()
	for questions > 0 {
		before := int(o.asked.Load())
		err := o.snapshot(g, questions, false)
		if questions -= int(o.asked.Load()) - before; errors.Is(err, errLate) {
			questions++
		} else {
			require.NoError(t, err)
		}
	}
}

// late reports whether a transaction that began then is to come to its end.
func (o *crowd) late(began time.Time) bool { return time.Since(began) > o.settle/2 }

// took notes how long a transaction was.
func (o *crowd) took(began time.Time) {
	for took := int64(time.Since(began)); ; {
		if longest := o.longest.Load(); took <= longest || o.longest.CompareAndSwap(longest, took) {
			return
		}
	}
}

// settled compares all there is when nobody writes any more.
func (o *crowd) settled(t testing.TB) {
	t.Helper()
	g := &asker{rand.New(rand.NewPCG(23, 29)), o.Dialect}
	o.settle = time.Hour // nobody else takes profiles any more
	require.NoError(t, o.reprofile(ctx, g.Rand, time.Millisecond))
	for _, pass := range []segment.MaintainOptions{{}, {All: true}, {All: true, Rekey: true}} {
		o.compare(t, g, 60)
		o.verified(t)
		pass.Once = true
		require.NoError(t, sqlcell.Maintain(ctx, o.DB.DB, &sqlcell.MaintainOptions{MaintainOptions: pass}))
	}
	o.compare(t, g, 60)
	found := 0
	for _, all := range []string{"{memo}, {years}, {shelf}, {mail} FROM files", "{memo}, {mail}, {years} FROM leads WHERE tenant_id = 1", "{memo}, {mail}, {years} FROM leads WHERE tenant_id = 2",
		"{memo}, {holder}, {city}, {level} FROM badges", "{memo}, {owner}, {years} FROM cards"} {
		q := same("SELECT id, " + all + " ORDER BY id")
		rows, plain := execute(ctx, o.DB, q.protected()), execute(ctx, o.DB, q.plain())
		require.NoError(t, errors.Join(rows.err, plain.err))
		require.Equal(t, plain.rows, rows.rows)
		found += len(rows.rows)
		t.Logf("%d rows at last: %s", len(rows.rows), all)
	}
	require.NotZero(t, found)
}

// lists are all lists that there are.
func (o *crowd) lists(t testing.TB) []*segment.Index {
	t.Helper()
	lists, err := sqlcell.Lists(ctx, o.DB.DB, nil)
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(lists), 10, "and two for each tenant that has rows")
	return lists
}

func (o *crowd) verified(t testing.TB) {
	t.Helper()
	for _, x := range o.lists(t) {
		faults, err := x.Verify(ctx, segment.SQL(o.DB.DB))
		require.NoError(t, err)
		require.Empty(t, faults)
	}
}
