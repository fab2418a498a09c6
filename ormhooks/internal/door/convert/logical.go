package convert

import (
	"math"
	"reflect"
	"time"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// A LogicalType is what a protected column's type is to the caller.
type LogicalType struct {
	Database string
	Scan     reflect.Type
	// Precision and Scale are of a decimal of which they are declared.
	Precision, Scale int64
	Sized            bool
	Length           int64 // of text that has one; 0 of any length; -1 if it has none
	Nullable         bool
}

// Logical returns a protected column's logical type.
func Logical(d sqltext.Dialect, c *schema.Column) LogicalType {
	typ, limit := c.Declared()
	names := &logical[typ]
	l := LogicalType{Database: names.sqlite, Scan: names.scan, Length: -1, Nullable: c.Nullable}
	switch d {
	case sqltext.PostgreSQL:
		l.Database = names.postgres
	case sqltext.MySQL:
		l.Database = names.mysql
	}
	switch limit.Kind {
	case "numeric":
		l.Precision, l.Scale, l.Sized = int64(limit.A), int64(limit.B), true
	case "varchar":
		l.Length = int64(limit.A)
		if d != sqltext.SQLite {
			l.Database = "VARCHAR"
		}
	default:
		if typ == value.Text || typ == value.Bytes {
			l.Length = math.MaxInt64
		}
	}
	return l
}

var logical = [...]struct {
	postgres, mysql, sqlite string
	scan                    reflect.Type
}{
	value.Text:    {"TEXT", "TEXT", "TEXT", reflect.TypeFor[string]()},
	value.Bytes:   {"BYTEA", "BLOB", "BLOB", reflect.TypeFor[[]byte]()},
	value.Bool:    {"BOOL", "TINYINT", "BOOLEAN", reflect.TypeFor[bool]()},
	value.Int:     {"INT8", "BIGINT", "INTEGER", reflect.TypeFor[int64]()},
	value.Uint:    {"NUMERIC", "UNSIGNED BIGINT", "INTEGER", reflect.TypeFor[uint64]()},
	value.Float32: {"FLOAT4", "FLOAT", "REAL", reflect.TypeFor[float32]()},
	value.Float64: {"FLOAT8", "DOUBLE", "REAL", reflect.TypeFor[float64]()},
	value.Time:    {"TIMESTAMPTZ", "DATETIME", "DATETIME", reflect.TypeFor[time.Time]()},
	value.UUID:    {"UUID", "CHAR", "TEXT", reflect.TypeFor[string]()},
	value.Decimal: {"NUMERIC", "DECIMAL", "NUMERIC", reflect.TypeFor[string]()},
	value.JSON:    {"JSONB", "JSON", "JSON", reflect.TypeFor[[]byte]()},
}
