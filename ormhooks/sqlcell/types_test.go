package sqlcell_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

type words string

// typed is a column of a type with an argument for it and what it scans into.
var typed = []struct {
	name, typ string
	arg       any
	literal   string // "" if there is none for every database
	into      func() any
	want      any
}{
	{"text", "text", words(canary), "'" + canary + "'", func() any { return new(string) }, canary},
	{"varchar", "varchar(40)", &[]string{canary}[0], "'" + canary + "'", func() any { return new(words) }, words(canary)},
	{"bytes", "bytes", []byte(canary), "", func() any { return new([]byte) }, []byte(canary)},
	{"bool", "bool", true, "TRUE", func() any { return new(bool) }, true},
	{"int", "int", uint8(7), "7", func() any { return new(int32) }, int32(7)},
	{"uint", "uint", uint64(1<<63 + 1), "9223372036854775809", func() any { return new(uint64) }, uint64(1<<63 + 1)},
	{"float", "float64", float32(0.5), "0.5", func() any { return new(float64) }, 0.5},
	{"single", "float32", float32(0.1), "0.1", func() any { return new(float32) }, float32(0.1)},
	{"at", "timestamp(3)", time.Unix(7, 1600000), "'1970-01-01 00:00:07.0016+00:00'", func() any { return new(time.Time) }, time.Unix(7, 2000000).UTC()},
	{"uid", "uuid", [16]byte{15: 1}, "'00000000-0000-0000-0000-000000000001'", func() any { return new(string) }, "00000000-0000-0000-0000-000000000001"},
	{"price", "numeric(10,2)", "1.005", "1.005", func() any { return new(string) }, "1.01"},
	{"doc", "json", json.RawMessage(`{"a": "` + canary + `"}`), `'{"a": "` + canary + `"}'`, func() any { return new([]byte) }, []byte(`{"a": "` + canary + `"}`)},
}

func TestTypes(t *testing.T) {
	table := schema.Table{Name: "typed", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}}}
	table.Columns = append(table.Columns, &schema.Column{Name: "id", Type: "int"})
	columns, marks, literals, created := "id", "?", "2", "id "
	var args []any
	for _, c := range typed {
		table.Columns = append(table.Columns, &schema.Column{Name: "c_" + c.name, Type: c.typ, Mode: schema.ModeSeal, Nullable: true})
		columns, marks, args = columns+", c_"+c.name, marks+", ?", append(args, c.arg)
		if c.literal == "" {
			literals += ", NULL"
		} else {
			literals += ", " + c.literal
		}
	}
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		create := created + db.Types.Int + " PRIMARY KEY"
		for _, c := range typed {
			create += ", c_" + c.name + " " + db.Types.Blob
		}
		db.Run(t, "CREATE TABLE typed ("+create+")")
		if db.Dialect == testdb.MySQL { // else times are text, as on the bare driver
			config, err := mysql.ParseDSN(db.DSN)
			require.NoError(t, err)
			config.ParseTime = true
			db.Connector, err = mysql.NewConnector(config)
			require.NoError(t, err)
		}
		p := wrapped(t, db, newSchema(t, table), celltest.Ring(t), nil)
		p.Run(t, "INSERT INTO typed ("+columns+") VALUES ("+marks+")", append([]any{1}, args...)...)
		p.Run(t, "INSERT INTO typed ("+columns+") VALUES ("+literals+")")
		p.sealedBelow(t)
		for _, id := range []int{1, 2} {
			rows, err := p.Query(p.SQL("SELECT * FROM typed WHERE id = ?"), id)
			require.NoError(t, err)
			names, err := rows.Columns()
			require.NoError(t, err)
			require.Len(t, names, 1+len(typed))
			require.True(t, rows.Next(), "%v", rows.Err())
			into := []any{new(int)}
			for _, c := range typed {
				if c.literal == "" && id == 2 {
					into = append(into, new([]byte))
					continue
				}
				into = append(into, c.into())
			}
			require.NoError(t, rows.Scan(into...))
			for i, c := range typed {
				if c.literal != "" || id == 1 {
					require.EqualValues(t, c.want, deref(into[i+1]), "%s of row %d", c.name, id)
				}
			}
			require.NoError(t, rows.Close())
		}
		kinds, err := p.Query("SELECT * FROM typed")
		require.NoError(t, err)
		defer kinds.Close()
		types, err := kinds.ColumnTypes()
		require.NoError(t, err)
		require.NotContains(t, []string{"BYTEA", "BLOB", "LONGBLOB"}, types[1].DatabaseTypeName())
		precision, scale, ok := types[11].DecimalSize()
		require.True(t, ok)
		require.EqualValues(t, []int64{10, 2}, []int64{precision, scale})
	})
}

func deref(v any) any {
	switch v := v.(type) {
	case *string:
		return *v
	case *words:
		return *v
	case *[]byte:
		return *v
	case *bool:
		return *v
	case *int32:
		return *v
	case *uint64:
		return *v
	case *float64:
		return *v
	case *float32:
		return *v
	case *time.Time:
		return v.UTC()
	}
	return v
}

// The plainest table: other modes, a row key, a scope, and a unique index over two columns.
func accounts() schema.Table {
	return schema.Table{
		Name: "accounts", Bind: schema.Binding{Kind: schema.BindRowKey}, Scope: schema.Scope{Kind: "tenant", Column: "tenant"},
		Columns: []*schema.Column{
			{Name: "tenant", Type: "text"},
			{Name: "email", Mode: schema.ModeSeal, Type: "text", Text: true},
			{Name: "raw", Mode: schema.ModeImprint, Type: "bytes", Nullable: true},
		},
		Indexes: []*schema.Index{{Kind: "exact", Unique: true, Columns: []search.Column{{Name: "email"}}}},
	}
}

func createAccounts(t testing.TB, db testdb.DB) {
	ty := db.Types
	serial := map[string]string{testdb.SQLite: "INTEGER PRIMARY KEY AUTOINCREMENT", testdb.Postgres: "BIGSERIAL PRIMARY KEY", testdb.MySQL: "BIGINT PRIMARY KEY AUTO_INCREMENT"}
	db.Run(t, "CREATE TABLE accounts (id "+serial[db.Dialect]+", tenant "+ty.Key+", email "+ty.Text+", raw "+ty.Blob+
		", raw__kid "+ty.Int+", cellseal_row "+ty.Term+", email__eq "+ty.Term+" UNIQUE)")
}
