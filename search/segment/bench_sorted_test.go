package segment_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/search/segment"
)

// BenchmarkSorted reads a page of 50 and a range of 3 000 of a sorted index as it grows 10 and 100 times, to 200 000
// rows, and the same of a plain table with an index.
func BenchmarkSorted(b *testing.B) {
	for _, n := range []int{postings() / 50, postings() / 5, 2 * postings()} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			testdb.EachB(b, func(b *testing.B, db testdb.DB) { benchSorted(b, db, n) })
		})
	}
}

func benchSorted(b *testing.B, db testdb.DB, n int) {
	o := &segment.Options{Grace: time.Second}
	x := newIndex(b, newStore(b, db, o), newRing(b), segment.Shape{Key: 8, Doc: 8, Room: 1})
	place := func(id int) int { return id * 7919 % n } // scattered, each once
	fill(b, db, x, n, func(id int) [][]byte { return [][]byte{doc(place(id))} })
	db.Run(b, "CREATE TABLE plain (id "+db.Types.Int+" PRIMARY KEY, at "+db.Types.Int+")")
	const some = 1000
	for from := 0; from < n; from += some {
		var rows []string
		for id := from; id < min(from+some, n); id++ {
			rows = append(rows, fmt.Sprintf("(%d, %d)", id, place(id)))
		}
		db.Run(b, "INSERT INTO plain (id, at) VALUES "+strings.Join(rows, ", "))
	}
	db.Run(b, "CREATE INDEX plain_at ON plain (at, id)")
	c := segment.SQL(db.DB)
	for _, size := range []int{50, min(3000, n/2)} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				from := i * 4099 % (n - size)
				entries, err := view(b, x, c).Scan(doc(from), doc(from+size), false, nil).Next(ctx, size)
				require.NoError(b, err)
				require.Len(b, entries, size)
			}
		})
		b.Run(fmt.Sprintf("plain %d", size), func(b *testing.B) {
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
}
