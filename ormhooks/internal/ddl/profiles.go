package ddl

import (
	"fmt"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
)

// CreateProfiles returns the CREATE TABLE of the library's own table, in which the profiles of
// smoothed indexes are kept: sealed, of up to 8 MB.
func CreateProfiles(d sqltext.Dialect) string {
	name, scope, state, profile := "TEXT", "TEXT", "TEXT", map[sqltext.Dialect]string{sqltext.PostgreSQL: "BYTEA", sqltext.MySQL: "LONGBLOB", sqltext.SQLite: "BLOB"}[d]
	if d == sqltext.MySQL {
		name, scope, state = "VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", "VARBINARY(600)", "VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin"
	}
	return fmt.Sprintf(`CREATE TABLE IF NOT EXISTS %s (
	table_name %s NOT NULL,
	index_name %s NOT NULL,
	scope %s NOT NULL,
	version %s NOT NULL,
	state %s NOT NULL,
	profile %s NOT NULL,
	PRIMARY KEY (table_name, index_name, scope, version)
)`, catalog.ProfileTable, name, name, scope, integer(d), state, profile)
}
