package hygiene_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/dialect"
	"github.com/cellseal/cellseal/internal/testdb"
)

func mysqlOnly(t *testing.T, f func(t *testing.T, db testdb.DB)) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		if db.Dialect != testdb.MySQL {
			t.Skip("of MySQL and MariaDB")
		}
		f(t, db)
	})
}

// MariaDB has these for a session too, so that nobody else is logged by a test.
func TestMySQLSettingsOfASession(t *testing.T) {
	mysqlOnly(t, func(t *testing.T, db testdb.DB) {
		conn := session(t, db)
		run := func(s string) {
			t.Helper()
			_, err := conn.ExecContext(t.Context(), s)
			require.NoError(t, err)
		}
		if _, err := conn.ExecContext(t.Context(), "SET SESSION slow_query_log = ON"); err != nil {
			t.Skip("NOT TESTED: this server has the slow log for all sessions at once, or not for this user: ", err)
		}
		run("SET SESSION long_query_time = 3")
		f, found := find(t, conn, dialect.MySQL, "slow_query_log")
		require.True(t, found)
		require.Contains(t, f.Risk, "more than 3.000000 seconds")
		_, found = find(t, conn, dialect.MySQL, "log_queries_not_using_indexes")
		require.False(t, found)
		run("SET SESSION log_queries_not_using_indexes = ON")
		_, found = find(t, conn, dialect.MySQL, "log_queries_not_using_indexes")
		require.True(t, found)

		change, ok := strings.CutPrefix(f.Change, "SET GLOBAL ")
		require.True(t, ok)
		run("SET SESSION " + change)
		_, found = find(t, conn, dialect.MySQL, "slow_query_log")
		require.False(t, found)
		run("SET SESSION log_queries_not_using_indexes = OFF")
		run("SET SESSION long_query_time = DEFAULT")
	})
}

// The general log is the server's and not a session's: on for a moment, into a table, and
// as it was again.
func TestMySQLLogsWhatTheFindingSays(t *testing.T) {
	mysqlOnly(t, func(t *testing.T, db testdb.DB) {
		conn := session(t, db)
		run := func(s string, args ...any) {
			t.Helper()
			_, err := conn.ExecContext(t.Context(), s, args...)
			require.NoError(t, err)
		}
		var got int
		require.NoError(t, conn.QueryRowContext(t.Context(), "SELECT GET_LOCK('cellseal hygiene test', 60)").Scan(&got))
		require.Equal(t, 1, got)
		var on, output string
		require.NoError(t, conn.QueryRowContext(t.Context(), "SELECT CAST(@@GLOBAL.general_log AS CHAR), @@GLOBAL.log_output").Scan(&on, &output))
		if _, err := conn.ExecContext(t.Context(), "SET GLOBAL log_output = 'TABLE'"); err != nil {
			t.Skip("NOT TESTED: this user may not change what is logged: ", err)
		}
		defer func() {
			run("SET GLOBAL general_log = " + on)
			run("SET GLOBAL log_output = '" + output + "'")
			run("TRUNCATE TABLE mysql.general_log")
			run("DO RELEASE_LOCK('cellseal hygiene test')")
		}()
		run("CREATE TEMPORARY TABLE canaries (term VARCHAR(50))")
		run("SET GLOBAL general_log = ON")
		run("INSERT INTO canaries VALUES (?)", canary) // a prepared statement
		f, found := find(t, conn, dialect.MySQL, "general_log")
		_, table := find(t, conn, dialect.MySQL, "log_output")
		run(f.Change)
		require.True(t, found)
		require.True(t, table)
		if on == "0" {
			_, found = find(t, conn, dialect.MySQL, "general_log")
			require.False(t, found)
		}
		var lines int
		require.NoError(t, conn.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM mysql.general_log WHERE command_type = 'Execute' AND CAST(argument AS CHAR) LIKE '%"+canary+"%'").Scan(&lines))
		require.Equal(t, 1, lines, "the value of the bound parameter is in the text")
	})
}
