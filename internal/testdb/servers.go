package testdb

import (
	"net/url"
	"path/filepath"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"
)

// OpenSQLite returns a database in a file of its own, with a write-ahead log, for
// tests that need no other kind.
func OpenSQLite(t testing.TB) DB {
	t.Helper()
	file := filepath.Join(t.TempDir(), "test.db")
	return open(t, DB{
		Dialect: SQLite, Types: types[SQLite], Driver: "sqlite", File: file,
		DSN: "file:" + (&url.URL{Path: filepath.ToSlash(file)}).EscapedPath() + "?_pragma=journal_mode(wal)&_pragma=busy_timeout(10000)&_pragma=synchronous(off)",
	})
}

// openPostgres makes a database and not a schema: what a test finds out about the
// whole database must not depend on the tests beside it.
func openPostgres(t testing.TB, dsn string) DB {
	t.Helper()
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		t.Fatalf("testdb: %s is no DSN for pgx", PostgresVariable)
	}
	config.Database = freshName()
	create(t, "pgx", dsn, "CREATE DATABASE "+config.Database+" TEMPLATE template0", "DROP DATABASE "+config.Database+" WITH (FORCE)")
	name := stdlib.RegisterConnConfig(config)
	t.Cleanup(func() { stdlib.UnregisterConnConfig(name) })
	return open(t, DB{Dialect: Postgres, Types: types[Postgres], Driver: "pgx", DSN: name, name: config.Database})
}

func openMySQL(t testing.TB, dsn string) DB {
	t.Helper()
	config, err := mysql.ParseDSN(dsn)
	if err != nil {
		t.Fatalf("testdb: %s is no DSN for go-sql-driver", MySQLVariable)
	}
	config.DBName = freshName()
	create(t, "mysql", dsn, "CREATE DATABASE "+config.DBName+" CHARACTER SET utf8mb4", "DROP DATABASE "+config.DBName)
	return open(t, DB{Dialect: MySQL, Types: types[MySQL], Driver: "mysql", DSN: config.FormatDSN()})
}
