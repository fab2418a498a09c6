package hygiene_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/dialect"
	"github.com/cellseal/cellseal/internal/testdb"
)

func postgresOnly(t *testing.T, f func(t *testing.T, db testdb.DB)) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		if db.Dialect != testdb.Postgres {
			t.Skip("of PostgreSQL")
		}
		var super string
		db.Scan(t, "SHOW is_superuser", nil, &super)
		if super != "on" {
			t.Skip("NOT TESTED: it takes a superuser to change what is logged")
		}
		f(t, db)
	})
}

// A setting is found, and what the finding says to run ends it. pgaudit and
// pg_stat_statements have settings only where the server was started with them.
func TestPostgresSettings(t *testing.T) {
	postgresOnly(t, func(t *testing.T, db testdb.DB) {
		for setting, before := range map[string][]string{
			"log_statement":                     {"SET log_statement = mod"},
			"log_min_duration_statement":        {"SET log_min_duration_statement = '1h'"},
			"log_min_duration_sample":           {"SET log_min_duration_sample = '1h'"},
			"log_transaction_sample_rate":       {"SET log_transaction_sample_rate = 0.000001"},
			"log_parameter_max_length":          {"SET log_min_duration_statement = '1h'", "SET log_parameter_max_length = 10"},
			"log_parameter_max_length_on_error": {"SET log_parameter_max_length_on_error = -1"},
			"log_min_error_statement":           {"SET log_min_error_statement = warning"},
			"log_error_verbosity":               {"SET log_error_verbosity = verbose"},
			"debug_print_parse":                 {"SET debug_print_parse = on"},
			"debug_print_rewritten":             {"SET debug_print_rewritten = on"},
			"debug_print_plan":                  {"SET debug_print_plan = on"},
			"auto_explain.log_min_duration":     {"LOAD 'auto_explain'", "SET auto_explain.log_min_duration = '1h'"},
		} {
			t.Run(setting, func(t *testing.T) {
				conn := session(t, db)
				for _, s := range before {
					_, err := conn.ExecContext(t.Context(), s)
					require.NoError(t, err)
				}
				f, found := find(t, conn, dialect.PostgreSQL, setting)
				require.True(t, found)
				require.NotEmpty(t, f.Value)
				change, ok := strings.CutPrefix(f.Change, "ALTER SYSTEM ")
				require.True(t, ok)
				_, err := conn.ExecContext(t.Context(), change) // of this session alone
				require.NoError(t, err)
				_, found = find(t, conn, dialect.PostgreSQL, setting)
				require.False(t, found)
				_, err = conn.ExecContext(t.Context(), "RESET ALL")
				require.NoError(t, err)
			})
		}
	})
}

const canary = "CANARY-7f3a"

// logged runs statements with the canary as a bound parameter, and returns what the
// server logs: PostgreSQL sends its log's lines to a client that asks for them.
func logged(t *testing.T, before ...string) string {
	t.Helper()
	config, err := pgx.ParseConfig(os.Getenv(testdb.PostgresVariable))
	require.NoError(t, err)
	var log strings.Builder
	config.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) {
		log.WriteString(n.Message + "\n" + n.Detail + "\n" + n.Where + "\n")
	}
	ctx := context.Background()
	conn, err := pgx.ConnectConfig(ctx, config)
	require.NoError(t, err)
	defer conn.Close(ctx)
	for _, s := range append([]string{"CREATE TEMP TABLE canaries (term text UNIQUE)", "SET client_min_messages = log"}, before...) {
		_, err = conn.Exec(ctx, s)
		require.NoError(t, err)
	}
	_, err = conn.Exec(ctx, "INSERT INTO canaries VALUES ($1)", canary)
	require.NoError(t, err)
	var n int
	require.NoError(t, conn.QueryRow(ctx, "SELECT count(*) FROM canaries WHERE term = $1", canary).Scan(&n))
	require.Equal(t, 1, n)
	return log.String()
}

// The sentences of the findings, seen in the log.
func TestPostgresLogsWhatTheFindingsSay(t *testing.T) {
	postgresOnly(t, func(t *testing.T, db testdb.DB) {
		const text = "WHERE term = $1"
		quiet := []string{"SET log_statement = none", "SET log_min_duration_statement = -1"}
		log := logged(t, quiet...)
		require.NotContains(t, log, text)
		require.NotContains(t, log, canary)

		for _, s := range []string{"SET log_statement = 'all'", "SET log_min_duration_statement = 0", "SET log_transaction_sample_rate = 1", "SET log_min_duration_sample = 0"} {
			log = logged(t, append(quiet, s)...)
			require.Contains(t, log, text, s)
			require.Contains(t, log, canary, s)
			log = logged(t, append(quiet, "SET log_parameter_max_length = 0", s)...)
			require.Contains(t, log, text, s)
			require.NotContains(t, log, canary, "%s: without parameters the log has no term", s)
		}

		log = logged(t, append(quiet, "LOAD 'auto_explain'", "SET log_parameter_max_length = 0", "SET auto_explain.log_min_duration = 0")...)
		require.Contains(t, log, canary, "a plan shows the parameters it was made for")
		log = logged(t, append(quiet, "SET log_parameter_max_length = 0", "SET debug_print_plan = on")...)
		require.Contains(t, log, ":constvalue", "the tree has the constants in it")
	})
}
