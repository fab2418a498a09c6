package segment_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/search/segment"
)

// A between runs a hook before a statement that contains text, once.
type between struct {
	segment.DB
	text string
	hook func() error
	once *sync.Once
}

func newBetween(db segment.DB, text string, hook func() error) between {
	return between{db, text, hook, new(sync.Once)}
}

func (b between) meet(query string) (err error) {
	if strings.Contains(query, b.text) {
		b.once.Do(func() { err = b.hook() })
	}
	return err
}

func (b between) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	if err := b.meet(query); err != nil {
		return 0, err
	}
	return b.DB.Exec(ctx, query, args...)
}

func (b between) Query(ctx context.Context, query string, args ...any) ([][]any, error) {
	if err := b.meet(query); err != nil {
		return nil, err
	}
	return b.DB.Query(ctx, query, args...)
}

func (b between) Begin(ctx context.Context) (segment.Tx, error) {
	if err := b.meet("BEGIN"); err != nil {
		return nil, err
	}
	return b.DB.Begin(ctx)
}

func hurried() *segment.Options {
	return &segment.Options{FlushRows: 10, Fanout: 3, Lease: 50 * time.Millisecond, Grace: 50 * time.Millisecond}
}

func TestOneMaintainerAtATime(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		o := hurried()
		o.Lease = time.Hour
		x, c := newIndex(t, newStore(t, db, o), newRing(t), shape), segment.SQL(db.DB)
		write(t, x, c, segment.Added, 1, 1)
		var held *segment.HeldError
		require.NoError(t, x.Flush(ctx, newBetween(c, "BEGIN", func() error {
			require.ErrorAs(t, x.Flush(ctx, c), &held)
			require.ErrorAs(t, x.Merge(ctx, c), &held)
			require.NoError(t, segment.Maintain(ctx, c, &segment.MaintainOptions{Once: true, All: true}, x), "it is passed over")
			return nil
		})))
		require.NoError(t, x.Flush(ctx, c), "the lease was given back")
		st, err := x.Stats(ctx, c)
		require.NoError(t, err)
		require.Equal(t, []int{1}, st.Segments)
	})
}

// A maintainer that was away for longer than its lease and the grace finds out, whatever it was about to do.
func TestALateMaintainerGivesUp(t *testing.T) {
	t.Parallel()
	for _, where := range []string{"BEGIN", "SELECT id, body"} {
		testdb.Each(t, func(t *testing.T, db testdb.DB) {
			ring, o := newRing(t), hurried()
			x, c := newIndex(t, newStore(t, db, o), ring, shape), segment.SQL(db.DB)
			other := newIndex(t, segment.NewStore(dialects[db.Dialect], o), ring, shape)
			write(t, x, c, segment.Added, 1, 1)
			write(t, x, c, segment.Added, 2, 1)
			require.NoError(t, x.Flush(ctx, newBetween(c, where, func() error {
				time.Sleep(2 * o.Lease)
				require.NoError(t, segment.Maintain(ctx, c, &segment.MaintainOptions{Once: true, All: true}, other))
				write(t, other, c, segment.Replaced, 2, 7)
				return nil
			})))
			require.Equal(t, [][]int{{1}, {2}}, lookup(t, x, c, 1, 7))
			settle(t, db, x, o)
			require.Equal(t, [][]int{{1}, {2}}, lookup(t, x, c, 1, 7))
		})
	}
}

// A behind runs a hook after the n-th query that contains text.
type behind struct {
	segment.DB
	text string
	n    *int
	hook func()
}

func (b behind) Query(ctx context.Context, query string, args ...any) ([][]any, error) {
	rows, err := b.DB.Query(ctx, query, args...)
	if strings.Contains(query, b.text) {
		if *b.n--; *b.n == 0 {
			b.hook()
		}
	}
	return rows, err
}

// What a collector takes for garbage, a writer that was late may put to use before the collector looks whether
// it is in use. Nothing is wrong then.
func TestALateWriterIsMetByACollector(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		ring, o := newRing(t), hurried()
		x, c := newIndex(t, newStore(t, db, o), ring, shape), segment.SQL(db.DB)
		other := newIndex(t, segment.NewStore(dialects[db.Dialect], o), ring, shape)
		write(t, x, c, segment.Added, 1, 1)
		late, goOn, done := make(chan bool), make(chan bool), make(chan error)
		second := 2 // of its looks at the manifest is the one before it names its segment
		go func() {
			done <- x.Flush(ctx, behind{c, "SELECT ver, manifest", &second, func() {
				late <- true
				<-goOn
			}})
		}()
		<-late
		time.Sleep(2 * o.Grace)
		again := 2 // it asked before whether there is anything to do
		require.NoError(t, segment.Maintain(ctx, behind{c, "SELECT seg, until", &again, func() {
			goOn <- true
			require.NoError(t, <-done)
		}}, &segment.MaintainOptions{Once: true}, other))
		require.Zero(t, again)
		require.Equal(t, [][]int{{1}}, lookup(t, x, c, 1))
		settle(t, db, x, o)
		require.Equal(t, [][]int{{1}}, lookup(t, x, c, 1))
	})
}

// A merge takes its place in the manifest as that is by then: a flush that came meanwhile stays, a merge
// that was faster wins.
func TestAMergeAndAFlushMeet(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		ring, o := newRing(t), hurried()
		x, c := newIndex(t, newStore(t, db, o), ring, shape), segment.SQL(db.DB)
		other := newIndex(t, segment.NewStore(dialects[db.Dialect], o), ring, shape)
		levels := func() []int {
			st, err := x.Stats(ctx, c)
			require.NoError(t, err)
			return st.Segments
		}
		for id := range 3 {
			write(t, x, c, segment.Replaced, id, id, 7)
			require.NoError(t, x.Flush(ctx, c))
		}
		require.NoError(t, x.Merge(ctx, newBetween(c, "BEGIN", func() error {
			time.Sleep(2 * o.Lease)
			write(t, other, c, segment.Removed, 1)
			return other.Flush(ctx, c)
		})))
		require.Equal(t, []int{1, 1}, levels())
		require.Equal(t, [][]int{{0, 2}, {}}, lookup(t, x, c, 7, 1))
		for id := range 2 {
			write(t, x, c, segment.Replaced, id, id, 7)
			require.NoError(t, x.Flush(ctx, c))
		}
		require.NoError(t, x.Merge(ctx, newBetween(c, "BEGIN", func() error {
			time.Sleep(2 * o.Lease)
			return other.Merge(ctx, c)
		})))
		require.Equal(t, []int{0, 2}, levels())
		require.Equal(t, [][]int{{0, 1, 2}, {1}}, lookup(t, x, c, 7, 1))
		settle(t, db, x, o)
	})
}

func TestWhatNobodyFinishedIsCollected(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		o := hurried()
		x, c := newIndex(t, newStore(t, db, o), newRing(t), shape), segment.SQL(db.DB)
		for id := range 20 {
			write(t, x, c, segment.Added, id, id, 7)
		}
		broken := errors.New("the connection broke")
		require.ErrorIs(t, x.Flush(ctx, newBetween(c, "SELECT ver, manifest", func() error { return nil }).failing("UPDATE cellseal_segments SET ver", broken)), broken)
		var pages, parts int
		db.Scan(t, "SELECT COUNT(*) FROM cellseal_pages", nil, &pages)
		db.Scan(t, "SELECT COUNT(*) FROM cellseal_parts", nil, &parts)
		require.Equal(t, []int{2, 1}, []int{pages, parts}, "or this test shows nothing")
		settle(t, db, x, o)
		require.Len(t, lookup(t, x, c, 7)[0], 20)
	})
}

// failing lets a statement in a transaction fail once.
func (b between) failing(text string, err error) segment.DB {
	return failing{b, text, err, new(sync.Once)}
}

type failing struct {
	segment.DB
	text string
	err  error
	once *sync.Once
}

func (f failing) Begin(ctx context.Context) (segment.Tx, error) {
	tx, err := f.DB.Begin(ctx)
	return failingTx{tx, f}, err
}

type failingTx struct {
	segment.Tx
	f failing
}

func (f failingTx) Exec(ctx context.Context, query string, args ...any) (n int64, err error) {
	if strings.Contains(query, f.f.text) {
		f.f.once.Do(func() { err = f.f.err })
	}
	if err != nil {
		return 0, err
	}
	return f.Tx.Exec(ctx, query, args...)
}

// A reader that holds a view for longer than the grace goes on in a new one.
func TestAReaderThatWasAwayBeginsAnew(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		o := hurried()
		x, c := newIndex(t, newStore(t, db, o), newRing(t), shape), segment.SQL(db.DB)
		for id := range 200 {
			if write(t, x, c, segment.Added, id, id); id%50 == 49 {
				require.NoError(t, x.Flush(ctx, c))
			}
		}
		old := view(t, x, c)
		cursor := old.Scan(nil, nil, false, nil)
		first, err := cursor.Next(ctx, 60)
		require.NoError(t, err)
		settle(t, db, x, o)
		found, err := old.Lookup(ctx, key(5), key(195))
		require.NoError(t, err)
		require.Equal(t, [][][]byte{{doc(5)}, {doc(195)}}, found)
		rest, err := cursor.Next(ctx, 1000)
		require.NoError(t, err)
		for id, e := range append(first, rest...) {
			require.Equal(t, key(id), e.Key)
		}
		require.Len(t, append(first, rest...), 200)
	})
}

func TestTheObserverIsTold(t *testing.T) {
	db := testdb.OpenSQLite(t)
	o := hurried()
	o.AlarmRows = 5
	told := map[segment.Kind]int{}
	o.Observer = func(e segment.Event) {
		require.Equal(t, "patients notes/words/fold.v1", e.Index)
		told[e.Kind]++
	}
	ring := newRing(t)
	x, c := newIndex(t, newStore(t, db, o), ring, shape), segment.SQL(db.DB)
	for range 3 {
		for id := range 9 {
			write(t, x, c, segment.Replaced, id, id)
		}
		require.NoError(t, segment.Maintain(ctx, c, &segment.MaintainOptions{Once: true, All: true}, x))
	}
	time.Sleep(2 * o.Grace)
	x = newIndex(t, newStore(t, db, o), rotated(t, ring), shape)
	require.NoError(t, segment.Maintain(ctx, c, &segment.MaintainOptions{Once: true, Rekey: true}, x))
	db.Run(t, "UPDATE cellseal_segments SET manifest = x'00'")
	require.Error(t, segment.Maintain(ctx, c, &segment.MaintainOptions{Once: true, Rekey: true}, x))
	require.Equal(t, map[segment.Kind]int{segment.Alarm: 3, segment.Flushed: 3, segment.Merged: 1, segment.Collected: 3, segment.Rekeyed: 1, segment.Failed: 1}, told)
}

func TestTheLoopEndsWithItsContext(t *testing.T) {
	db := testdb.OpenSQLite(t)
	x, c := newIndex(t, newStore(t, db, hurried()), newRing(t), shape), segment.SQL(db.DB)
	within, cancel := context.WithCancel(ctx)
	done := make(chan error)
	go func() { done <- segment.Maintain(within, c, &segment.MaintainOptions{Every: time.Millisecond}, x) }()
	for id := range 10 {
		write(t, x, c, segment.Added, id, 1)
	}
	require.Eventually(t, func() bool {
		st, err := x.Stats(ctx, c)
		return err == nil && st.Entries == 10 && st.Pending == 0
	}, 10*time.Second, time.Millisecond)
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
}

// Where nobody maintains an index, whoever searches tells, and whoever asks.
func TestNobodyMaintainsIt(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		var told []segment.Event
		o := &segment.Options{AlarmRows: 3, AlarmAge: time.Hour, Observer: func(e segment.Event) { told = append(told, e) }}
		ring := newRing(t)
		x, c := newIndex(t, newStore(t, db, o), ring, shape), segment.SQL(db.DB)
		overdue := func(x *segment.Index) bool {
			t.Helper()
			st, err := x.Stats(ctx, c)
			require.NoError(t, err)
			return st.Overdue
		}
		for id := range 3 {
			write(t, x, c, segment.Added, id, 1)
		}
		lookup(t, x, c, 1)
		require.Empty(t, told)
		require.False(t, overdue(x))
		write(t, x, c, segment.Added, 3, 1)
		for range 3 {
			lookup(t, x, c, 1)
		}
		require.Equal(t, []segment.Event{{Kind: segment.Alarm, Index: "patients notes/words/fold.v1", Rows: 4}}, told, "once in a minute")
		require.True(t, overdue(x))
		require.NoError(t, segment.Maintain(ctx, c, &segment.MaintainOptions{Once: true, All: true}, x))
		require.False(t, overdue(x))
		write(t, x, c, segment.Added, 4, 1)
		time.Sleep(10 * time.Millisecond)
		late := newIndex(t, segment.NewStore(dialects[db.Dialect], &segment.Options{AlarmAge: time.Millisecond}), ring, shape)
		require.True(t, overdue(late), "for too long")
	})
}

// A writer that takes its time holds up neither a flush nor, through it, other writers.
func TestAFlushWaitsForNoWriter(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		if db.Dialect == testdb.SQLite {
			t.Skip("one writes at a time there")
		}
		x := newIndex(t, newStore(t, db, hurried()), newRing(t), shape)
		together(t, db, func(c segment.Conn) {
			for d := range 60 {
				write(t, x, c, segment.Added, d, 7)
			}
		})
		slow, err := db.Begin()
		require.NoError(t, err)
		defer slow.Rollback()
		write(t, x, segment.SQLTx(slow), segment.Added, 60, 7)
		c, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		require.NoError(t, x.Flush(c, segment.SQL(db.DB)))
		require.NoError(t, slow.Commit())
		require.Len(t, lookup(t, x, segment.SQL(db.DB), 7)[0], 61)
	})
}
