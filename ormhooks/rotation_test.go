package ormhooks_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
)

// The life of a root key, as seen by rows: every change gives a ring of its own.
func changed(t testing.TB, ring *keys.Ring, change func(*keys.Keyset) (*keys.Keyset, error)) *keys.Ring {
	t.Helper()
	ks, err := change(ring.CellKeys())
	require.NoError(t, err)
	next, err := ring.WithCellKeys(ks)
	require.NoError(t, err)
	return next
}

func added(t testing.TB, ring *keys.Ring) (*keys.Ring, uint32) {
	t.Helper()
	var id uint32
	next := changed(t, ring, func(ks *keys.Keyset) (next *keys.Keyset, err error) {
		next, id, err = ks.Add()
		return next, err
	})
	return next, id
}

func promoted(t testing.TB, ring *keys.Ring, id uint32) *keys.Ring {
	return changed(t, ring, func(ks *keys.Keyset) (*keys.Keyset, error) { return ks.Promote(id) })
}

func disabled(t testing.TB, ring *keys.Ring, id uint32) *keys.Ring {
	return changed(t, ring, func(ks *keys.Keyset) (*keys.Keyset, error) { return ks.Disable(id) })
}

func (d door) stale(t testing.TB, given any) bool {
	t.Helper()
	stale, err := ormhooks.Stale(ctx, d.source, d.Schema, given)
	require.NoError(t, err)
	return stale
}

func TestARotationFromAddToDisable(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		createTable(t, db, "bound", boundRow[int64]{})
		live := keys.NewLive(celltest.Ring(t), nil)
		d := newDoor(t, boundRow[int64]{}).with(live)
		all := func() []*boundRow[int64] { return readAll[boundRow[int64]](t, db, "bound") }
		write := func(id int64) {
			row := &boundRow[int64]{ID: id}
			row.set()
			d.seal(t, row)
			insert(t, db, "bound", row)
		}
		write(1)
		ring, id := added(t, live.Ring())
		live.Swap(ring)
		write(2)
		require.False(t, d.stale(t, ptr(all())), "a key that is not the primary yet")

		live.Swap(promoted(t, ring, id))
		write(3)
		rows := all()
		require.True(t, d.stale(t, rows[0]))
		require.True(t, d.stale(t, rows[1]))
		require.False(t, d.stale(t, rows[2]))
		require.True(t, d.stale(t, &rows), "any row will do")
		d.open(t, &rows)
		require.True(t, d.stale(t, rows[0]), "opened rows are as stale as before")
		d.seal(t, &rows)
		require.False(t, d.stale(t, &rows), "what Seal has sealed is fresh")
		for _, row := range rows[:2] {
			update(t, db, "bound", row)
		}
		rows = all()
		require.False(t, d.stale(t, &rows))

		live.Swap(disabled(t, live.Ring(), 1001))
		d.open(t, &rows)
		for _, row := range rows {
			rows[0].requireSame(t, &row.protected)
		}
	})
}

func TestEveryModeKnowsItsKey(t *testing.T) {
	d := newDoor(t, boundRow[int64]{})
	row := &boundRow[int64]{ID: 1}
	row.set()
	d.seal(t, row)
	ring, id := added(t, celltest.Ring(t))
	ring = promoted(t, ring, id)
	now, without := d.with(ring), d.with(disabled(t, ring, 1001))
	parts := map[string]func(*boundRow[int64]){
		"note": func(b *boundRow[int64]) { scanInto(t, row.Note, &b.Note) },
		"ssn":  func(b *boundRow[int64]) { scanInto(t, row.SSN, &b.SSN); scanInto(t, row.SSNTok, &b.SSNTok) },
		"card": func(b *boundRow[int64]) { scanInto(t, row.Card, &b.Card); scanInto(t, row.CardKid, &b.CardKid) },
		"raw":  func(b *boundRow[int64]) { scanInto(t, row.Raw, &b.Raw); scanInto(t, row.RawKid, &b.RawKid) },
		"born": func(b *boundRow[int64]) { scanInto(t, row.Born, &b.Born) },
	}
	for column, scan := range parts {
		back := &boundRow[int64]{ID: 1}
		require.False(t, now.stale(t, back), "nothing was scanned")
		scan(back)
		require.True(t, now.stale(t, back), column)
		require.False(t, d.stale(t, back), column)
		err := without.openErr(t, back)
		var cellErr *ormhooks.CellError
		require.ErrorAs(t, err, &cellErr, column)
		require.Equal(t, column, cellErr.Column)
		require.Equal(t, uint32(1001), cellErr.KeyID)
		var unknown *keys.UnknownKeyError
		require.ErrorAs(t, cellErr, &unknown)
		require.Equal(t, uint32(1001), unknown.ID)
		require.True(t, without.stale(t, back), "a key that is gone is not the primary")
		now.open(t, back)
	}
}

func TestNullIsNeverStale(t *testing.T) {
	d := newDoor(t, patient{})
	p := &patient{ID: 1}
	require.NoError(t, p.SSN.Scan(nil))
	require.NoError(t, p.SSNTok.Scan(nil))
	require.False(t, d.stale(t, p))
}

func TestStaleRefusesWhatIsNoCell(t *testing.T) {
	d := newDoor(t, patient{})
	p := &patient{ID: 1}
	require.NoError(t, p.Email.Scan([]byte(canary)))
	_, err := ormhooks.Stale(ctx, d.source, d.Schema, &[]*patient{{ID: 2}, p})
	var cellErr *ormhooks.CellError
	require.ErrorAs(t, harmless(t, err), &cellErr)
	require.Equal(t, 1, cellErr.Row)
	require.Equal(t, "email", cellErr.Column)
}
