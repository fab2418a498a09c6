package search_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/internal/attack"
)

const benchRows = 100_000

func benchIndex(t testing.TB) *search.SmoothedIndex {
	d := smoothedKey(t, fixedRing(t), search.Trim, search.Fold)
	return search.NewSmoothed(d, search.NewTextProfile(d, zipfCities(benchRows), benchRows, 1, seeded(1)))
}

// What it takes now; less is welcome.
func TestAllocationsOfToken(t *testing.T) {
	if raceDetector {
		t.Skip("under the race detector sync.Pool forgets on purpose")
	}
	x := benchIndex(t)
	row := []byte("4711")
	for v, most := range map[any]float64{any(city(1)): 2, any("nowhere"): 2} {
		require.LessOrEqual(t, testing.AllocsPerRun(200, func() { _, _ = x.Token(row, v) }), most)
	}
}

func BenchmarkSmoothed(b *testing.B) {
	x := benchIndex(b)
	row := []byte("4711")
	for name, v := range map[string]any{"first": city(1), "rank100": city(100), "rare": city(900)} {
		b.Run("Token/"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = x.Token(row, v)
			}
		})
		b.Run("Tokens/"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = x.Tokens(v)
			}
		})
	}
}

// BenchmarkSmoothedLookup looks for values of ranks 90 to 110 among 100 000 rows, about 134
// rows each: by the plain column and its index, and by tokens, of which false rows are
// dropped again, about 200 on average, more or less from value to value. A copy of the
// city stands for its cell: what decryption costs is package cell's to measure.
func BenchmarkSmoothedLookup(b *testing.B) {
	x := benchIndex(b)
	share := make([]float64, 1000)
	for k, n := 1, zipfCities(benchRows); k <= 1000; k++ {
		share[k-1] = float64(n[city(k)])
	}
	values := attack.NewSampler(share).Draw(benchRows, rand.New(rand.NewPCG(1, 1)))
	testdb.EachB(b, func(b *testing.B, db testdb.DB) {
		db.Run(b, fmt.Sprintf("CREATE TABLE p (id %s PRIMARY KEY, city %s, tok %s, cell %s)", db.Types.Int, db.Types.Key, db.Types.Term, db.Types.Key))
		type row struct {
			id int
			v  int32
		}
		var rows []row
		for i, v := range values {
			rows = append(rows, row{i + 1, v})
		}
		for page := range slices.Chunk(rows, 1000) {
			args := make([]any, 0, 4*len(page))
			for _, r := range page {
				name := city(int(r.v) + 1)
				args = append(args, r.id, name, token(b, x, fmt.Sprint(r.id), name), name)
			}
			db.Run(b, "INSERT INTO p VALUES "+strings.Repeat(", (?, ?, ?, ?)", len(page))[2:], args...)
		}
		db.Run(b, "CREATE INDEX p_city ON p (city)")
		db.Run(b, "CREATE INDEX p_tok ON p (tok)")
		if db.Dialect != testdb.MySQL {
			db.Run(b, "ANALYZE")
		} else {
			db.Run(b, "ANALYZE TABLE p")
		}
		look := func(b *testing.B, want, where string, args ...any) (found, all int) {
			r, err := db.Query(db.SQL("SELECT id, cell FROM p WHERE "+where), args...)
			require.NoError(b, err)
			defer r.Close()
			for r.Next() {
				var id int
				var name string
				require.NoError(b, r.Scan(&id, &name))
				all++
				if name == want {
					found++
				}
			}
			require.NoError(b, r.Err())
			return found, all
		}
		for _, way := range []string{"plain", "smoothed"} {
			b.Run(way, func(b *testing.B) {
				found, all := 0, 0
				for i := 0; b.Loop(); i++ {
					name := city(90 + i%21)
					where, args := "city = ?", []any{name}
					if way == "smoothed" {
						args = nil
						for _, t := range tokens(b, x, name) {
							args = append(args, t)
						}
						where = "tok IN (" + strings.Repeat(", ?", len(args))[2:] + ")"
					}
					f, n := look(b, name, where, args...)
					found, all = found+f, all+n
				}
				b.ReportMetric(float64(found)/float64(b.N), "rows/op")
				b.ReportMetric(float64(all-found)/float64(b.N), "false/op")
			})
		}
	})
}
