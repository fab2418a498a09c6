package testdb

import (
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// An Address leads another process to a database. It marshals.
type Address struct {
	Dialect, Driver, DSN string
	Database             string // of PostgreSQL, whose DSN is of the test's own process
}

// Address returns where the database is.
func (db DB) Address() Address { return Address{db.Dialect, db.Driver, db.DSN, db.name} }

// Here returns the DSN by which this process opens the database.
func (a Address) Here(t testing.TB) string {
	t.Helper()
	if a.Dialect != Postgres {
		return a.DSN
	}
	config, err := pgx.ParseConfig(os.Getenv(PostgresVariable))
	if err != nil {
		t.Fatalf("testdb: %s is no DSN for pgx", PostgresVariable)
	}
	config.Database = a.Database
	return stdlib.RegisterConnConfig(config)
}
