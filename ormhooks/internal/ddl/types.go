package ddl

import (
	"fmt"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// inline is up to which size a MySQL column is declared by its size: all columns of a row
// together have 65 535 bytes.
const inline = 2048

// cellType is the type of a protected column. In MySQL a column whose values have no
// longest one is LONGBLOB or LONGTEXT: what does not fit is refused, or cut off if
// the session is not strict, and then lost.
func cellType(d sqltext.Dialect, c *schema.Column) string {
	w := Width(c)
	text := IsText(c)
	switch {
	case d == sqltext.PostgreSQL && text, d == sqltext.SQLite && text:
		return "TEXT"
	case d == sqltext.PostgreSQL:
		return "BYTEA"
	case d == sqltext.SQLite:
		return "BLOB"
	case !text && w > 0 && w <= inline:
		return fmt.Sprintf("VARBINARY(%d)", w)
	case !text:
		return "LONGBLOB"
	case w > 0 && w <= inline:
		return fmt.Sprintf("VARCHAR(%d) %s", w, exactly(c))
	}
	return "LONGTEXT " + exactly(c)
}

// exactly is the character set of a MySQL text column that holds no natural language.
func exactly(c *schema.Column) string {
	if c.Text {
		return "CHARACTER SET ascii COLLATE ascii_bin"
	}
	return "CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
}

// fixed is the type for n bytes, fit for an index.
func fixed(d sqltext.Dialect, n int) string {
	switch d {
	case sqltext.PostgreSQL:
		return "BYTEA"
	case sqltext.MySQL:
		return fmt.Sprintf("VARBINARY(%d)", n)
	}
	return "BLOB"
}

func integer(d sqltext.Dialect) string {
	if d == sqltext.SQLite {
		return "INTEGER"
	}
	return "BIGINT"
}

// plainType is a type for a plain column, or "" if the schema does not know. In MySQL text
// that rows are told apart by is VARBINARY: MySQL and MariaDB have no collation in common that
// minds case, accents and trailing spaces, and bytes compare as they are. A UUID is stored as
// its Go type gives it, 16 bytes or 36 characters.
func plainType(d sqltext.Dialect, c *schema.Column, indexed bool) string {
	if c.Type == "" {
		return ""
	}
	typ, limit := c.Declared()
	switch {
	case limit.Kind == "numeric" && d != sqltext.SQLite:
		return fmt.Sprintf("NUMERIC(%d,%d)", limit.A, limit.B)
	case d == sqltext.MySQL && indexed && (typ == value.Text || typ == value.Bytes):
		n := 255
		if limit.Kind == "varchar" {
			n = min(4*limit.A, 760) // what an index takes, four columns of it
		}
		return fmt.Sprintf("VARBINARY(%d)", n)
	case limit.Kind == "varchar" && d != sqltext.SQLite:
		return fmt.Sprintf("VARCHAR(%d)", limit.A)
	case limit.Kind == "timestamp" && d != sqltext.SQLite:
		return fmt.Sprintf("%s(%d)", map[sqltext.Dialect]string{sqltext.PostgreSQL: "TIMESTAMPTZ", sqltext.MySQL: "DATETIME"}[d], min(limit.A, 6))
	}
	return plainTypes[typ][d-sqltext.PostgreSQL]
}

// plainTypes are in the order of the dialects. SQLite's numbers are signed, and its NUMERIC
// would round decimals; a BLOB column keeps any value as it is.
var plainTypes = map[value.Type][3]string{
	value.Text:    {"TEXT", "LONGTEXT", "TEXT"},
	value.Bytes:   {"BYTEA", "LONGBLOB", "BLOB"},
	value.Bool:    {"BOOLEAN", "BOOLEAN", "BOOLEAN"},
	value.Int:     {"BIGINT", "BIGINT", "INTEGER"},
	value.Uint:    {"NUMERIC(20)", "BIGINT UNSIGNED", "INTEGER"},
	value.Float32: {"REAL", "FLOAT", "REAL"},
	value.Float64: {"DOUBLE PRECISION", "DOUBLE", "REAL"},
	value.Time:    {"TIMESTAMPTZ", "DATETIME(6)", "DATETIME"},
	value.UUID:    {"UUID", "VARBINARY(36)", "BLOB"},
	value.Decimal: {"NUMERIC", "DECIMAL(65,30)", "TEXT"},
	value.JSON:    {"JSONB", "JSON", "TEXT"},
}
