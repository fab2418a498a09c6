package sqlcell_test

import (
	"fmt"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks/celltest"
)

// The server's way to read quotes is found out: a statement that would be harmless under another
// is not.
func TestQuotesAreReadAsTheServerDoes(t *testing.T) {
	for mode, statement := range map[string]string{
		"STRICT_TRANS_TABLES":                      `INSERT INTO users (id, email, name) VALUES (1, 'it\'s ` + canary + `', "x")`,
		"STRICT_TRANS_TABLES,NO_BACKSLASH_ESCAPES": `INSERT INTO users (id, name, email) VALUES (1, 'a\', '` + canary + `')`,
		"STRICT_TRANS_TABLES,ANSI_QUOTES":          `INSERT INTO "users" ("id", "email") VALUES (1, '` + canary + `')`,
	} {
		t.Run(mode, func(t *testing.T) {
			withMode(t, mode, func(t *testing.T, p pool) {
				_, err := p.ExecContext(ctx, statement)
				require.NoError(t, err)
				p.sealedBelow(t)
				var email string
				require.NoError(t, p.QueryRowContext(ctx, "SELECT email FROM users WHERE id = 1").Scan(&email))
				require.Contains(t, email, canary)
			})
		})
	}
}

func TestAServerThatCutsCellsIsRefused(t *testing.T) {
	withMode(t, "", func(t *testing.T, p pool) {
		require.ErrorContains(t, p.Ping(), "STRICT_TRANS_TABLES")
	})
}

func TestQuotingIsNotChangedOnAConnection(t *testing.T) {
	withMode(t, "STRICT_TRANS_TABLES", func(t *testing.T, p pool) {
		_, err := p.ExecContext(ctx, "SET sql_mode = 'ANSI_QUOTES'")
		require.ErrorContains(t, err, "how quotes are read")
	})
}

func TestPostgresMayReadBackslashes(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		if db.Dialect != testdb.Postgres {
			return
		}
		createUsers(t, db)
		var name string
		require.NoError(t, db.QueryRow("SELECT current_database()").Scan(&name))
		db.Run(t, fmt.Sprintf("ALTER DATABASE %s SET standard_conforming_strings = off", name))
		p := wrapped(t, db, newSchema(t, users()), celltest.Ring(t), nil)
		_, err := p.ExecContext(ctx, `INSERT INTO users (id, name, email) VALUES (1, 'a\', `+"'"+canary+`')`)
		require.Error(t, err, "it is unterminated for this server")
		_, err = p.ExecContext(ctx, `INSERT INTO users (id, name, email) VALUES (1, 'a\'', '`+canary+`')`)
		require.NoError(t, err)
		p.sealedBelow(t)
	})
}

// withMode runs f with a wrapped pool on MySQL that has a sql_mode of its own.
func withMode(t *testing.T, mode string, f func(t *testing.T, p pool)) {
	t.Helper()
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		if db.Dialect != testdb.MySQL {
			return
		}
		createUsers(t, db)
		config, err := mysql.ParseDSN(db.DSN)
		require.NoError(t, err)
		config.Params = map[string]string{"sql_mode": "'" + mode + "'"}
		db.Connector, err = mysql.NewConnector(config)
		require.NoError(t, err)
		f(t, wrapped(t, db, newSchema(t, users()), celltest.Ring(t), nil))
	})
}

// Out of strict mode MySQL cuts what does not fit, and a cell that was cut is lost.
func TestMySQLHasToBeStrict(t *testing.T) {
	withMode(t, "NO_ENGINE_SUBSTITUTION", func(t *testing.T, p pool) {
		_, err := p.ExecContext(ctx, "SELECT 1")
		require.ErrorContains(t, err, "add STRICT_TRANS_TABLES")
	})
	withMode(t, "STRICT_ALL_TABLES", func(t *testing.T, p pool) {
		_, err := p.ExecContext(ctx, "SELECT 1")
		require.NoError(t, err)
	})
}
