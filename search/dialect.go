package search

import "github.com/cellseal/cellseal/internal/dialect"

// Dialect is a database's way to write SQL, for the kinds that write some: the same type as segment.Dialect and
// sqlcell.Dialect. The zero Dialect is none.
type Dialect = dialect.Dialect

// The dialects. MySQL is MariaDB too.
const (
	PostgreSQL = dialect.PostgreSQL
	MySQL      = dialect.MySQL
	SQLite     = dialect.SQLite
)
