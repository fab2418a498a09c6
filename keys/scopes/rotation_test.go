package scopes_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/scopes"
)

// grown returns a ring with one more key in each half, promoted or not.
func grown(t testing.TB, r *keys.Ring, promote bool) *keys.Ring {
	t.Helper()
	cells, id, err := r.CellKeys().Add()
	require.NoError(t, err)
	index, other, err := r.IndexKeys().Add()
	require.NoError(t, err)
	if promote {
		cells, err = cells.Promote(id)
		require.NoError(t, err)
		index, err = index.Promote(other)
		require.NoError(t, err)
	}
	r, err = r.WithCellKeys(cells)
	require.NoError(t, err)
	r, err = r.WithIndexKeys(index)
	require.NoError(t, err)
	return r
}

func newRing(t testing.TB) *keys.Ring {
	t.Helper()
	r, err := keys.NewRing()
	require.NoError(t, err)
	return r
}

func secretsOf(t testing.TB, db testdb.DB, scope keys.Label) (secrets []byte) {
	t.Helper()
	db.Scan(t, "SELECT secrets FROM cellseal_scopes WHERE scope = ?", []any{[]byte(scope)}, &secrets)
	return secrets
}

// A new root key is a new secret: old cells still open, new ones are under the new one, and a scope's own old
// secret can be destroyed.
func TestRotation(t *testing.T) {
	each(t, func(t *testing.T, db testdb.DB) {
		live := keys.NewLive(newRing(t), nil)
		old := live.Ring().CellKeys().Primary()
		s := newSource(t, db, live, &scopes.Options{CreateOnUse: true, TTL: time.Hour})
		sealed, term := seal(t, s, north)
		leaked, err := keys.Grant(ctx, s, keys.CellTree(north))
		require.NoError(t, err)
		seal(t, s, south)
		before := secretsOf(t, db, north)

		live.Swap(grown(t, live.Ring(), true))
		opens(t, s, north, sealed, term)
		now, nowTerm := seal(t, s, north)
		require.NotEqual(t, term, nowTerm)
		opens(t, s, north, now, nowTerm)
		opens(t, newSource(t, db, live, nil), north, now, nowTerm)
		require.Error(t, open(leaked, north, now), "what has leaked is of no use any more")
		after := secretsOf(t, db, north)
		require.Len(t, after, 4*98)
		require.Contains(t, string(after), string(before[:98]), "an entry is never replaced")
		require.Contains(t, string(after), string(before[98:]))

		shredder := newShredder(t, db, s)
		require.NoError(t, shredder.Retire(ctx, north, old))
		require.NoError(t, shredder.Retire(ctx, north, old), "idempotent")
		require.NotContains(t, string(secretsOf(t, db, north)), string(before[:98]))
		for _, source := range []*scopes.Source{s, newSource(t, db, live, nil)} {
			require.ErrorAs(t, open(source, north, sealed), new(*keys.UnknownKeyError))
			opens(t, source, north, now, nowTerm)
		}
		var unknown *keys.UnknownKeyError
		require.ErrorAs(t, shredder.Retire(ctx, north, 77), &unknown)
		err = shredder.Retire(ctx, north, live.Ring().CellKeys().Primary())
		require.ErrorContains(t, err, "the only one")

		// Disabled and removed, an old root key leaves what is under the new one alone.
		cells, err := live.Ring().CellKeys().Disable(old)
		require.NoError(t, err)
		cells, err = cells.Remove(old)
		require.NoError(t, err)
		ring, err := live.Ring().WithCellKeys(cells)
		require.NoError(t, err)
		live.Swap(ring)
		opens(t, s, north, now, nowTerm)
		opens(t, newSource(t, db, live, nil), north, now, nowTerm)
	})
}

// A process whose ring is older meets a cell under a key that it learns of: from the ring, and from the table.
func TestReload(t *testing.T) {
	each(t, func(t *testing.T, db testdb.DB) {
		first := newRing(t)
		second := grown(t, first, true)
		ahead := newSource(t, db, second, nil)
		behind := newSource(t, db, keys.NewLive(first, &keys.LiveOptions{Load: loading(second)}), &scopes.Options{TTL: time.Hour})
		for _, scope := range []keys.Label{north, south} {
			require.NoError(t, behind.Create(ctx, scope))
			_, err := behind.Cells(ctx, scope)
			require.NoError(t, err)
		}
		sealed, term := seal(t, ahead, north)
		var unknown *keys.UnknownKeyError
		require.ErrorAs(t, open(behind, north, sealed), &unknown)
		require.NoError(t, behind.Reload(ctx, unknown.ID))
		opens(t, behind, north, sealed, term)
		require.ErrorAs(t, behind.Reload(ctx, 4711), &unknown, "an id that is made up")
		require.NoError(t, behind.Reload(ctx, second.CellKeys().Primary()))
	})
}

func TestExtend(t *testing.T) {
	each(t, func(t *testing.T, db testdb.DB) {
		ring := newRing(t)
		s := newSource(t, db, ring, nil)
		require.NoError(t, s.Create(ctx, north, south, keys.Scope("tenant", "gone")))
		_, err := newShredder(t, db, s).Shred(ctx, keys.Scope("tenant", "gone"))
		require.NoError(t, err)
		next := newSource(t, db, grown(t, ring, false), nil)
		n, err := next.Extend(ctx)
		require.NoError(t, err)
		require.Equal(t, 2, n)
		n, err = next.Extend(ctx)
		require.NoError(t, err)
		require.Zero(t, n)
		require.Len(t, secretsOf(t, db, south), 4*98)
		reader := newSource(t, db, grown(t, ring, true), &scopes.Options{ReadOnly: true})
		seal(t, reader, south) // under the key that it has: nothing is lost
	})
}
