package segment

import "github.com/cellseal/cellseal/internal/dialect"

// A Dialect is a database's way to write SQL.
type Dialect = dialect.Dialect

// The dialects. MySQL is MariaDB too.
const (
	PostgreSQL = dialect.PostgreSQL
	MySQL      = dialect.MySQL
	SQLite     = dialect.SQLite
)
