package scopes_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/scopes"
	"github.com/cellseal/cellseal/ormhooks/celltest"
)

func TestShred(t *testing.T) {
	each(t, func(t *testing.T, db testdb.DB) {
		ring := celltest.Rotated(t)
		here := newSource(t, db, ring, &scopes.Options{TTL: time.Hour, CreateOnUse: true})
		sealed, term := seal(t, here, north)
		other, otherTerm := seal(t, here, south)
		shredder := newShredder(t, db, here)
		before := time.Now().Add(-time.Second)
		stone, err := shredder.Shred(ctx, north)
		require.NoError(t, err)
		require.Equal(t, north, stone.Scope)
		require.Equal(t, "dpo, ticket 4711", stone.By)
		require.True(t, stone.At.After(before) && stone.At.Before(time.Now().Add(time.Second)))

		late := newSource(t, db, ring, &scopes.Options{CreateOnUse: true})
		for _, s := range []*scopes.Source{here, late} {
			destroyed(t, s, north)
			opens(t, s, south, other, otherTerm)
			var is *keys.DestroyedError
			require.ErrorAs(t, s.Create(ctx, north), &is, "not created anew")
		}
		// A process that has it in memory until its TTL is over may learn of it before.
		unaware := newSource(t, db, ring, &scopes.Options{TTL: time.Hour})
		opens(t, unaware, south, other, otherTerm)
		east := keys.Scope("tenant", "east")
		require.NoError(t, unaware.Create(ctx, east))
		_, err = unaware.Cells(ctx, east)
		require.NoError(t, err)
		_, err = newShredder(t, db, here).Shred(ctx, east)
		require.NoError(t, err)
		_, err = unaware.Cells(ctx, east)
		require.NoError(t, err)
		require.ErrorAs(t, unaware.Create(ctx, east), new(*keys.DestroyedError))
		destroyed(t, unaware, east)
		var secrets []byte
		var by string
		var at int64
		db.Scan(t, "SELECT secrets, destroyed_by, destroyed FROM cellseal_scopes WHERE scope = ?", []any{[]byte(north)}, &secrets, &by, &at)
		require.Nil(t, secrets)
		require.Equal(t, stone, scopes.Tombstone{Scope: north, By: by, At: time.UnixMilli(at)})

		// Whoever comes later changes nothing of it.
		again, err := scopes.NewShredder(pool(t, db), dialects[db.Dialect], "somebody else").Shred(ctx, north)
		require.NoError(t, err)
		require.Equal(t, stone, again)
		require.ErrorAs(t, shredder.Retire(ctx, north, 1), new(*keys.DestroyedError))
		_, err = shredder.Shred(ctx, keys.Table("patients"))
		require.ErrorContains(t, err, "no scope")
		require.Error(t, open(late, south, sealed))
		_, newTerm := seal(t, late, south)
		require.NotEqual(t, term, newTerm)
	})
}

// While a scope is shredded others use it, each reading its row again and again: none gets its keys after Shred has
// returned.
func TestShredUnderLoad(t *testing.T) {
	each(t, func(t *testing.T, db testdb.DB) {
		ring := celltest.Ring(t)
		s := newSource(t, db, ring, &scopes.Options{CreateOnUse: true, TTL: time.Millisecond})
		for round := range 10 {
			scope := keys.Scope("tenant", fmt.Sprint(round))
			require.NoError(t, s.Create(ctx, scope))
			over := make(chan bool)
			begun := make(chan bool, 4)
			var group sync.WaitGroup
			for range 4 {
				group.Go(func() {
					for n := 0; ; n++ {
						after := false
						select {
						case <-over:
							after = true
						default:
						}
						_, err := s.Cells(ctx, append([]keys.Label{scope}, compartment...)...)
						switch {
						case errors.As(err, new(*keys.DestroyedError)):
						case err != nil:
							t.Error(err)
							return
						case after:
							t.Error("the scope was shredded before")
							return
						}
						if n == 0 {
							begun <- true
						}
						if after {
							return
						}
					}
				})
			}
			for range 4 {
				<-begun
			}
			_, err := newShredder(t, db, s).Shred(ctx, scope)
			require.NoError(t, err)
			close(over)
			group.Wait()
			destroyed(t, newSource(t, db, ring, nil), scope)
		}
	})
}

func TestShreddersAtTheSameTime(t *testing.T) {
	each(t, func(t *testing.T, db testdb.DB) {
		s := newSource(t, db, celltest.Ring(t), &scopes.Options{CreateOnUse: true})
		seal(t, s, north)
		var stones [6]scopes.Tombstone
		var group sync.WaitGroup
		for i := range stones {
			p := pool(t, db)
			group.Go(func() {
				var err error
				if stones[i], err = scopes.NewShredder(p, dialects[db.Dialect], fmt.Sprint("number ", i), s).Shred(ctx, north); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		for _, stone := range stones {
			require.Equal(t, stones[0], stone, "one of them did it")
		}
	})
}

// A restored backup brings a shredded scope back, and tombstones kept elsewhere bury it again.
func TestReapply(t *testing.T) {
	each(t, func(t *testing.T, db testdb.DB) {
		ring := celltest.Ring(t)
		s := newSource(t, db, ring, &scopes.Options{CreateOnUse: true})
		sealed, term := seal(t, s, north)
		seal(t, s, south)
		db.Run(t, "CREATE TABLE backup AS SELECT * FROM cellseal_scopes")
		shredder := newShredder(t, db, s)
		gone := keys.Scope("tenant", "younger than the backup")
		seal(t, s, gone)
		for _, scope := range []keys.Label{gone, north} {
			_, err := shredder.Shred(ctx, scope)
			require.NoError(t, err)
		}
		var kept []scopes.Tombstone
		for stone, err := range shredder.Tombstones(ctx) {
			require.NoError(t, err)
			kept = append(kept, stone)
		}
		require.Len(t, kept, 2)
		elsewhere, err := json.Marshal(kept)
		require.NoError(t, err)

		db.Run(t, "DELETE FROM cellseal_scopes")
		db.Run(t, "INSERT INTO cellseal_scopes SELECT * FROM backup")
		opens(t, newSource(t, db, ring, nil), north, sealed, term)
		var read []scopes.Tombstone
		require.NoError(t, json.Unmarshal(elsewhere, &read))
		for round := range 2 {
			revived, err := shredder.Reapply(ctx, read...)
			require.NoError(t, err)
			if round == 0 {
				require.Equal(t, []keys.Label{north}, revived)
			} else {
				require.Empty(t, revived)
			}
		}
		fresh := newSource(t, db, ring, &scopes.Options{CreateOnUse: true})
		destroyed(t, fresh, north)
		destroyed(t, fresh, gone)
		var now []scopes.Tombstone
		for stone, err := range shredder.Tombstones(ctx) {
			require.NoError(t, err)
			now = append(now, stone)
		}
		require.Equal(t, kept, now, "who and when are as they were")

		for _, bad := range []scopes.Tombstone{{}, {Scope: north}, {Scope: keys.Table("a"), By: "x", At: time.Now()}, {Scope: north, By: "x"}} {
			_, err := shredder.Reapply(ctx, bad)
			require.Error(t, err)
		}
	})
}

// What SQLite has on its disk does not hold the secrets any more.
func TestSQLiteForgets(t *testing.T) {
	db := testdb.OpenSQLite(t)
	db.Run(t, scopes.DDL(scopes.SQLite))
	s := newSource(t, db, celltest.Ring(t), &scopes.Options{CreateOnUse: true})
	seal(t, s, north)
	seal(t, s, south)
	var secrets, others []byte
	db.Scan(t, "SELECT secrets FROM cellseal_scopes WHERE scope = ?", []any{[]byte(north)}, &secrets)
	db.Scan(t, "SELECT secrets FROM cellseal_scopes WHERE scope = ?", []any{[]byte(south)}, &others)
	require.Contains(t, string(db.Bytes(t)), string(secrets))
	_, err := newShredder(t, db, s).Shred(ctx, north)
	require.NoError(t, err)
	require.NotContains(t, string(db.Bytes(t)), string(secrets))
	require.NotContains(t, string(db.Bytes(t)), string(secrets[60:98]))
	require.Contains(t, string(db.Bytes(t)), string(others))
}

// Who writes the table can destroy and put back, but not make a scope's keys another's, or ones of his own.
func TestTheTableIsNotTrusted(t *testing.T) {
	each(t, func(t *testing.T, db testdb.DB) {
		ring := celltest.Ring(t)
		s := newSource(t, db, ring, &scopes.Options{CreateOnUse: true})
		seal(t, s, north)
		seal(t, s, south)
		fails := func(because error) {
			_, err := newSource(t, db, ring, nil).Cells(ctx, north)
			require.ErrorIs(t, err, because)
		}
		var mine, theirs []byte
		db.Scan(t, "SELECT secrets FROM cellseal_scopes WHERE scope = ?", []any{[]byte(north)}, &mine)
		db.Scan(t, "SELECT secrets FROM cellseal_scopes WHERE scope = ?", []any{[]byte(south)}, &theirs)
		for _, bad := range [][]byte{theirs, mine[:98], mine[1:], append(append([]byte{}, theirs[:98]...), mine[98:]...), make([]byte, 196), {}} {
			db.Run(t, "UPDATE cellseal_scopes SET secrets = ? WHERE scope = ?", bad, []byte(north))
			if len(bad) == 98 { // half of them: the rest is drawn anew, and what was sealed with it is lost
				continue
			}
			fails(scopes.ErrDamaged)
		}
		db.Run(t, "UPDATE cellseal_scopes SET secrets = NULL WHERE scope = ?", []byte(north))
		fails(scopes.ErrDamaged)
		db.Run(t, "UPDATE cellseal_scopes SET secrets = ? WHERE scope = ?", mine, []byte(north))
		_, err := newSource(t, db, ring, nil).Cells(ctx, north)
		require.NoError(t, err)
		stranger, err := keys.NewRing()
		require.NoError(t, err)
		_, err = newSource(t, db, stranger, &scopes.Options{ReadOnly: true}).Cells(ctx, north)
		require.ErrorContains(t, err, "no enabled key")
	})
}
