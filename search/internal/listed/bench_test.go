package listed_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/segment"
	"github.com/cellseal/cellseal/search/text"
)

// BenchmarkLike is LIKE '%…%' over CELLSEAL_BENCH_ROWS rows (100 000): the plain table, which is
// scanned, and the substring index, whose candidates are read by their ids and compared.
// Reading sealed cells instead of plain ones is package cell's cost.
func BenchmarkLike(b *testing.B) {
	rows, err := strconv.Atoi(os.Getenv("CELLSEAL_BENCH_ROWS"))
	if err != nil {
		rows = 100_000
	}
	testdb.EachB(b, func(b *testing.B, db testdb.DB) {
		x, p := likeTable(b, db, rows)
		for _, needle := range []string{"zwingli", "anders", "ann"} {
			found := 0
			b.Run(needle+"/plain", func(b *testing.B) {
				for b.Loop() {
					rows, err := p.Query(b.Context(), "SELECT id, name FROM people WHERE name LIKE '%"+needle+"%'")
					require.NoError(b, err)
					found = len(rows)
				}
				b.ReportMetric(float64(found), "rows")
			})
			b.Run(needle+"/index", func(b *testing.B) {
				for b.Loop() {
					q, err := x.Contains(needle)
					require.NoError(b, err)
					require.Equal(b, found, matching(b, p, q))
				}
				b.ReportMetric(float64(found), "rows")
			})
		}
	})
}

// matching reads candidates by their ids and counts those that match.
func matching(b *testing.B, p *place, q *text.Query) (n int) {
	docs, err := q.Find(b.Context(), p)
	require.NoError(b, err)
	for len(docs) > 0 {
		some := docs[:min(len(docs), 1000)]
		docs = docs[len(some):]
		list := make([]string, len(some))
		for i, d := range some {
			list[i] = strconv.FormatInt(search.IntOf(d), 10)
		}
		rows, err := p.Query(b.Context(), "SELECT name FROM people WHERE id IN ("+strings.Join(list, ",")+")")
		require.NoError(b, err)
		for _, r := range rows {
			if ok, err := q.Matches(r[0]); err == nil && ok {
				n++
			}
		}
	}
	return n
}

func likeTable(b *testing.B, db testdb.DB, rows int) (*text.Index, *place) {
	p := newPlace(b, db, nil)
	x := p.text(b, newRing(b), search.Substring("name"))
	db.Run(b, "CREATE TABLE people (id BIGINT PRIMARY KEY, name "+db.Types.Text+" NOT NULL)")
	r := rand.New(rand.NewPCG(30, 30))
	first := []string{"anna", "bernd", "carla", "dieter", "eva", "frank", "joanne", "hans", "ida", "jens"}
	last := []string{"anderson", "baker", "clark", "davies", "evans", "foster", "green", "hughes", "irwin", "jones"}
	for from := 0; from < rows; from += 1000 {
		tx, err := p.Begin(b.Context())
		require.NoError(b, err)
		var values []string
		for id := from; id < min(from+1000, rows); id++ {
			name := fmt.Sprintf("%s %s %x", first[r.IntN(10)], last[r.IntN(10)], r.Uint32())
			if r.IntN(10_000) == 0 {
				name += " zwingli"
			}
			values = append(values, fmt.Sprintf("(%d,'%s')", id, name))
			require.NoError(b, x.Add(b.Context(), tx, search.DocInt(int64(id)), name))
		}
		_, err = tx.Exec(b.Context(), "INSERT INTO people (id, name) VALUES "+strings.Join(values, ","))
		require.NoError(b, err)
		require.NoError(b, tx.Commit())
		require.NoError(b, search.Maintain(b.Context(), p, &segment.MaintainOptions{Once: true}, x))
	}
	require.NoError(b, search.Maintain(b.Context(), p, &segment.MaintainOptions{Once: true, All: true}, x))
	return x, p
}
