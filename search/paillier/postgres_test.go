package paillier

import (
	"database/sql"
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
)

// filled is a table of that many rows, with their values. For speed they share 20 r
// between them, which nothing but a test may do: the sum does not depend on it.
func filled(t testing.TB, db testdb.DB, public *PublicKey, rows int) (values []int64) {
	t.Helper()
	for _, statement := range public.DDL("salaries_sum") {
		db.Run(t, statement)
	}
	for _, statement := range public.DDL("salaries_sum") { // again
		db.Run(t, statement)
	}
	db.Run(t, "CREATE TABLE salaries (id bigint PRIMARY KEY, team int, salary_enc numeric)")
	db.Run(t, "INSERT INTO salaries VALUES (-1, 1, NULL), (-2, 9, NULL)")
	random := rand.New(rand.NewPCG(5, 6))
	tx, err := db.Begin()
	require.NoError(t, err)
	s := public.state()
	masks := []*big.Int{}
	for range 20 {
		masks = append(masks, s.zero(s.random()))
	}
	for i := range rows {
		v := int64(random.Uint64())
		values = append(values, v)
		_, err = tx.Exec("INSERT INTO salaries VALUES ($1, $2, $3)", i, i%3, s.product(s.bare(v), masks[i%20]))
		require.NoError(t, err)
	}
	require.NoError(t, tx.Commit())
	return values
}

func TestPostgresAddsUp(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		if db.Dialect != testdb.Postgres {
			t.Skip("an aggregate in SQL over numbers of 4096 bits is PostgreSQL's alone")
		}
		private := fixed(t)
		values := filled(t, db, private.Public(), 1000)
		want, teams := new(big.Int), [3]big.Int{}
		for i, v := range values {
			want.Add(want, big.NewInt(v))
			teams[i%3].Add(&teams[i%3], big.NewInt(v))
		}

		sum := func(query string) (sql.Null[Ciphertext], int64) {
			var c sql.Null[Ciphertext]
			var rows int64
			db.Scan(t, query, nil, &c, &rows)
			return c, rows
		}
		check := func(want *big.Int, query string) {
			t.Helper()
			c, rows := sum(query)
			require.True(t, c.Valid)
			got, err := private.Sum(&c.V, rows)
			require.NoError(t, err)
			require.Equal(t, want.String(), got.String())
		}
		const total = "SELECT salaries_sum(salary_enc), count(salary_enc) FROM salaries"
		check(want, total)
		for i := range teams {
			check(&teams[i], fmt.Sprintf("%s WHERE team = %d", total, i))
		}
		check(&teams[2], "SELECT s, n FROM (SELECT team, salaries_sum(salary_enc) s, count(salary_enc) n FROM salaries GROUP BY team) x WHERE team = 2")
		for _, nothing := range []string{"WHERE team = 9", "WHERE false"} {
			c, rows := sum(total + " " + nothing)
			require.False(t, c.Valid)
			require.Zero(t, rows)
		}

		// The same in parallel, where partial sums meet in the combining function.
		tx, err := db.Begin()
		require.NoError(t, err)
		defer tx.Rollback()
		for _, s := range []string{"SET LOCAL parallel_setup_cost = 0", "SET LOCAL parallel_tuple_cost = 0", "SET LOCAL min_parallel_table_scan_size = 0",
			"SET LOCAL max_parallel_workers_per_gather = 2"} {
			_, err = tx.Exec(s)
			require.NoError(t, err)
		}
		rows, err := tx.Query("EXPLAIN " + total)
		require.NoError(t, err)
		plan := ""
		for rows.Next() {
			var line string
			require.NoError(t, rows.Scan(&line))
			plan += line + "\n"
		}
		require.NoError(t, rows.Err())
		require.Contains(t, plan, "Partial Aggregate")
		var c Ciphertext
		require.NoError(t, tx.QueryRow("SELECT salaries_sum(salary_enc) FROM salaries").Scan(&c))
		got, err := private.Sum(&c, 1000)
		require.NoError(t, err)
		require.Equal(t, want.String(), got.String())

		// What no producer could have made is noticed.
		db.Run(t, "UPDATE salaries SET salary_enc = ? WHERE id = 0", private.Public().s.n.String())
		spoiled, _ := sum(total)
		_, err = private.Sum(&spoiled.V, 1000)
		require.ErrorIs(t, err, ErrCiphertext)
		db.Run(t, "UPDATE salaries SET salary_enc = 'NaN' WHERE id = 0")
		require.Error(t, db.QueryRow("SELECT salaries_sum(salary_enc) FROM salaries").Scan(&c))
	})
}

func TestDDLTakesIdentifiersOnly(t *testing.T) {
	public := fixed(t).Public()
	for _, bad := range []string{"", "a b", "a;", "1a", "A", `a"`, "a.b", "é", fmt.Sprintf("a%051d", 1)} {
		require.Panics(t, func() { public.DDL(bad) }, bad)
	}
	require.Len(t, public.DDL("_a1"), 2)
}

func BenchmarkPostgresSum(b *testing.B) {
	for _, v := range readVectors(b) {
		testdb.EachB(b, func(b *testing.B, db testdb.DB) {
			if db.Dialect != testdb.Postgres {
				b.Skip()
			}
			private, err := ParsePrivateKey(v.Private)
			require.NoError(b, err)
			filled(b, db, private.Public(), 1000)
			var size float64
			db.Scan(b, "SELECT avg(pg_column_size(salary_enc)) FROM salaries", nil, &size)
			var c Ciphertext
			n := 0
			for b.Loop() {
				db.Scan(b, "SELECT salaries_sum(salary_enc) FROM salaries", nil, &c)
				n++
			}
			b.ReportMetric(float64(1000*n)/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(size, "B/row")
		})
	}
}
