package sqlcell_test

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
)

// orderedRows is more than may be gathered.
const orderedRows = 600

// fillOrdered writes documents 1 to orderedRows: years is id*7%orderedRows, NULL for every hundredth, and n is
// id%20.
func fillOrdered(t testing.TB, p pool, rows int) {
	t.Helper()
	tx, err := p.Begin()
	require.NoError(t, err)
	defer tx.Rollback()
	for from := 1; from <= rows; from += 300 {
		var values []string
		var args []any
		for id := from; id < from+300 && id <= rows; id++ {
			years := any(id * 7 % rows)
			if id%100 == 0 {
				years = nil
			}
			values = append(values, "(?, ?, ?, ?)")
			args = append(args, id, id%20, years, []string{"sixteen bytes or more", "sixteen bytes or less", "short"}[id%3])
		}
		_, err := tx.Exec(p.SQL("INSERT INTO docs (id, n, years, shelf) VALUES "+strings.Join(values, ", ")), args...)
		require.NoError(t, err)
	}
	require.NoError(t, tx.Commit())
	require.NoError(t, sqlcell.Maintain(context.Background(), p.DB.DB, once))
}

var once = func() *sqlcell.MaintainOptions {
	o := &sqlcell.MaintainOptions{}
	o.Once, o.All = true, true
	return o
}()

// TestOrderedReadsWhatItNeeds asks for parts of an order of which the whole may not be gathered.
func TestOrderedReadsWhatItNeeds(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		p := wrapped(t, db, newSchema(t, docs()), celltest.Ring(t), &sqlcell.Options{MaxRows: 150})
		p.create(t, docs())
		fillOrdered(t, p, orderedRows)
		var byYears, nulls []int // ids
		for id := range orderedRows + 1 {
			if id%100 > 0 {
				byYears = append(byYears, id)
			} else if id > 0 {
				nulls = append(nulls, id)
			}
		}
		years := func(id int) int { return id * 7 % orderedRows }
		slices.SortFunc(byYears, func(a, b int) int { return years(a) - years(b) })
		from := func(least int) []int {
			return byYears[slices.IndexFunc(byYears, func(id int) bool { return years(id) >= least }):]
		}
		where := func(ids []int, n int) (some []int) {
			for _, id := range ids {
				if id%20 == n {
					some = append(some, id)
				}
			}
			return some
		}
		up, down := slices.Concat(nulls, byYears), slices.Clone(byYears)
		slices.Reverse(down)
		down = append(down, nulls...)
		if db.Dialect == testdb.Postgres {
			up, down = slices.Concat(byYears, nulls), slices.Concat(nulls, down[:len(byYears)])
		}
		ids := func(query string, args ...any) []int {
			t.Helper()
			return p.idsOn(t, p, query, args...)
		}
		require.Equal(t, up[:50], ids("SELECT id FROM docs ORDER BY years, id LIMIT 50"))
		require.Equal(t, up[50:125], ids("SELECT id FROM docs ORDER BY years, id LIMIT ? OFFSET ?", 75, 50))
		require.Equal(t, down[:20], ids("SELECT id FROM docs ORDER BY years DESC, id LIMIT 20"))
		require.Equal(t, from(300)[:50], ids("SELECT id FROM docs WHERE years >= ? ORDER BY years LIMIT 50", 300))
		require.Equal(t, from(301)[:5], ids("SELECT id FROM docs WHERE ? < years ORDER BY years LIMIT 5", 300))
		require.Equal(t, from(590), ids("SELECT id FROM docs WHERE years > 589 ORDER BY years LIMIT 50"))
		// What few rows satisfy is gathered after all, and what some satisfy is walked to.
		require.Equal(t, where(from(0), 5)[:7], ids("SELECT id FROM docs WHERE n = 5 ORDER BY years LIMIT 7"))
		require.Equal(t, where(from(300), 5), ids("SELECT id FROM docs WHERE n = 5 AND years >= 300 ORDER BY years, id LIMIT 50"))
		require.Equal(t, []int{}, ids("SELECT id FROM docs WHERE n = 500 ORDER BY years LIMIT 7"))
		require.Equal(t, []int{}, ids("SELECT id FROM docs WHERE years > ? ORDER BY years LIMIT 7", nil))
		require.Equal(t, []int{}, ids("SELECT id FROM docs ORDER BY years LIMIT 0"))
		require.Equal(t, years(byYears[len(byYears)-1]), ids("SELECT MAX(years) FROM docs")[0])
		require.Equal(t, years(from(77)[0]), ids("SELECT MIN(years) FROM docs WHERE years >= 77")[0])
		require.Equal(t, years(where(from(77), 9)[0]), ids("SELECT MIN(years) FROM docs WHERE years >= 77 AND n = 9")[0])
		var least, most sql.NullInt64
		require.NoError(t, p.QueryRow("SELECT MIN(years), MAX(years) FROM docs WHERE n > 18").Scan(&least, &most))
		some := where(byYears, 19)
		require.EqualValues(t, []int{years(some[0]), years(some[len(some)-1])}, []int{int(least.Int64), int(most.Int64)})
		require.NoError(t, p.QueryRow("SELECT MIN(years), MAX(years) FROM docs WHERE n = 500").Scan(&least, &most))
		require.False(t, least.Valid || most.Valid)
		var paged []int
		for last := -1; len(paged) < len(byYears); last = years(paged[len(paged)-1]) {
			paged = append(paged, ids("SELECT id FROM docs WHERE years > ? ORDER BY years LIMIT 110", last)...)
		}
		require.Equal(t, byYears, paged)
		_, err := p.Query("SELECT id FROM docs ORDER BY years LIMIT 200")
		require.ErrorAs(t, err, new(*ormhooks.TooManyRowsError))
		_, err = p.Query("SELECT id FROM docs ORDER BY shelf, years LIMIT 1")
		require.ErrorAs(t, err, new(*ormhooks.TooManyRowsError), "a third of the rows tie")
	})
}

// TestOrderedPastStaleEntries asks after rows were changed past the door: entries of rows that are gone, or
// have another value, are passed by.
func TestOrderedPastStaleEntries(t *testing.T) {
	eachListed(t, func(t *testing.T, p pool) {
		fillOrdered(t, p, 200)
		_, err := p.bare.Exec("DELETE FROM docs WHERE id IN (86, 172)") // of years 2 and 4
		require.NoError(t, err)
		_, err = p.bare.Exec("UPDATE docs SET years = NULL WHERE id = 29") // of years 3
		require.NoError(t, err)
		query := "SELECT id FROM docs WHERE years < 10 ORDER BY years LIMIT 4"
		require.Equal(t, []int{143, 115, 58, 1}, p.idsOn(t, p, query))
		_, err = p.Exec("UPDATE docs SET years = 150 WHERE id = 143")
		require.NoError(t, err)
		require.Equal(t, []int{115, 58, 1}, p.idsOn(t, p, "SELECT id FROM docs WHERE years < 8 ORDER BY years LIMIT 4"))
	})
}
