package testdb

import (
	"context"
	"crypto/rand"
	"database/sql"
	"database/sql/driver"
	"encoding/hex"
	"fmt"
	"os"
	"testing"
)

// The dialects.
const (
	SQLite   = "sqlite"
	Postgres = "postgres"
	MySQL    = "mysql" // and MariaDB
)

// The environment variables that lead to the servers.
const (
	PostgresVariable = "CELLSEAL_TEST_POSTGRES"
	MySQLVariable    = "CELLSEAL_TEST_MYSQL"
	RequireVariable  = "CELLSEAL_TEST_REQUIRE"
)

// A DB is a fresh, empty database that is dropped when the test ends.
type DB struct {
	*sql.DB
	Dialect     string
	Types       Types
	Driver, DSN string // for sql.Open, as for a second pool on the same database
	Connector   driver.Connector
	File        string // of SQLite
	name        string // of PostgreSQL
}

// Each runs f as one subtest for each kind of database.
func Each(t *testing.T, f func(t *testing.T, db DB)) {
	t.Helper()
	t.Run(SQLite, func(t *testing.T) { f(t, OpenSQLite(t)) })
	t.Run(Postgres, func(t *testing.T) { f(t, openPostgres(t, variable(t, PostgresVariable))) })
	t.Run(MySQL, func(t *testing.T) { f(t, openMySQL(t, variable(t, MySQLVariable))) })
}

// EachB is Each for benchmarks.
func EachB(b *testing.B, f func(b *testing.B, db DB)) {
	b.Helper()
	b.Run(SQLite, func(b *testing.B) { f(b, OpenSQLite(b)) })
	b.Run(Postgres, func(b *testing.B) { f(b, openPostgres(b, variable(b, PostgresVariable))) })
	b.Run(MySQL, func(b *testing.B) { f(b, openMySQL(b, variable(b, MySQLVariable))) })
}

// variable returns a server's DSN, or ends the test as the environment asks.
func variable(t testing.TB, name string) string {
	t.Helper()
	dsn := os.Getenv(name)
	if dsn != "" {
		return dsn
	}
	problem := fmt.Sprintf("NOT TESTED on this database: set %s to the DSN of a server whose user may create databases", name)
	if os.Getenv(RequireVariable) == "1" {
		t.Fatalf("%s (%s=1 makes this a failure)", problem, RequireVariable)
	}
	t.Skip(problem)
	return ""
}

// freshName is of no database yet, however many packages test at the same time.
func freshName() string {
	b := make([]byte, 8)
	rand.Read(b)
	return "cellseal_test_" + hex.EncodeToString(b)
}

// open opens a pool and makes sure that the database answers.
func open(t testing.TB, db DB) DB {
	t.Helper()
	var err error
	if db.DB, err = sql.Open(db.Driver, db.DSN); err == nil {
		db.Connector = connector{db.DB.Driver(), db.DSN}
		err = db.Ping()
	}
	if err != nil {
		t.Fatalf("testdb: %s: %v", db.Dialect, err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// connector makes connections of their own to the database, for what wraps a driver.
type connector struct {
	driver driver.Driver
	dsn    string
}

// Connect implements driver.Connector.
func (c connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.dsn) }

// Driver implements driver.Connector.
func (c connector) Driver() driver.Driver { return c.driver }

// create runs make on a short connection to the server, and drop when the test ends.
func create(t testing.TB, driver, dsn, make, drop string) {
	t.Helper()
	run := func(query string) {
		t.Helper()
		server, err := sql.Open(driver, dsn)
		if err == nil {
			defer server.Close()
			_, err = server.Exec(query)
		}
		if err != nil {
			t.Errorf("testdb: %s: %v", query, err)
		}
	}
	run(make)
	if t.Failed() {
		t.FailNow()
	}
	t.Cleanup(func() { run(drop) })
}
