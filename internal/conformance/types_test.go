package conformance

import (
	"database/sql"
	"database/sql/driver"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
)

// A typeCase is a declared type, the natural types of the dialects, and values: as arguments,
// and as literals where one text means the same everywhere.
type typeCase struct {
	name, declared          string
	postgres, mysql, sqlite string
	args                    []any
	literals                []string
}

var noon = time.Date(2024, 2, 29, 12, 0, 0, 123456000, time.UTC)

var typeCases = []typeCase{
	{"text", "text", "TEXT", "LONGTEXT", "TEXT", []any{"", "plain", "Ünï\n'\"\\", strings.Repeat("x", 5000)}, []string{"''", "'it''s'"}},
	{"varchar", "varchar(9)", "VARCHAR(9)", "VARCHAR(9)", "TEXT", []any{"", "ninechars"}, []string{"'nine'"}},
	{"bytes", "bytes", "BYTEA", "LONGBLOB", "BLOB", []any{[]byte{}, []byte{0, 255, 39, 92}}, nil},
	{"bool", "bool", "BOOLEAN", "BOOLEAN", "BOOLEAN", []any{true, false}, []string{"TRUE", "FALSE"}},
	{"int", "int", "BIGINT", "BIGINT", "INTEGER", []any{0, -1, int64(-1 << 63), int64(1<<63 - 1), "12"}, []string{"0", "-9", "9223372036854775807"}},
	{"uint", "uint", "NUMERIC(20)", "BIGINT UNSIGNED", "INTEGER", []any{uint64(0), uint64(1<<63 - 1)}, []string{"7"}},
	{"float64", "float64", "DOUBLE PRECISION", "DOUBLE", "REAL", []any{0.0, -0.1, 1e300, 5e-324, 3.0}, []string{"0.5", "3", "-2.25"}},
	{"float32", "float32", "REAL", "FLOAT", "REAL", []any{float32(0), float32(0.5), float32(-16777216)}, []string{"0.25"}},
	{"time", "timestamp(6)", "TIMESTAMPTZ(6)", "DATETIME(6)", "DATETIME", []any{noon, time.Unix(0, 0).UTC(), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)}, nil},
	{"uuid", "uuid", "UUID", "CHAR(36)", "TEXT", []any{"6ba7b810-9dad-11d1-80b4-00c04fd430c8"}, []string{"'00000000-0000-0000-0000-000000000000'"}},
	{"numeric", "numeric(10,2)", "NUMERIC(10,2)", "DECIMAL(10,2)", "TEXT", []any{"1.25", "-99999999.99", "0.01"}, []string{"1.25"}},
	{"json", "json", "JSONB", "JSON", "TEXT", []any{`{"a": [1, "x"]}`, `null`, `[]`}, []string{`'{"b": true}'`}},
}

func (c typeCase) natural(d string) string {
	return map[string]string{testdb.Postgres: c.postgres, testdb.MySQL: c.mysql, testdb.SQLite: c.sqlite}[d]
}

// A typeMode is a way to protect a column of a type.
type typeMode struct {
	name string
	make func(c *schema.Column)
}

func modesOf(c typeCase) []typeMode {
	all := []typeMode{{"seal", func(c *schema.Column) { c.Mode = schema.ModeSeal }}, {"token", func(c *schema.Column) { c.Mode = schema.ModeToken }}}
	if c.name == "text" || c.name == "bytes" {
		all = append(all, typeMode{"imprint", func(c *schema.Column) { c.Mode = schema.ModeImprint }})
	}
	if c.name == "varchar" {
		all = append(all, typeMode{"alphabet", func(c *schema.Column) {
			c.Mode, c.KeepOthers = schema.ModeImprint, true
			c.Alphabet = cell.Alnum
		}})
	}
	return all
}

// A link is a way to talk to a database.
type link struct {
	name string
	base driver.Connector
}

func linksTo(t testing.TB, db testdb.DB) (all []link) {
	t.Helper()
	switch db.Dialect {
	case testdb.SQLite:
		return []link{{"sqlite", db.Connector}}
	case testdb.Postgres:
		var name string
		db.Scan(t, "SELECT current_database()", nil, &name)
		for _, mode := range []pgx.QueryExecMode{pgx.QueryExecModeCacheStatement, pgx.QueryExecModeCacheDescribe, pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol} {
			config, err := pgx.ParseConfig(os.Getenv(testdb.PostgresVariable))
			require.NoError(t, err)
			config.Database, config.DefaultQueryExecMode = name, mode
			all = append(all, link{mode.String(), stdlib.GetConnector(*config)})
		}
		return all
	}
	for _, interpolate := range []bool{false, true} {
		for _, parse := range []bool{false, true} {
			config, err := mysql.ParseDSN(db.DSN)
			require.NoError(t, err)
			config.InterpolateParams, config.ParseTime = interpolate, parse
			connector, err := mysql.NewConnector(config)
			require.NoError(t, err)
			all = append(all, link{fmt.Sprintf("interpolateParams=%v,parseTime=%v", interpolate, parse), connector})
		}
	}
	return all
}

// destinations are what programs scan into.
var destinations = map[string]func() any{
	"any": func() any { return new(any) }, "string": func() any { return new(string) }, "[]byte": func() any { return new([]byte) },
	"int64": func() any { return new(int64) }, "float64": func() any { return new(float64) }, "bool": func() any { return new(bool) },
	"time.Time": func() any { return new(time.Time) }, "sql.NullString": func() any { return new(sql.NullString) },
	"sql.NullInt64": func() any { return new(sql.NullInt64) }, "sql.NullTime": func() any { return new(sql.NullTime) },
	"*string": func() any { return new(*string) },
}

// scanned says what a value becomes in a destination, with its Go type; an error is one word.
func scanned(row *sql.Row, into any) string {
	if err := row.Scan(into); err != nil {
		return "error"
	}
	switch v := into.(type) {
	case *any:
		if at, ok := (*v).(time.Time); ok {
			return "time.Time " + at.UTC().Format(time.RFC3339Nano)
		}
		return fmt.Sprintf("%T %q", *v, fmt.Sprint(*v))
	case *time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	case *sql.NullTime:
		return fmt.Sprint(v.Valid, v.Time.UTC().Format(time.RFC3339Nano))
	case **string:
		if *v == nil {
			return "nil"
		}
		return **v
	case *string:
		return "string " + *v
	case *[]byte:
		return fmt.Sprintf("%v %q", *v == nil, *v)
	case *int64:
		return fmt.Sprint(*v)
	case *float64:
		return fmt.Sprint(*v)
	case *bool:
		return fmt.Sprint(*v)
	}
	return fmt.Sprintf("%+v", into)
}

// TestTypesArriveAsTheBareDriverHasThem writes and reads every type in every way, through the door and
// in a plain column of the natural type, and lists the differences.
func TestTypesArriveAsTheBareDriverHasThem(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		table := schema.Table{Name: "vals", Bind: bound("id"), Columns: []*schema.Column{{Name: "id", Type: "int"}}}
		plain, stored := "id "+db.Types.Int+" PRIMARY KEY", "id "+db.Types.Int+" PRIMARY KEY"
		for _, c := range typeCases {
			for _, m := range modesOf(c) {
				column := &schema.Column{Name: c.name + "_" + m.name, Type: c.declared, Nullable: true}
				m.make(column)
				table.Columns = append(table.Columns, column)
				plain += ", " + column.Name + " " + c.natural(db.Dialect)
				if column.Alphabet != nil {
					stored += ", " + column.Name + " " + db.Types.Text
				} else {
					stored += ", " + column.Name + " " + db.Types.Blob
				}
			}
		}
		s := newSchema(t, table)
		for name := range s.Table("vals").Hidden() {
			ty := db.Types.Term
			if strings.HasSuffix(name, "__kid") {
				ty = db.Types.Int
			}
			stored += ", " + name + " " + ty
		}
		twin := db.Beside(t)
		db.Run(t, "CREATE TABLE vals ("+stored+")")
		twin.Run(t, "CREATE TABLE vals ("+plain+")")
		d := &differences{all: map[string]string{}}
		doors, twins := linksTo(t, db), linksTo(t, twin)
		for i, l := range doors {
			door := sql.OpenDB(sqlcell.Wrap(l.base, s, celltest.Ring(t), dialects[db.Dialect]))
			bare := sql.OpenDB(twins[i].base)
			d.link = l.name
			for _, c := range typeCases {
				for _, m := range modesOf(c) {
					d.compare(db, door, bare, c, c.name+"_"+m.name)
				}
			}
			door.Close()
			bare.Close()
		}
		require.Positive(t, d.compared)
		for _, key := range slices.Sorted(maps.Keys(d.all)) {
			t.Logf("%s: %s", key, d.all[key])
		}
		t.Logf("%d values compared, %d kinds of differences", d.compared, len(d.all))
		d.wanted(t, db.Dialect)
	})
}
