package sqlcell_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// readings has nothing but what is ordered.
func readings() schema.Table {
	return schema.Table{
		Name: "docs", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}},
		Columns: []*schema.Column{
			{Name: "id", Type: "int"}, {Name: "n", Type: "int", Nullable: true}, {Name: "years", Mode: schema.ModeSeal, Type: "int", Nullable: true},
			{Name: "shelf", Mode: schema.ModeSeal, Type: "text", Nullable: true},
		},
		Indexes: []*schema.Index{listed("sorted", "years")},
	}
}

// BenchmarkOrdered reads a page of 50 rows in order, and the ends of the order, beside a plain column with
// an index, of CELLSEAL_BENCH_ROWS rows.
func BenchmarkOrdered(b *testing.B) {
	n := 5000
	if text := os.Getenv("CELLSEAL_BENCH_ROWS"); text != "" {
		var err error
		n, err = strconv.Atoi(text)
		require.NoError(b, err)
	}
	testdb.EachB(b, func(b *testing.B, db testdb.DB) {
		p := wrapped(b, db, newSchema(b, readings()), celltest.Ring(b), nil)
		p.create(b, readings())
		fillOrdered(b, p, n)
		text := map[string]string{testdb.MySQL: "VARCHAR(50)"}[db.Dialect]
		if text == "" {
			text = "TEXT"
		}
		for _, statement := range []string{
			"CREATE TABLE plain (id BIGINT PRIMARY KEY, n BIGINT, years BIGINT, shelf " + text + ")",
			fmt.Sprintf("INSERT INTO plain SELECT id, n, CASE WHEN id %% 100 > 0 THEN id * 7 %% %d END, 'sixteen bytes or more' FROM docs", n),
			"CREATE INDEX plain_years ON plain (years)",
		} {
			_, err := p.bare.Exec(statement)
			require.NoError(b, err)
		}
		for _, c := range []struct{ name, query string }{
			{"page", "SELECT id, years, shelf FROM %s WHERE years > ? ORDER BY years LIMIT 50"},
			{"down", "SELECT id, years, shelf FROM %s WHERE years < ? ORDER BY years DESC LIMIT 50"},
			{"max", "SELECT MAX(years) FROM %s WHERE years < ?"},
		} {
			for _, side := range []string{"docs", "plain"} {
				query, on := p.SQL(fmt.Sprintf(c.query, side)), p.DB.DB
				if side == "plain" {
					on = p.bare
				}
				b.Run(c.name+"/"+side, func(b *testing.B) {
					for i := range b.N {
						rows, err := on.Query(query, n/4+i*37%(n/2))
						require.NoError(b, err)
						for rows.Next() {
						}
						require.NoError(b, rows.Err())
						rows.Close()
					}
				})
			}
		}
	})
}
