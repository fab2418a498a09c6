// Package dialect names the databases this module writes SQL for.
package dialect

// A Dialect is a database's way to write SQL. The zero Dialect is none.
type Dialect uint8

// The dialects. MySQL is MariaDB too.
const (
	PostgreSQL Dialect = iota + 1
	MySQL
	SQLite
)
