package hygiene_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/search/hygiene"
)

var dialects = map[string]hygiene.Dialect{testdb.SQLite: hygiene.SQLite, testdb.Postgres: hygiene.PostgreSQL, testdb.MySQL: hygiene.MySQL}

func names(t *testing.T, q hygiene.Querier, d hygiene.Dialect) []string {
	t.Helper()
	list, err := hygiene.Check(t.Context(), q, d)
	require.NoError(t, err)
	names := []string{}
	for _, f := range list {
		require.NotEmpty(t, f.Shows)
		require.NotEmpty(t, f.Change)
		require.Contains(t, f.String(), f.Setting+" = "+f.Value+": ")
		names = append(names, f.Setting)
	}
	return names
}

// Real servers answer, whatever they are set to.
func TestServersAnswer(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		t.Log(names(t, db, dialects[db.Dialect]))
		db.Close()
		_, err := hygiene.Check(t.Context(), db, dialects[db.Dialect])
		if db.Dialect == testdb.SQLite {
			require.NoError(t, err, "it is not asked")
		} else {
			require.ErrorContains(t, err, "cellseal/search/hygiene: the server's settings: ")
		}
	})
	require.Panics(t, func() { _, _ = hygiene.Check(t.Context(), nil, 0) })
}

// A session may set what it logs only as a superuser; an error's parameters it may.
func TestASettingOfTheSessionIsSeen(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		if db.Dialect != testdb.Postgres {
			t.Skip("only there settings of a session are what counts")
		}
		c, err := db.Conn(t.Context())
		require.NoError(t, err)
		defer c.Close()
		const setting = "log_parameter_max_length_on_error"
		require.NotContains(t, names(t, c, hygiene.PostgreSQL), setting)
		_, err = c.ExecContext(t.Context(), "SET "+setting+" = -1")
		require.NoError(t, err)
		require.Contains(t, names(t, c, hygiene.PostgreSQL), setting)
	})
}
