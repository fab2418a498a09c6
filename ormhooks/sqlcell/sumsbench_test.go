package sqlcell_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
)

type summedBill struct {
	_      struct{} `cell:"table=bills,bind=id"`
	ID     int64    `gorm:"primaryKey"`
	Clinic int64
	Day    int64
	Amount int64 `cell:"seal" search:"sum,by=clinic"`
	Due    int64 `cell:"seal" search:"sum"`
}

// BenchmarkRunningSums adds up a table through the door beside a plain one, the fastest of either. CELLSEAL_BENCH_ROWS=1000000
// is for figures; MaxRows is below the number of rows, so nothing is gathered.
func BenchmarkRunningSums(b *testing.B) {
	rows := 5000
	if n, err := strconv.Atoi(os.Getenv("CELLSEAL_BENCH_ROWS")); err == nil && n > 0 {
		rows = n
	}
	testdb.EachB(b, func(b *testing.B, db testdb.DB) {
		p := wrapped(b, db, newSchema(b, summedBill{}), celltest.Ring(b), &sqlcell.Options{MaxRows: max(rows/2, 500)})
		p.create(b, summedBill{})
		p.Run(b, "CREATE TABLE plain_bills (id BIGINT PRIMARY KEY, clinic BIGINT NOT NULL, day BIGINT NOT NULL, amount BIGINT NOT NULL, due BIGINT NOT NULL, note VARCHAR(40))")
		var wrote [2]time.Duration
		r := rand.New(rand.NewPCG(1, 2))
		const batch = 500
		for at := 0; at < rows; at += batch {
			var args []any
			for id := at + 1; id <= at+batch; id++ {
				args = append(args, id, r.IntN(100), id*100/rows, r.IntN(100_000), r.IntN(1000))
			}
			values := "(?, ?, ?, ?, ?)" + strings.Repeat(", (?, ?, ?, ?, ?)", batch-1)
			for i, table := range []string{"bills", "plain_bills"} {
				start := time.Now()
				p.Run(b, "INSERT INTO "+table+" (id, clinic, day, amount, due) VALUES "+values, args...)
				wrote[i] += time.Since(start)
			}
		}
		if db.Dialect == testdb.Postgres {
			_, err := p.bare.Exec("VACUUM ANALYZE")
			require.NoError(b, err)
		}
		b.Logf("%d rows written in %v, plain in %v", rows, wrote[0], wrote[1])
		for name, query := range map[string]string{
			"table":  "SELECT SUM(due) FROM ",
			"groups": "SELECT clinic, SUM(amount) FROM %s GROUP BY clinic",
			"where":  "SELECT clinic, SUM(amount) FROM %s WHERE clinic < 30 GROUP BY clinic",
			"runs":   "SELECT SUM(due) FROM %s WHERE day < 50",
			"both":   "SELECT clinic, COUNT(*), AVG(amount), SUM(amount) FROM %s GROUP BY clinic ORDER BY clinic",
		} {
			b.Run(name, func(b *testing.B) {
				ask := func(table string) time.Duration {
					start := time.Now()
					text := strings.ReplaceAll(query, "%s", table)
					if text == query {
						text += table
					}
					require.NotEmpty(b, p.grid(b, p, text))
					return time.Since(start)
				}
				ask("bills")
				plain, sealed := time.Hour, time.Hour
				for b.Loop() {
					plain, sealed = min(plain, ask("plain_bills")), min(sealed, ask("bills"))
				}
				b.ReportMetric(float64(plain.Microseconds())/1000, "plain-ms")
				b.ReportMetric(float64(sealed.Microseconds())/1000, "sum-ms")
				b.ReportMetric(sealed.Seconds()/plain.Seconds(), "ratio")
			})
		}
	})
}
