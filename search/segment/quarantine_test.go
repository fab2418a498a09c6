package segment_test

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search/segment"
)

func TestAPoisonedRowIsSetAside(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		o := &segment.Options{}
		told := map[segment.Kind]int{}
		o.Observer = func(e segment.Event) {
			if told[e.Kind]++; e.Kind == segment.Poisoned {
				var corrupt *segment.CorruptError
				require.ErrorAs(t, e.Err, &corrupt)
				require.Equal(t, []int64{2, 4}, corrupt.Rows)
			}
		}
		ring := newRing(t)
		x, c := newIndex(t, newStore(t, db, o), ring, shape), segment.SQL(db.DB)
		other := segment.NewStore(dialects[db.Dialect], o).Index(otherIndex(t), shape)
		for id := range 5 {
			write(t, x, c, segment.Added, id+1, 7)
		}
		require.NoError(t, other.Write(ctx, c, segment.Added, doc(1), nil))
		rows, err := c.Query(ctx, "SELECT body FROM cellseal_pending WHERE id = 2")
		require.NoError(t, err)
		forged := append([]byte{}, rows[0][0].([]byte)...)
		forged[len(forged)-1]++
		db.Run(t, "UPDATE cellseal_pending SET body = ? WHERE id IN (2, 4)", forged)

		fresh := newIndex(t, segment.NewStore(dialects[db.Dialect], o), ring, shape)
		var corrupt *segment.CorruptError
		_, err = fresh.View(ctx, c)
		require.ErrorAs(t, err, &corrupt)
		require.Equal(t, []int64{2, 4}, corrupt.Rows)
		require.ErrorContains(t, err, "cellseal_pending: row 2, 4:")
		require.ErrorContains(t, err, "Quarantine")
		require.ErrorAs(t, segment.Maintain(ctx, c, &segment.MaintainOptions{Once: true, All: true}, fresh), &corrupt)
		require.Equal(t, 1, told[segment.Poisoned])
		require.Zero(t, told[segment.Failed])
		st, err := fresh.Stats(ctx, c)
		require.NoError(t, err)
		require.Equal(t, []int64{2, 4}, st.Poisoned)
		require.Equal(t, 5, st.Pending)
		faults, err := fresh.Verify(ctx, c)
		require.NoError(t, err)
		require.Len(t, faults, 2)
		require.Equal(t, []int64{2, 4}, []int64{faults[0].Row, faults[1].Row})

		require.ErrorContains(t, fresh.Quarantine(ctx, c, 2, 3), "row 3 of cellseal_pending is in order")
		require.ErrorContains(t, fresh.Quarantine(ctx, c, 2, 99), "no row 99")
		require.ErrorContains(t, fresh.Quarantine(ctx, c, 6), "no row 6", "it is another index's")
		_, err = fresh.View(ctx, c)
		require.ErrorAs(t, err, &corrupt, "nothing was done")
		require.NoError(t, fresh.Quarantine(ctx, c, 2, 4))

		var filling *segment.FillingError
		_, err = fresh.View(ctx, c)
		require.ErrorAs(t, err, &filling, "what they said is missing")
		require.NoError(t, segment.Maintain(ctx, c, &segment.MaintainOptions{Once: true, All: true}, fresh), "maintenance goes on")
		write(t, x, c, segment.Replaced, 2, 7)
		write(t, x, c, segment.Replaced, 4, 7)
		require.NoError(t, fresh.Complete(ctx, c))
		require.Equal(t, [][]int{{1, 2, 3, 4, 5}}, lookup(t, fresh, c, 7))
		require.Equal(t, [][]int{{1, 2, 3, 4, 5}}, lookup(t, x, c, 7))
		var kept int
		db.Scan(t, "SELECT COUNT(*) FROM cellseal_pending WHERE idx < 0 AND id IN (2, 4)", nil, &kept)
		require.Equal(t, 2, kept, "to be looked at")
		faults, err = fresh.Verify(ctx, c)
		require.NoError(t, err)
		require.Empty(t, faults)
	})
}

// Forgeries that do not even look like a row of this index.
func TestWhateverIsPoisonIsNamed(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		x, c := newIndex(t, newStore(t, db, nil), newRing(t), shape), segment.SQL(db.DB)
		write(t, x, c, segment.Added, 1, 7)
		rows, err := c.Query(ctx, "SELECT idx, body FROM cellseal_pending")
		require.NoError(t, err)
		idx, body := rows[0][0].(int64), rows[0][1].([]byte)
		unknown := append([]byte{}, body...)
		binary.BigEndian.PutUint32(unknown, binary.BigEndian.Uint32(unknown)+1)
		overriding := ""
		if db.Dialect == testdb.Postgres {
			overriding = " OVERRIDING SYSTEM VALUE"
		}
		for id, forged := range map[int64][]byte{100: {}, 101: []byte("short"), 102: unknown, 103: make([]byte, len(body)), 1 << 50: body, -5: body} {
			db.Run(t, db.SQL("INSERT INTO cellseal_pending (id, idx, at, body)"+overriding+" VALUES (?, ?, 1, ?)"), id, idx, forged)
			_, err := x.View(ctx, c)
			corrupt := new(segment.CorruptError)
			if id == 102 || id == 103 {
				require.ErrorAs(t, err, new(*keys.UnknownKeyError), id)
				require.ErrorContains(t, err, "row 10")
			} else {
				require.ErrorAs(t, err, &corrupt, id)
				require.Equal(t, []int64{id}, corrupt.Rows)
			}
			require.Error(t, x.Flush(ctx, c), id)
			require.NoError(t, x.Quarantine(ctx, c, id), id)
			require.NoError(t, x.Complete(ctx, c))
			require.Equal(t, [][]int{{1}}, lookup(t, x, c, 7))
			db.Run(t, "DELETE FROM cellseal_pending WHERE id = ?", id)
		}
		require.NoError(t, x.Flush(ctx, c))
		require.Equal(t, [][]int{{1}}, lookup(t, x, c, 7))
	})
}
