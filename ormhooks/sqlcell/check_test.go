package sqlcell_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
)

// A checkedUser is a model for Check.
type checkedUser struct {
	_     struct{} `cell:"table=checked_users,bind=id"`
	ID    int64
	Email string `cell:"seal" search:"exact,fold,unique"`
}

func TestCheckGoesUnderTheDoor(t *testing.T) {
	testdb.Each(t, func(t *testing.T, bare testdb.DB) {
		s, err := ormhooks.NewSchema(checkedUser{})
		require.NoError(t, err)
		d := map[string]sqlcell.Dialect{testdb.Postgres: sqlcell.PostgreSQL, testdb.MySQL: sqlcell.MySQL, testdb.SQLite: sqlcell.SQLite}[bare.Dialect]
		db, err := sqlcell.Open(bare.Driver, bare.DSN, s, celltest.Ring(t), d, nil)
		require.NoError(t, err)
		defer db.Close()

		err = sqlcell.Check(t.Context(), db)
		var missing *ormhooks.CheckError
		require.True(t, errors.As(err, &missing))
		require.Equal(t, "checked_users", missing.Table)
		require.ErrorContains(t, err, "cellseal: cellseal_index: the table is missing")

		script, err := sqlcell.DDL(s, d)
		require.NoError(t, err)
		for _, statement := range strings.Split(strings.TrimSuffix(script, ";\n"), ";\n") {
			bare.Run(t, statement)
		}
		require.NoError(t, sqlcell.Check(t.Context(), db))

		bare.Run(t, "CREATE VIEW seen AS SELECT id FROM checked_users")
		require.ErrorContains(t, sqlcell.Check(t.Context(), db), "the view seen works on it past the library")
		require.NoError(t, sqlcell.Check(t.Context(), db, "seen"))
		require.ErrorContains(t, sqlcell.Check(t.Context(), bare.DB), "does not go through sqlcell")
	})
}

func TestCheckOfAPoolThatIsClosed(t *testing.T) {
	bare := testdb.OpenSQLite(t)
	bare.Close()
	require.ErrorContains(t, sqlcell.Check(t.Context(), bare.DB), "closed")
}
