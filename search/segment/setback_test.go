package segment_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/search/segment"
)

// quick has no patience with servers that lag.
var quick = &segment.Options{Lag: time.Millisecond}

// erased is an index of ten documents, five of them in a segment, and what somebody erased of it.
func erased(t *testing.T, db testdb.DB, tables ...string) (same, fresh *segment.Index, c segment.DB) {
	ring := newRing(t)
	store := newStore(t, db, quick)
	same, c = newIndex(t, store, ring, shape), segment.SQL(db.DB)
	for id := range 10 {
		write(t, same, c, segment.Added, id, 7)
		if id == 4 {
			require.NoError(t, same.Flush(ctx, c))
		}
	}
	require.Len(t, lookup(t, same, c, 7)[0], 10)
	time.Sleep(5 * time.Millisecond)
	for _, table := range tables {
		db.Run(t, "DELETE FROM cellseal_"+table)
	}
	return same, newIndex(t, segment.NewStore(dialects[db.Dialect], quick), ring, shape), c
}

func TestADeletedManifestIsNoticed(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		for _, left := range [][]string{{"segments"}, {"segments", "pending"}, {"segments", "parts", "pages"}} {
			same, fresh, c := erased(t, db, left...)
			for _, x := range []*segment.Index{same, fresh} {
				var corrupt *segment.CorruptError
				_, err := x.View(ctx, c)
				require.ErrorAs(t, err, &corrupt)
				require.Equal(t, "cellseal_segments", corrupt.Table)
				_, err = x.Stats(ctx, c)
				require.ErrorAs(t, err, &corrupt)
				faults, err := x.Verify(ctx, c)
				require.NoError(t, err)
				require.NotEmpty(t, faults)
				require.ErrorAs(t, segment.Maintain(ctx, c, &segment.MaintainOptions{Once: true, All: true}, x), &corrupt)
				require.ErrorAs(t, x.Complete(ctx, c), &corrupt, "nobody says that nothing is missing")
				write(t, x, c, segment.Added, 11, 7) // writers go on, and make no other manifest
				_, err = x.View(ctx, c)
				require.ErrorAs(t, err, &corrupt)
			}
			require.NoError(t, fresh.Drop(ctx, c))
			write(t, same, c, segment.Added, 3, 7)
			require.NoError(t, fresh.Complete(ctx, c))
			require.Equal(t, [][]int{{3}}, lookup(t, same, c, 7), "what was dropped is newer than what anybody has met")
			require.NoError(t, same.Drop(ctx, c)) // for the next one
			db.Run(t, "DELETE FROM cellseal_segments")
		}
	})
}

// Without a trace in the database there is what processes remember, and what package ormhooks knows of the table.
func TestAnIndexThatIsGoneIsRemembered(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		same, fresh, c := erased(t, db, "segments", "parts", "pages", "pending")
		var back *segment.SetBackError
		_, err := same.View(ctx, c)
		require.ErrorAs(t, err, &back)
		require.Equal(t, int64(0), back.Got)
		require.NotContains(t, err.Error(), "secret-tenant")
		require.ErrorAs(t, segment.Maintain(ctx, c, &segment.MaintainOptions{Once: true, All: true}, same), &back)
		begun, err := fresh.Begun(ctx, c)
		require.NoError(t, err)
		require.False(t, begun)
		write(t, fresh, c, segment.Added, 1, 7) // it cannot know better
		require.Equal(t, [][]int{{1}}, lookup(t, fresh, c, 7))
		_, err = same.View(ctx, c)
		require.ErrorAs(t, err, &back)
		require.Equal(t, int64(1), back.Got)
	})
}

func TestAManifestThatIsSetBackIsNoticed(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		ring := newRing(t)
		x, c := newIndex(t, newStore(t, db, quick), ring, shape), segment.SQL(db.DB)
		write(t, x, c, segment.Added, 1, 7)
		require.NoError(t, x.Flush(ctx, c))
		rows, err := c.Query(ctx, "SELECT ver, manifest FROM cellseal_segments")
		require.NoError(t, err)
		before, err := db.BeginTx(ctx, nil)
		require.NoError(t, err)
		defer before.Rollback()
		old := dated{segment.SQLTx(before), time.Now()}
		if db.Dialect != testdb.SQLite { // which lets nobody write beside a transaction, or has a file of its own
			_, err = x.View(ctx, old)
			require.NoError(t, err)
		}
		write(t, x, c, segment.Added, 2, 7)
		require.NoError(t, x.Flush(ctx, c))
		require.Equal(t, [][]int{{1, 2}}, lookup(t, x, c, 7))
		time.Sleep(5 * time.Millisecond)

		_, err = db.Exec(db.SQL("UPDATE cellseal_segments SET ver = ?, manifest = ?"), rows[0][0], rows[0][1])
		require.NoError(t, err)
		var back *segment.SetBackError
		_, err = x.View(ctx, c)
		require.ErrorAs(t, err, &back)
		require.Equal(t, []int64{2, 3}, []int64{back.Got, back.Seen})
		require.ErrorContains(t, err, "restored a backup")
		faults, err := x.Verify(ctx, c)
		require.NoError(t, err)
		require.Len(t, faults, 1)
		require.ErrorAs(t, x.Flush(ctx, c), &back, "nothing is made of it")
		_, err = x.Stats(ctx, c)
		require.ErrorAs(t, err, &back)

		_, err = x.View(ctx, dated{c, time.Now().Add(-time.Hour)})
		require.NoError(t, err, "a transaction sees what was when it began")
		_, err = x.View(ctx, undated{c})
		require.NoError(t, err, "and nobody knows when this one did")
		_, err = x.View(ctx, dated{c, time.Now()})
		require.ErrorAs(t, err, &back)
		if db.Dialect != testdb.SQLite {
			_, err = x.View(ctx, following{c})
			require.NoError(t, err, "a replica may lag behind")
		}
		fresh := newIndex(t, segment.NewStore(dialects[db.Dialect], quick), ring, shape)
		require.Equal(t, [][]int{{1}}, lookup(t, fresh, c, 7), "who restored a backup starts anew")
	})
}

func TestAServerMayLag(t *testing.T) {
	db := testdb.OpenSQLite(t)
	x, c := newIndex(t, newStore(t, db, nil), newRing(t), shape), segment.SQL(db.DB)
	write(t, x, c, segment.Added, 1, 7)
	rows, err := c.Query(ctx, "SELECT ver, manifest FROM cellseal_segments")
	require.NoError(t, err)
	require.NoError(t, x.Flush(ctx, c))
	require.Equal(t, [][]int{{1}}, lookup(t, x, c, 7))
	db.Run(t, "UPDATE cellseal_segments SET ver = ?, manifest = ?", rows[0]...)
	_, err = x.View(ctx, c)
	require.NoError(t, err, "for ten seconds")
}

// A first manifest that was rolled back was never there.
func TestABeginningMayBeRolledBack(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		x, c := newIndex(t, newStore(t, db, quick), newRing(t), shape), segment.SQL(db.DB)
		for _, keep := range []bool{false, false, true} {
			began := time.Now()
			tx, err := db.Begin()
			require.NoError(t, err)
			in := dated{segment.SQLTx(tx), began}
			write(t, x, in, segment.Added, 1, 7)
			require.Equal(t, [][]int{{1}}, lookup(t, x, in, 7))
			write(t, x, in, segment.Added, 2, 7)
			if keep {
				require.NoError(t, tx.Commit())
				break
			}
			require.NoError(t, tx.Rollback())
			time.Sleep(5 * time.Millisecond)
			require.Equal(t, [][]int{{}}, lookup(t, x, c, 7))
			require.NoError(t, x.Flush(ctx, c))
		}
		require.Equal(t, [][]int{{1, 2}}, lookup(t, x, c, 7))
		st, err := x.Stats(ctx, c)
		require.NoError(t, err)
		require.Equal(t, int64(1), st.Version)
	})
}

func TestAnIndexBesideDocumentsIsFilledFirst(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		ring := newRing(t)
		x, c := newIndex(t, newStore(t, db, nil), ring, shape), segment.SQL(db.DB)
		asked := 0
		no := func(context.Context) (bool, error) { asked++; return false, nil }
		require.NoError(t, x.Begin(ctx, c, no))
		require.NoError(t, x.Begin(ctx, c, no))
		require.Equal(t, 1, asked)
		write(t, x, c, segment.Added, 1, 7)
		var filling *segment.FillingError
		_, err := x.View(ctx, c)
		require.ErrorAs(t, err, &filling)
		require.NoError(t, segment.Maintain(ctx, c, &segment.MaintainOptions{Once: true, All: true}, x), "maintenance goes on meanwhile")
		x = newIndex(t, segment.NewStore(dialects[db.Dialect], nil), rotated(t, ring), shape)
		require.NoError(t, x.Rekey(ctx, c))
		st, err := x.Stats(ctx, c)
		require.NoError(t, err)
		require.True(t, st.Filling, "and leaves it at that")
		_, err = x.View(ctx, c)
		require.ErrorAs(t, err, &filling)
		write(t, x, c, segment.Added, 2, 7)
		for range 2 {
			require.NoError(t, x.Complete(ctx, c))
			require.Equal(t, [][]int{{1, 2}}, lookup(t, x, c, 7))
		}
	})
}

// Two transactions begin an index: the one that comes second may not see the manifest that the first one made, but its own rows.
func TestTwoBeginAtOnce(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		if db.Dialect == testdb.SQLite {
			t.Skip("one writes at a time")
		}
		c := segment.SQL(db.DB)
		for _, know := range []bool{true, false} {
			ring := newRing(t)
			x := newIndex(t, newStore(t, db, quick), ring, shape)
			for _, table := range []string{"segments", "parts", "pages", "pending"} {
				db.Run(t, "DELETE FROM cellseal_"+table)
			}
			began := time.Now()
			tx, err := db.Begin()
			require.NoError(t, err)
			defer tx.Rollback()
			var in segment.Conn = segment.SQLTx(tx)
			if know {
				in = dated{in, began}
			}
			require.Equal(t, [][]int{{}}, lookup(t, x, in, 7)) // its snapshot is taken
			write(t, newIndex(t, segment.NewStore(dialects[db.Dialect], nil), ring, shape), c, segment.Added, 1, 7)
			write(t, x, in, segment.Added, 2, 7)
			require.Contains(t, lookup(t, x, in, 7)[0], 2)
			if db.Dialect != testdb.MySQL { // where maintenance waits for that transaction
				require.NoError(t, x.Flush(ctx, c))
				require.Contains(t, lookup(t, x, in, 7)[0], 2)
			}
			require.NoError(t, tx.Commit())
			require.NoError(t, x.Flush(ctx, c))
			require.Equal(t, [][]int{{1, 2}}, lookup(t, x, c, 7))
		}
	})
}

// A dated Conn says when its transaction began.
type dated struct {
	segment.Conn
	at time.Time
}

func (d dated) Began() time.Time { return d.at }

// An undated one does not.
type undated struct{ segment.Conn }

// A following server says that it is a replica.
type following struct{ segment.Conn }

func (following) Began() time.Time { return time.Time{} }

func (f following) Query(ctx context.Context, query string, args ...any) ([][]any, error) {
	rows, err := f.Conn.Query(ctx, query, args...)
	if strings.Contains(query, "pg_is_in_recovery") || strings.Contains(query, "read_only") {
		rows = [][]any{{int64(1)}}
	}
	return rows, err
}
