package sum_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/internal/searchtest"
	"github.com/cellseal/cellseal/search/sum"
)

func BenchmarkEncrypt(b *testing.B) {
	x := plain(b, sum.Options{})
	for b.Loop() {
		_, _ = x.Encrypt(nil, first, 1999)
	}
}

func BenchmarkDecryptAMillionRows(b *testing.B) {
	x := plain(b, sum.Options{Bound: 1 << 40})
	for b.Loop() {
		_, _ = x.Decrypt(nil, 0, sum.Run{First: first, Last: first + 1e6})
	}
}

// rowsOf is how large the tables are: CELLSEAL_BENCH_ROWS=1000000 for the figures in the docs.
func rowsOf(b *testing.B) int {
	if n, err := strconv.Atoi(os.Getenv("CELLSEAL_BENCH_ROWS")); err == nil && n > 0 {
		return n
	}
	if testing.Short() {
		return 10_000
	}
	return 100_000
}

// BenchmarkSum adds up one table three times: as whole, by one of 100 groups, and with a WHERE clause
// that leaves whole groups; each beside SQL's SUM over the same rows in clear, the fastest of either.
// The plain table is as wide as such a table is, the other holds a cell of 77 bytes where that has its
// number.
func BenchmarkSum(b *testing.B) {
	testdb.EachB(b, func(b *testing.B, db testdb.DB) {
		ring, rows := searchtest.NewRing(b), rowsOf(b)
		o := sum.Options{Dialect: searchtest.Dialects[db.Dialect]}
		whole := index(b, ring, sum.Label("amount"), o)
		o.By = []search.Type{search.Int}
		grouped := index(b, ring, sum.Label("price", "clinic"), o)
		prices := sum.Table{Name: "invoices", Column: "price", By: []string{"clinic"}}
		amounts := sum.Table{Name: "invoices", Column: "amount"}
		fill(b, db, rows, whole, grouped, amounts, prices)
		c := searchtest.Conn{On: db}
		for _, q := range []struct {
			name, plain string
			sealed      func() ([]sum.Total, error)
		}{
			{"table", "SELECT SUM(price) FROM plain", func() ([]sum.Total, error) { return whole.Sum(b.Context(), c, amounts, "") }},
			{"groups", "SELECT clinic, SUM(price) FROM plain GROUP BY clinic", func() ([]sum.Total, error) { return grouped.Sum(b.Context(), c, prices, "") }},
			{"where", "SELECT clinic, SUM(price) FROM plain WHERE clinic < 30 GROUP BY clinic", func() ([]sum.Total, error) {
				return grouped.Sum(b.Context(), c, prices, "clinic < 30")
			}},
			{"runs", "SELECT SUM(price) FROM plain WHERE day < 50", func() ([]sum.Total, error) { return whole.Sum(b.Context(), c, amounts, "day < 50") }},
		} {
			b.Run(q.name, func(b *testing.B) { // by turns, for both to have the same machine
				plain, sealed := time.Hour, time.Hour
				for b.Loop() {
					start := time.Now()
					_, err := c.Query(b.Context(), q.plain)
					require.NoError(b, err)
					middle := time.Now()
					_, err = q.sealed()
					require.NoError(b, err)
					plain, sealed = min(plain, middle.Sub(start)), min(sealed, time.Since(middle))
				}
				b.ReportMetric(float64(plain.Microseconds())/1000, "plain-ms")
				b.ReportMetric(float64(sealed.Microseconds())/1000, "sum-ms")
				b.ReportMetric(sealed.Seconds()/plain.Seconds(), "ratio")
			})
		}
	})
}

// fill makes both tables, with equal numbers in them.
func fill(b *testing.B, db testdb.DB, rows int, whole, grouped *sum.Index, amounts, prices sum.Table) {
	ty := db.Types
	db.Run(b, "CREATE TABLE plain (id "+ty.Int+" PRIMARY KEY, clinic "+ty.Int+" NOT NULL, day "+ty.Int+" NOT NULL, price "+ty.Int+" NOT NULL, note "+ty.Term+")")
	db.Run(b, "CREATE TABLE invoices (id "+ty.Int+" PRIMARY KEY, clinic "+ty.Int+" NOT NULL, day "+ty.Int+" NOT NULL, cell "+ty.Term+", note "+ty.Term+")")
	for _, q := range append(sum.DDL(searchtest.Dialects[db.Dialect]), append(whole.DDL(amounts), grouped.DDL(prices)...)...) {
		db.Run(b, q)
	}
	r := rand.New(rand.NewPCG(1, 2))
	const batch = 1000
	for at := 0; at < rows; at += batch {
		tx, err := db.Begin()
		require.NoError(b, err)
		c := searchtest.Conn{On: tx}
		var clear, sealed []any
		n, err := whole.Next(b.Context(), c, nil, batch)
		require.NoError(b, err)
		for i := range batch {
			id, price := at+i, r.Int64N(100_000)
			group, err := grouped.Group(id % 100)
			require.NoError(b, err)
			g := n>>32<<32 + int64(id/100) + 1 // what Next would give: the groups' rows come in turn
			day := id * 100 / rows             // as time goes by
			a, err := whole.Encrypt([]byte{}, n+int64(i), price)
			require.NoError(b, err)
			p, err := grouped.Encrypt(group, g, price)
			require.NoError(b, err)
			clear = append(clear, id, id%100, day, price, make([]byte, 20))
			sealed = append(sealed, id, id%100, day, make([]byte, 77), make([]byte, 90), n+int64(i), a, g, p)
		}
		for q, args := range map[string][]any{
			"INSERT INTO plain (id, clinic, day, price, note) VALUES (?" + strings.Repeat(", ?", 4) + ")":                                                 clear,
			"INSERT INTO invoices (id, clinic, day, cell, note, amount__n, amount__sum, price__n, price__sum) VALUES (?" + strings.Repeat(", ?", 8) + ")": sealed,
		} {
			values := q[strings.LastIndex(q, "("):]
			_, err := tx.Exec(db.SQL(q+strings.Repeat(", "+values, batch-1)), args...)
			require.NoError(b, err)
		}
		require.NoError(b, tx.Commit())
	}
	for _, table := range []string{"plain", "invoices"} {
		switch db.Dialect {
		case testdb.Postgres:
			db.Run(b, "VACUUM ANALYZE "+table)
		case testdb.MySQL:
			db.Run(b, "ANALYZE TABLE "+table)
		}
	}
}
