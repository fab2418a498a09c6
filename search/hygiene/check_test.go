package hygiene_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/dialect"
	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/search/hygiene"
)

var dialects = map[string]dialect.Dialect{testdb.SQLite: dialect.SQLite, testdb.Postgres: dialect.PostgreSQL, testdb.MySQL: dialect.MySQL}

// Whatever a server is set to, each finding says what, why, and changes nothing itself.
func TestCheckReadsEveryServer(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		ctx := t.Context()
		all, err := hygiene.Check(ctx, db, dialects[db.Dialect])
		require.NoError(t, err)
		again, err := hygiene.Check(ctx, db, dialects[db.Dialect])
		require.NoError(t, err)
		require.Equal(t, all, again)
		for _, f := range all {
			require.NotEmpty(t, f.Setting)
			require.NotEmpty(t, f.Risk)
			t.Log(f)
		}
		if db.Dialect == testdb.SQLite {
			require.Len(t, all, 1)
			require.Empty(t, all[0].Change)
			require.Contains(t, all[0].Risk, "SQLite keeps no log")
			return
		}

		stopped, cancel := context.WithCancel(ctx)
		cancel()
		_, err = hygiene.Check(stopped, db, dialects[db.Dialect])
		require.ErrorIs(t, err, context.Canceled)
		tx, err := db.BeginTx(ctx, nil)
		require.NoError(t, err)
		_, err = hygiene.Check(ctx, tx, dialects[db.Dialect])
		require.NoError(t, err)
		require.NoError(t, tx.Rollback())
	})
}

func TestMisusePanics(t *testing.T) {
	db := testdb.OpenSQLite(t)
	require.Panics(t, func() { _, _ = hygiene.Check(t.Context(), db, 0) })
	require.Panics(t, func() { _, _ = hygiene.Check(t.Context(), nil, dialect.SQLite) })
}

// find returns the finding of a setting.
func find(t *testing.T, q hygiene.Queryer, d dialect.Dialect, setting string) (hygiene.Finding, bool) {
	t.Helper()
	all, err := hygiene.Check(t.Context(), q, d)
	require.NoError(t, err)
	for _, f := range all {
		if f.Setting == setting {
			return f, true
		}
	}
	return hygiene.Finding{}, false
}

// session is one connection whose settings are its own, and end with it.
func session(t *testing.T, db testdb.DB) *sql.Conn {
	t.Helper()
	conn, err := db.Conn(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	return conn
}

// scripted answers as a MySQL would that keeps a statement history, which cannot be switched
// on in a running one.
type scripted struct {
	testdb.DB
	history string
	fails   error
}

func (s scripted) QueryContext(ctx context.Context, query string, _ ...any) (*sql.Rows, error) {
	if strings.HasPrefix(query, "SHOW VARIABLES") {
		return s.DB.QueryContext(ctx, "SELECT 'performance_schema', 'ON' UNION ALL SELECT 'log_bin', NULL")
	}
	if s.fails != nil {
		return nil, s.fails
	}
	return s.DB.QueryContext(ctx, s.history)
}

func TestStatementHistory(t *testing.T) {
	db := testdb.OpenSQLite(t)
	f, found := find(t, scripted{db, "SELECT 'events_statements_history', 'YES' UNION SELECT 'events_statements_current', 'NO'", nil}, dialect.MySQL,
		"performance_schema.setup_consumers events_statements_history")
	require.True(t, found)
	require.Equal(t, "YES", f.Value)
	require.Equal(t, "UPDATE performance_schema.setup_consumers SET ENABLED = 'NO' WHERE NAME = 'events_statements_history'", f.Change)
	f, found = find(t, scripted{db, "", errors.New("SELECT command denied")}, dialect.MySQL, "performance_schema.setup_consumers")
	require.True(t, found)
	require.Equal(t, "unknown", f.Value)
	_, err := hygiene.Check(t.Context(), scripted{db, "SELECT 1, 2, 3", nil}, dialect.MySQL)
	require.NoError(t, err)
}
