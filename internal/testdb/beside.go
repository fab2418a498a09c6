package testdb

import "testing"

// Beside opens another fresh database of the same kind, on the same server.
func (db DB) Beside(t testing.TB) DB {
	t.Helper()
	switch db.Dialect {
	case Postgres:
		return openPostgres(t, variable(t, PostgresVariable))
	case MySQL:
		return openMySQL(t, variable(t, MySQLVariable))
	}
	return OpenSQLite(t)
}
