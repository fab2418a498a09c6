// Package testdb opens real databases for tests, each run one of its own. It is
// test support and imports three database drivers: import it from _test.go files
// only.
//
//	testdb.Each(t, func(t *testing.T, db testdb.DB) {
//		db.Run(t, "CREATE TABLE notes (id "+db.Types.Int+" PRIMARY KEY, body "+db.Types.Blob+")")
//		db.Run(t, "INSERT INTO notes VALUES (?, ?)", 1, sealed)
//	})
//
// SQLite needs nothing. The servers are found by the variables
//
//	CELLSEAL_TEST_POSTGRES   a pgx DSN, whose user may create databases
//	CELLSEAL_TEST_MYSQL      a go-sql-driver DSN for MySQL or MariaDB, the same
//	CELLSEAL_TEST_REQUIRE=1  a server that is not there fails the test, and does not skip it
package testdb
