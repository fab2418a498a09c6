package sqlcell_test

import (
	"database/sql"
	"os"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
)

// only runs f on one kind of database.
func only(t *testing.T, dialect string, f func(t *testing.T, p pool)) {
	each(t, func(t *testing.T, p pool) {
		if p.Dialect == dialect {
			f(t, p)
		}
	})
}

func TestEveryModeOfPgx(t *testing.T) {
	only(t, testdb.Postgres, func(t *testing.T, p pool) {
		modes := []any{pgx.QueryExecModeCacheStatement, pgx.QueryExecModeCacheDescribe, pgx.QueryExecModeDescribeExec, pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol}
		for i, mode := range modes {
			_, err := p.Exec("INSERT INTO users (id, email, ssn, name) VALUES ($1, $2, $3, 'n')", mode, i+1, canary, canary)
			require.NoError(t, err, "%v", mode)
			var email, ssn string
			var id int
			err = p.QueryRow("SELECT id, email, ssn FROM users WHERE email = $1 AND id = $2", mode, pgx.QueryResultFormats{pgx.TextFormatCode}, canary, i+1).Scan(&id, &email, &ssn)
			require.NoError(t, err, "%v", mode)
			require.Equal(t, canary, email)
			require.Equal(t, canary, ssn)
			err = p.QueryRow("SELECT email FROM users WHERE email = '"+canary+"' AND id = 1", mode).Scan(&email)
			require.NoError(t, err, "%v", mode)
			_, err = p.Exec("UPDATE users SET email = $1, id = $2 WHERE id = $3 AND name = 'n'", mode, canary, i+100, i+1)
			require.NoError(t, err, "%v", mode)
			_, err = p.Exec("UPDATE users SET id = $1 WHERE id = $2", mode, i+1, i+100)
			require.NoError(t, err, "%v", mode)
		}
		_, err := p.Exec("INSERT INTO users (id, email) VALUES ($1, $2)", "too many", 1, canary)
		require.Error(t, err)
		_, err = p.Exec("INSERT INTO users (id, email) VALUES (@id, @email)", pgx.NamedArgs{"id": 9, "email": canary})
		require.Error(t, err)
		p.sealedBelow(t)
	})
}

func TestPgxModesAsTheConnectionsDefault(t *testing.T) {
	dsn := os.Getenv(testdb.PostgresVariable)
	for _, mode := range []pgx.QueryExecMode{pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol, pgx.QueryExecModeCacheDescribe} {
		only(t, testdb.Postgres, func(t *testing.T, p pool) {
			config, err := pgx.ParseConfig(dsn)
			require.NoError(t, err)
			require.NoError(t, p.QueryRow("SELECT current_database()").Scan(&config.Database))
			config.DefaultQueryExecMode = mode
			db := sql.OpenDB(sqlcell.Wrap(stdlib.GetConnector(*config), newSchema(t, users()), celltest.Ring(t), sqlcell.PostgreSQL))
			defer db.Close()
			_, err = db.Exec("INSERT INTO users (id, email, ssn) VALUES ($1, $2, $3), (2, $2, NULL)", 1, canary, canary)
			require.NoError(t, err)
			var email string
			require.NoError(t, db.QueryRow("SELECT email FROM users WHERE email = ANY($1) AND ssn IS NOT NULL", []string{"x", canary}).Scan(&email))
			require.Equal(t, canary, email)
			p.sealedBelow(t)
		})
	}
}

func TestArraysOfSearchValues(t *testing.T) {
	only(t, testdb.Postgres, func(t *testing.T, p pool) {
		p.fill(t, 2)
		for _, array := range []any{[]string{"nobody", canary}, `{"` + canary + `",NULL}`, []*string{&[]string{canary}[0], nil}, []any{canary}} {
			var n int
			require.NoError(t, p.QueryRow("SELECT count(*) FROM users WHERE email = ANY($1)", array).Scan(&n))
			require.Equal(t, 2, n, "%T", array)
		}
		for _, array := range []any{[]string{}, "{}", []string(nil), nil} {
			var n int
			require.NoError(t, p.QueryRow("SELECT count(*) FROM users WHERE email = ANY($1)", array).Scan(&n))
			require.Equal(t, 0, n, "%T", array)
		}
		for _, array := range []any{"{{a,b}}", 5, "a", `{"`} {
			_, err := p.Exec("SELECT count(*) FROM users WHERE email = ANY($1)", array)
			require.Error(t, err, "%v", array)
		}
	})
}

func TestMySQLInterpolating(t *testing.T) {
	only(t, testdb.MySQL, func(t *testing.T, p pool) {
		config, err := mysql.ParseDSN(p.DSN)
		require.NoError(t, err)
		config.InterpolateParams = true
		connector, err := mysql.NewConnector(config)
		require.NoError(t, err)
		db := sql.OpenDB(sqlcell.Wrap(connector, newSchema(t, users()), celltest.Ring(t), sqlcell.MySQL))
		defer db.Close()
		_, err = db.Exec("INSERT INTO users (id, email, ssn) VALUES (?, ?, ?)", 1, canary, canary)
		require.NoError(t, err)
		var email, ssn string
		require.NoError(t, db.QueryRow("SELECT email, ssn FROM users WHERE email = ?", canary).Scan(&email, &ssn))
		require.Equal(t, canary, email)
		_, err = db.Exec("UPDATE users SET id = ? WHERE ssn IS NOT NULL", 5)
		require.NoError(t, err)
		require.NoError(t, db.QueryRow("SELECT ssn FROM users WHERE email = ?", canary).Scan(&ssn))
		require.Equal(t, canary, ssn)
		p.sealedBelow(t)
	})
}

func TestSQLiteParametersByName(t *testing.T) {
	only(t, testdb.SQLite, func(t *testing.T, p pool) {
		_, err := p.Exec("INSERT INTO users (id, email, ssn, name) VALUES (:id, @email, $email, ?4)", sql.Named("email", canary), sql.Named("id", 1), "unused", "n")
		require.NoError(t, err)
		_, err = p.Exec("INSERT INTO users (id, email, ssn, name) VALUES (?1, ?2, ?2, ?3)", 2, canary, "n")
		require.NoError(t, err)
		var n int
		require.NoError(t, p.QueryRow("SELECT count(*) FROM users WHERE email = :e AND name = 'n'", sql.Named("e", canary)).Scan(&n))
		require.Equal(t, 2, n)
		p.sealedBelow(t)
	})
}

func TestOpenServesDriversWithoutConnectors(t *testing.T) {
	db, err := sqlcell.Open("sqlite", ":memory:", newSchema(t, users()), celltest.Ring(t), sqlcell.SQLite, nil)
	require.NoError(t, err)
	defer db.Close()
	db.SetMaxOpenConns(1)
	_, err = db.Exec("CREATE TABLE users (id INTEGER PRIMARY KEY, email BLOB, email__eq BLOB, ssn BLOB, ssn__tok BLOB)")
	require.NoError(t, err)
	_, err = db.Exec("INSERT INTO users (id, email) VALUES (?, ?)", 1, canary)
	require.NoError(t, err)
	var email string
	require.NoError(t, db.QueryRow("SELECT email FROM users WHERE email = ?", canary).Scan(&email))
	require.Equal(t, canary, email)
	_, err = sqlcell.Open("no such driver", "", newSchema(t, users()), celltest.Ring(t), sqlcell.SQLite, nil)
	require.Error(t, err)
}
