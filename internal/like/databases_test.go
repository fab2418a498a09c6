package like_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/dialect"
	"github.com/cellseal/cellseal/internal/like"
	"github.com/cellseal/cellseal/internal/testdb"
)

var asked = map[string]struct {
	d      dialect.Dialect
	pragma string
	expr   string
}{
	testdb.SQLite:   {dialect.SQLite, "PRAGMA case_sensitive_like = ON", "? LIKE ?"},
	testdb.Postgres: {dialect.PostgreSQL, "SELECT 1", `CAST(? AS TEXT) COLLATE "C" LIKE CAST(? AS TEXT)`},
	testdb.MySQL:    {dialect.MySQL, "SELECT 1", "CONVERT(? USING utf8mb4) COLLATE utf8mb4_bin LIKE CONVERT(? USING utf8mb4)"},
}

// Match is what the databases say, on text that compares by its bytes, with their own
// escape character and with another.
func TestMatchIsWhatTheDatabasesSay(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		how := asked[db.Dialect]
		conn, err := db.Conn(t.Context()) // a pragma is of one connection
		require.NoError(t, err)
		defer conn.Close()
		_, err = conn.ExecContext(t.Context(), how.pragma)
		require.NoError(t, err)
		r := rand.New(rand.NewPCG(1, 9))
		matched := 0
		for _, c := range []struct {
			escape rune
			clause string
		}{{like.Escape(how.d), ""}, {'|', " ESCAPE '|'"}} {
			query, err := conn.PrepareContext(t.Context(), db.SQL("SELECT CASE WHEN "+how.expr+c.clause+" THEN 1 ELSE 0 END"))
			require.NoError(t, err)
			defer query.Close()
			for range 1500 {
				pattern, text := random(r, "aaAbé漢%%_\\|", 7), random(r, "aaaAbé漢%_\\|", 7)
				p, err := like.Compile(pattern, c.escape)
				if err != nil {
					continue
				}
				var want int
				require.NoError(t, query.QueryRow(text, pattern).Scan(&want))
				require.Equal(t, want == 1, p.Match(text), "%q LIKE %q%s", text, pattern, c.clause)
				matched += want
			}
		}
		require.Greater(t, matched, 100)
	})
}

func random(r *rand.Rand, letters string, n int) string {
	from := []rune(letters)
	s := make([]rune, r.IntN(n))
	for i := range s {
		s[i] = from[r.IntN(len(from))]
	}
	return string(s)
}
