package segment_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/search/segment"
)

func TestADocumentOf100000Keys(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		x, c := newIndex(t, newStore(t, db, nil), newRing(t), shape), segment.SQL(db.DB)
		list := make([]int, 0, 100_100)
		for n := range 100_100 {
			list = append(list, n%100_000) // some twice
		}
		write(t, x, c, segment.Added, 5, list...)
		for range 2 {
			require.Equal(t, [][]int{{5}, {5}, {}}, lookup(t, x, c, 0, 99_999, 100_000))
			entries, err := view(t, x, c).Scan(nil, nil, true, nil).Next(ctx, 1<<20)
			require.NoError(t, err)
			require.Len(t, entries, 100_000)
			require.NoError(t, x.Flush(ctx, c))
		}
		write(t, x, c, segment.Removed, 5)
		require.Equal(t, [][]int{{}}, lookup(t, x, c, 99_999))
		require.NoError(t, x.Flush(ctx, c))
		faults, err := x.Verify(ctx, c)
		require.NoError(t, err)
		require.Empty(t, faults)
	})
}

// A page that PostgreSQL moved to its TOAST table would cost a second look-up, and more room.
func TestPagesStayInTheirRows(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		x, c := newIndex(t, newStore(t, db, nil), newRing(t), shape), segment.SQL(db.DB)
		list := make([]int, 5000)
		for n := range list {
			list[n] = n
		}
		write(t, x, c, segment.Added, 5, list...)
		require.NoError(t, x.Flush(ctx, c))
		const pages, size = 77 + 1, 1984
		switch db.Dialect {
		case testdb.Postgres:
			var toast, heap int
			db.Scan(t, "SELECT pg_relation_size(reltoastrelid), pg_relation_size(oid) FROM pg_class WHERE relname = 'cellseal_pages'", nil, &toast, &heap)
			require.Zero(t, toast)
			require.LessOrEqual(t, heap, (pages/4+1)*8192, "four to a page")
		case testdb.SQLite:
			var overflow, leaves int
			db.Run(t, "PRAGMA wal_checkpoint(TRUNCATE)")
			rows, err := c.Query(ctx, "SELECT SUM(pagetype = 'overflow'), SUM(pagetype = 'leaf') FROM dbstat WHERE name = 'cellseal_pages'")
			if err != nil {
				t.Skip("this build of SQLite has no dbstat")
			}
			overflow, leaves = int(rows[0][0].(int64)), int(rows[0][1].(int64))
			require.Zero(t, overflow)
			require.LessOrEqual(t, leaves, pages/2+1, "two to a page")
		}
		var shortest, longest int
		db.Scan(t, "SELECT MIN(LENGTH(page)), MAX(LENGTH(page)) FROM cellseal_pages", nil, &shortest, &longest)
		require.Equal(t, []int{size, size}, []int{shortest, longest})
	})
}

func TestEveryShape(t *testing.T) {
	db := testdb.OpenSQLite(t)
	ring := newRing(t)
	for i, s := range []segment.Shape{{Key: 1, Doc: 1, Room: 1}, {Key: 1, Doc: 16, Room: 1}, {Key: 8, Doc: 8, Room: 1}, {Key: 12, Doc: 16, Room: 1}, {Key: 255, Doc: 255, Room: 8}} {
		x, c := newIndex(t, newStore(t, db, &segment.Options{Prefix: string(rune('a' + i))}), ring, s), segment.SQL(db.DB)
		k, d := make([]byte, s.Key), make([]byte, s.Doc)
		together(t, db, func(c segment.Conn) {
			for n := range 250 {
				k[s.Key-1], d[s.Doc-1] = byte(n/2), byte(n)
				require.NoError(t, x.Write(ctx, c, segment.Replaced, d, [][]byte{k}))
			}
		})
		for range 2 {
			from, to := append(make([]byte, s.Key-1), 50), append(make([]byte, s.Key-1), 60)
			cursor := view(t, x, c).Scan(from, to, false, nil)
			entries, err := cursor.Next(ctx, 100)
			require.NoError(t, err)
			require.Len(t, entries, 20)
			more, err := view(t, x, c).Scan(from, to, true, &entries[10]).Next(ctx, 100)
			require.NoError(t, err)
			require.Len(t, more, 10)
			require.Equal(t, entries[9].Doc, more[0].Doc)
			found, err := view(t, x, c).Lookup(ctx, from)
			require.NoError(t, err)
			require.Len(t, found[0], 2)
			require.NoError(t, x.Flush(ctx, c))
			faults, err := x.Verify(ctx, c)
			require.NoError(t, err)
			require.Empty(t, faults)
		}
	}
}

// Two indexes of one Store do not see each other, nor does one of another scope.
func TestIndexesAreApart(t *testing.T) {
	db := testdb.OpenSQLite(t)
	store, c := newStore(t, db, nil), segment.SQL(db.DB)
	x, y := newIndex(t, store, newRing(t), shape), store.Index(otherIndex(t), shape)
	write(t, x, c, segment.Added, 1, 5)
	write(t, y, c, segment.Added, 2, 5)
	for range 2 {
		require.Equal(t, [][]int{{1}}, lookup(t, x, c, 5))
		require.Equal(t, [][]int{{2}}, lookup(t, y, c, 5))
		require.NoError(t, segment.Maintain(ctx, c, &segment.MaintainOptions{Once: true, All: true}, x, y))
	}
	require.NoError(t, x.Drop(ctx, c))
	require.NoError(t, x.Complete(ctx, c))
	require.Equal(t, [][]int{{}}, lookup(t, x, c, 5))
	require.Equal(t, [][]int{{2}}, lookup(t, y, c, 5))
}
