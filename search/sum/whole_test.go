package sum_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/search/internal/searchtest"
	"github.com/cellseal/cellseal/search/sum"
)

// A table that is one group, through deletions and NULLs that leave as many rows without a number as there
// are holes, and through a new key.
func TestTheWholeTable(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		ring := searchtest.NewRing(t)
		o := sum.Options{Dialect: searchtest.Dialects[db.Dialect]}
		x := index(t, ring, sum.Label("amount"), o)
		table := sum.Table{Name: "invoices", Column: "amount"}
		create(t, db, x, table)
		c := searchtest.Conn{On: db}
		insert := func(from, to int64) {
			group, err := x.Group()
			require.NoError(t, err)
			n, err := x.Next(t.Context(), c, group, int(to-from))
			require.NoError(t, err)
			for i := from; i < to; i++ {
				v, err := x.Encrypt(group, n+i-from, i)
				require.NoError(t, err)
				db.Run(t, "INSERT INTO invoices (id, cell, amount__n, amount__sum) VALUES (?, ?, ?, ?)", i, i, n+i-from, v)
			}
		}
		check := func() {
			t.Helper()
			var rows, total int64
			db.Scan(t, "SELECT COUNT(cell), COALESCE(SUM(cell), 0) FROM invoices", nil, &rows, &total)
			totals, err := x.Sum(t.Context(), c, table, "")
			require.NoError(t, err)
			require.Equal(t, []sum.Total{{Group: []any{}, Rows: rows, Sum: total}}, totals)
		}
		check()
		insert(0, 10)
		check()
		db.Run(t, "UPDATE invoices SET cell = NULL, amount__n = NULL, amount__sum = NULL WHERE id = 4")
		check()
		db.Run(t, "DELETE FROM invoices WHERE id = 7 OR id = 9")
		check()
		x = index(t, searchtest.Rotated(t, ring), sum.Label("amount"), o)
		insert(10, 20)
		check()
		db.Run(t, "DELETE FROM invoices WHERE id < 10")
		check()
		db.Run(t, "UPDATE invoices SET cell = NULL, amount__n = NULL, amount__sum = NULL")
		check()
	})
}
