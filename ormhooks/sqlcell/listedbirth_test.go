package sqlcell_test

import (
	"database/sql"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
)

// A transaction that sees a moment from before the first row of a list, and writes one itself, is no sign that somebody
// deleted the list. PostgreSQL tells it to begin anew; MySQL lets it go on, and it finds what it wrote.
func TestATransactionOlderThanItsList(t *testing.T) {
	eachListed(t, func(t *testing.T, p pool) {
		if p.Dialect == testdb.SQLite {
			t.Skip("a transaction that is older than another's writes writes nothing there")
		}
		tx, err := p.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead})
		require.NoError(t, err)
		defer tx.Rollback()
		var n int
		require.NoError(t, tx.QueryRow("SELECT COUNT(*) FROM docs").Scan(&n))
		_, err = p.Exec("INSERT INTO docs (id, memo) VALUES (1, 'somebody else''s')")
		require.NoError(t, err)
		require.NoError(t, p.QueryRow("SELECT COUNT(*) FROM docs WHERE memo LIKE '%body%'").Scan(&n)) // the process meets the list
		require.Equal(t, 1, n)

		_, err = tx.Exec("INSERT INTO docs (id, memo) VALUES (2, 'nobody''s')")
		if p.Dialect == testdb.Postgres {
			var refused *pgconn.PgError
			require.True(t, errors.As(err, &refused), "%v", err)
			require.Equal(t, "40001", refused.Code)
			return
		}
		require.NoError(t, err)
		require.NoError(t, tx.QueryRow("SELECT COUNT(*) FROM docs WHERE memo LIKE '%body%'").Scan(&n))
		require.Equal(t, 1, n, "its own")
		require.NoError(t, tx.Commit())
		require.NoError(t, p.QueryRow("SELECT COUNT(*) FROM docs WHERE memo LIKE '%body%'").Scan(&n))
		require.Equal(t, 2, n)
	})
}
