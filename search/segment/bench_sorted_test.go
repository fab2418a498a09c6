package segment_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/search/segment"
)

// BenchmarkSorted reads a page of 50 and a range of 3 000 of a sorted index of 200 000 rows, and the same of a plain
// table with an index.
func BenchmarkSorted(b *testing.B) {
	testdb.EachB(b, func(b *testing.B, db testdb.DB) {
		n := 2 * postings()
		o := &segment.Options{Grace: time.Second}
		x := newIndex(b, newStore(b, db, o), newRing(b), segment.Shape{Key: 8, Doc: 8, Room: 1})
		place := func(id int) int { return id * 7919 % n } // scattered, each once
		fill(b, db, x, n, func(id int) [][]byte { return [][]byte{doc(place(id))} })
		db.Run(b, "CREATE TABLE plain (id "+db.Types.Int+" PRIMARY KEY, at "+db.Types.Int+")")
		tx, err := db.Begin()
		require.NoError(b, err)
		for id := range n {
			_, err := tx.Exec(db.SQL("INSERT INTO plain (id, at) VALUES (?, ?)"), id, place(id))
			require.NoError(b, err)
		}
		require.NoError(b, tx.Commit())
		db.Run(b, "CREATE INDEX plain_at ON plain (at, id)")
		c := segment.SQL(db.DB)
		for name, size := range map[string]int{"page of 50": 50, "range of 3000": 3000} {
			b.Run(name, func(b *testing.B) {
				for i := 0; b.Loop(); i++ {
					from := i * 4099 % (n - size)
					entries, err := view(b, x, c).Scan(doc(from), doc(from+size), false, nil).Next(ctx, size)
					require.NoError(b, err)
					require.Len(b, entries, size)
				}
			})
			b.Run("plain "+name, func(b *testing.B) {
				query := db.SQL("SELECT at, id FROM plain WHERE at >= ? AND at < ? ORDER BY at, id")
				for i := 0; b.Loop(); i++ {
					from := i * 4099 % (n - size)
					rows, err := c.Query(ctx, query, int64(from), int64(from+size))
					require.NoError(b, err)
					require.Len(b, rows, size)
				}
			})
		}
		b.Run("last 50", func(b *testing.B) { // ORDER BY … DESC LIMIT 50
			for b.Loop() {
				entries, err := view(b, x, c).Scan(nil, nil, true, nil).Next(ctx, 50)
				require.NoError(b, err)
				require.Len(b, entries, 50)
			}
		})
		db.Run(b, "DROP TABLE plain")
		sizes(b, db, x)
	})
}
