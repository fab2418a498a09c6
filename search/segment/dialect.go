package segment

import "github.com/cellseal/cellseal/internal/dialect"

// Dialect is a database's way to write SQL: the same type as search.Dialect. The zero Dialect is none.
type Dialect = dialect.Dialect

// The dialects. MySQL is MariaDB too.
const (
	PostgreSQL = dialect.PostgreSQL
	MySQL      = dialect.MySQL
	SQLite     = dialect.SQLite
)
