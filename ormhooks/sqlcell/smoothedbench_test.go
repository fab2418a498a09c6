package sqlcell_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/reseal"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

func cityTable(name string, x *schema.Index) schema.Table {
	return schema.Table{
		Name: name, Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}},
		Columns: []*schema.Column{{Name: "id", Type: "int"}, {Name: "n", Type: "int", Nullable: true}, {Name: "city", Mode: schema.ModeSeal, Type: "varchar(50)", Nullable: true}},
		Indexes: []*schema.Index{x},
	}
}

// BenchmarkSmoothed looks for the rows of one city of 100, which are as frequent as Zipf's law has it, beside an
// exact index and a plain column with an index, among CELLSEAL_BENCH_ROWS rows.
func BenchmarkSmoothed(b *testing.B) {
	n := 5000
	if text := os.Getenv("CELLSEAL_BENCH_ROWS"); text != "" {
		var err error
		n, err = strconv.Atoi(text)
		require.NoError(b, err)
	}
	exact := listed("exact", "city")
	exact.AcceptFrequencyLeak = true
	towns, twins := cityTable("towns", listed("smoothed", "city")), cityTable("twins", exact)
	testdb.EachB(b, func(b *testing.B, db testdb.DB) {
		p := wrapped(b, db, newSchema(b, towns, twins), celltest.Ring(b), nil)
		p.create(b, towns, twins)
		counts, cities := map[any]uint64{}, []string{}
		for i := range 100 {
			share := 1 + n/5/(i+1)
			city := fmt.Sprintf("city number %d", i)
			counts[city] = uint64(share)
			for range share {
				cities = append(cities, city)
			}
		}
		require.NoError(b, reseal.Profile(ctx, p.DB.DB, "towns", "city__sm", &reseal.ProfileOptions{Counts: counts, Settle: 1}))
		for _, statement := range []string{"CREATE TABLE plain (id BIGINT PRIMARY KEY, n BIGINT, city VARCHAR(50))", "CREATE INDEX plain_city ON plain (city)"} {
			_, err := p.bare.Exec(statement)
			require.NoError(b, err)
		}
		for _, name := range []string{"towns", "twins", "plain"} {
			for from := 0; from < n; from += 1000 {
				var values []string
				var args []any
				for id := from; id < min(from+1000, n); id++ {
					values, args = append(values, "(?, ?, ?)"), append(args, id+1, id%20, cities[id*7919%len(cities)])
				}
				_, err := p.Exec(p.SQL("INSERT INTO "+name+" (id, n, city) VALUES "+strings.Join(values, ", ")), args...)
				require.NoError(b, err)
			}
		}
		for _, city := range []int{0, 9, 99} {
			for _, name := range []string{"towns", "twins", "plain"} {
				query := p.SQL("SELECT id, n FROM " + name + " WHERE city = ?")
				b.Run(fmt.Sprintf("%d/%s", city, name), func(b *testing.B) {
					found := 0
					for range b.N {
						found = len(p.idsOf(b, query, fmt.Sprintf("city number %d", city)))
					}
					b.ReportMetric(float64(found), "rows")
				})
			}
		}
	})
}

func (p pool) idsOf(b *testing.B, query string, args ...any) (ids []int) {
	rows, err := p.Query(query, args...)
	require.NoError(b, err)
	defer rows.Close()
	for rows.Next() {
		var id, n int
		require.NoError(b, rows.Scan(&id, &n))
		ids = append(ids, id)
	}
	require.NoError(b, rows.Err())
	return ids
}
