package reseal_test

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/reseal"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

// beside has one value in two columns: under a smoothed index, and under an exact one.
func beside() schema.Table {
	t := towns()
	t.Columns = append(t.Columns, &schema.Column{Name: "place", Mode: schema.ModeSeal, Type: "text"})
	t.Indexes = append(t.Indexes, &schema.Index{Kind: "exact", AcceptFrequencyLeak: true, Columns: []search.Column{{Name: "place", Transforms: []search.Transform{search.Fold}}}})
	return t
}

const zipfCities = 1000

func zipfCity(rank int) string { return fmt.Sprintf("city %d", rank) }

// zipfTown draws a rank, from 1, by Zipf's law.
func zipfTown(r *rand.Rand) func() int {
	sums := make([]float64, zipfCities+1)
	for i := 1; i <= zipfCities; i++ {
		sums[i] = sums[i-1] + 1/float64(i)
	}
	return func() int {
		at, _ := slices.BinarySearch(sums, r.Float64()*sums[zipfCities])
		return max(at, 1)
	}
}

// fillZipf fills towns with rows of both columns, or of the twin's one, and returns the ranks by id.
func (p process) fillZipf(t testing.TB, rows int) map[int]int {
	t.Helper()
	counts := map[any]uint64{}
	for i := 1; i <= zipfCities; i++ {
		counts[zipfCity(i)] = uint64(1_000_000 / i)
	}
	o := quick(counts)
	o.Rows = uint64(rows)
	require.NoError(t, reseal.Profile(ctx, p.DB.DB, "towns", "city__sm", o))
	ranks := map[int]int{}
	draw := zipfTown(rand.New(rand.NewPCG(7, 8)))
	const batch = 50 // arguments of SQLite's driver cost the square of their number
	for id := 1; id <= rows; {
		var args []any
		for range batch {
			ranks[id] = draw()
			args = append(args, id, zipfCity(ranks[id]), zipfCity(ranks[id]))
			id++
		}
		_, err := p.Exec(p.SQL("INSERT INTO towns (id, city, place) VALUES (?, ?, ?)"+strings.Repeat(", (?, ?, ?)", batch-1)), args...)
		require.NoError(t, err)
	}
	return ranks
}

// guessed is the fraction of rows that frequency analysis gets right: the most frequent token is taken for
// the most frequent city, and so on. (search/internal/attack has attacks that know the profile too.)
func guessed(stored map[int]string, ranks map[int]int) float64 {
	volumes := map[string]int{}
	for _, token := range stored {
		volumes[token]++
	}
	tokens := slices.SortedFunc(maps.Keys(volumes), func(a, b string) int {
		return cmp.Or(volumes[b]-volumes[a], strings.Compare(a, b))
	})
	guess := map[string]int{}
	for i, token := range tokens {
		guess[token] = i + 1
	}
	right := 0
	for id, token := range stored {
		if guess[token] == ranks[id] {
			right++
		}
	}
	return float64(right) / float64(len(stored))
}

// What search/internal/attack shows of the construction holds for the column as it is stored.
func TestFrequenciesDoNotShow(t *testing.T) {
	db := testdb.OpenSQLite(t)
	create(t, db, beside())
	p := newProcess(t, db, celltest.Ring(t), shortLease, beside())
	ranks := p.fillZipf(t, 20_000)
	blind := 0
	for _, rank := range ranks {
		if rank == 1 {
			blind++
		}
	}
	recovered := func(column string) float64 {
		rows, err := p.bare(t).Query("SELECT id, " + column + " FROM towns")
		require.NoError(t, err)
		defer rows.Close()
		stored := map[int]string{}
		for rows.Next() {
			var id int
			var token []byte
			require.NoError(t, rows.Scan(&id, &token))
			stored[id] = string(token)
		}
		require.NoError(t, rows.Err())
		require.Len(t, stored, 20_000)
		return guessed(stored, ranks) / (float64(blind) / 20_000)
	}
	smoothed, exact := recovered("city__sm"), recovered("place__eq")
	t.Logf("beside blind guessing: smoothed %.2f, exact %.2f", smoothed, exact)
	require.LessOrEqual(t, smoothed, 1.15)
	require.Greater(t, exact, 3.0)
	for _, rank := range []int{1, 2, 10, 100, zipfCities} {
		require.Equal(t, p.texts(t, "SELECT id FROM towns WHERE place = ? ORDER BY id", zipfCity(rank)), p.texts(t, "SELECT id FROM towns WHERE city = ? ORDER BY id", zipfCity(rank)))
	}
}

// BenchmarkLookup looks for a city of rank 100 among 20 000 rows: by the smoothed column, by the exact one, and in
// a table of plaintext.
func BenchmarkLookup(b *testing.B) {
	testdb.EachB(b, func(b *testing.B, db testdb.DB) {
		create(b, db, beside())
		p := newProcess(b, db, celltest.Ring(b), 0, beside())
		ranks := p.fillZipf(b, 20_000)
		text := db.Types.Text
		if db.Dialect == testdb.MySQL {
			text = "VARCHAR(40)"
		}
		db.Run(b, "CREATE TABLE twin (id "+db.Types.Int+" PRIMARY KEY, city "+text+")")
		for chunk := range slices.Chunk(slices.Sorted(maps.Keys(ranks)), 500) {
			var values []string
			for _, id := range chunk {
				values = append(values, fmt.Sprintf("(%d, '%s')", id, zipfCity(ranks[id])))
			}
			db.Run(b, "INSERT INTO twin (id, city) VALUES "+strings.Join(values, ", "))
		}
		db.Run(b, "CREATE INDEX twin_city ON twin (city)")
		for _, c := range []struct{ name, query string }{
			{"smoothed", "SELECT id, city FROM towns WHERE city = ?"}, {"exact", "SELECT id, place FROM towns WHERE place = ?"}, {"plain", "SELECT id, city FROM twin WHERE city = ?"},
		} {
			b.Run(c.name, func(b *testing.B) {
				for b.Loop() {
					if len(p.texts(b, c.query, zipfCity(100))) == 0 {
						b.Fatal("nothing found")
					}
				}
			})
		}
	})
}
