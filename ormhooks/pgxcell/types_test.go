package pgxcell_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

type words string

// typed is a column of a type, its plain twin, and arguments for it.
var typed = []struct {
	name, typ, plain string
	arg              any
	into             []func() any
}{
	{"words", "text", "TEXT", words(canary), []func() any{into[string], into[words], into[*string], into[[]byte], into[pgtype.Text], into[sql.NullString], into[any], into[sql.Null[string]]}},
	{"short", "varchar(40)", "VARCHAR(40)", pgtype.Text{String: canary, Valid: true}, []func() any{into[string], into[pgtype.Text], into[*words]}},
	{"raw", "bytes", "BYTEA", []byte(canary), []func() any{into[[]byte], into[*[]byte], into[any], into[pgtype.PreallocBytes]}},
	{"none", "bytes", "BYTEA", []byte{}, []func() any{into[[]byte]}},
	{"flag", "bool", "BOOL", true, []func() any{into[bool], into[*bool], into[pgtype.Bool], into[string], into[any]}},
	{"n", "int", "INT8", uint8(7), []func() any{into[int], into[int16], into[uint64], into[*int64], into[string], into[pgtype.Int8], into[sql.NullInt64], into[pgtype.Numeric], into[any]}},
	{"u", "uint", "NUMERIC", uint64(1<<63 + 1), []func() any{into[uint64], into[string], into[pgtype.Numeric], into[any]}},
	{"f", "float64", "FLOAT8", 0.1, []func() any{into[float64], into[pgtype.Float8], into[string], into[any]}},
	{"inf", "float64", "FLOAT8", math.Inf(-1), []func() any{into[float64], into[pgtype.Float8]}},
	{"single", "float32", "FLOAT4", float32(0.1), []func() any{into[float32], into[pgtype.Float4], into[string], into[any]}},
	{"at", "timestamp(3)", "TIMESTAMPTZ(3)", time.Unix(7, 1600000), []func() any{into[time.Time], into[*time.Time], into[pgtype.Timestamptz], into[sql.NullTime], into[any]}},
	{"long_ago", "timestamp(3)", "TIMESTAMPTZ(3)", time.Date(-43, 3, 15, 11, 0, 0, 0, time.UTC), []func() any{into[time.Time]}},
	{"uid", "uuid", "UUID", [16]byte{1, 15: 1}, []func() any{into[[16]byte], into[pgtype.UUID], into[string], into[any]}},
	{"price", "numeric(10,2)", "NUMERIC(10,2)", "1.005", []func() any{into[string], into[pgtype.Numeric], into[float64], into[*big.Rat], into[any]}},
	{"doc", "json", "JSONB", json.RawMessage(`{"a": "` + canary + `"}`), []func() any{into[map[string]any], into[string], into[[]byte], into[json.RawMessage], into[struct{ A string }], into[any]}},
	{"nothing", "text", "TEXT", nil, []func() any{into[*string], into[pgtype.Text], into[any], into[sql.NullString]}},
}

func into[T any]() any { return new(T) }

// Every protected column scans as its plain twin does.
func TestTypesScanAsInPgx(t *testing.T) {
	table := schema.Table{Name: "typed", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}}}
	table.Columns = append(table.Columns, &schema.Column{Name: "id", Type: "int"})
	create, twins, columns, marks, pmarks := "id BIGINT PRIMARY KEY", "id BIGINT PRIMARY KEY", "id", "$1", "$1"
	args := []any{1}
	for i, c := range typed {
		table.Columns = append(table.Columns, &schema.Column{Name: c.name, Type: c.typ, Mode: schema.ModeSeal, Nullable: true})
		create, twins = create+", "+c.name+" BYTEA", twins+", "+c.name+" "+c.plain
		columns, marks, pmarks = columns+", "+c.name, marks+fmt.Sprintf(", $%d", i+2), pmarks+fmt.Sprintf(", $%d::%s", i+2, c.plain)
		args = append(args, c.arg)
	}
	w := open(t, celltest.Ring(t), nil, "CREATE TABLE typed ("+create+"); CREATE TABLE twin ("+twins+")", table)
	w.run(t, "INSERT INTO typed ("+columns+") VALUES ("+marks+")", args...)
	w.sealed(t)
	w.run(t, "INSERT INTO twin ("+columns+") VALUES ("+pmarks+")", args...)
	for _, mode := range modes {
		scanned := map[string]int{}
		for _, c := range typed {
			for _, into := range c.into {
				got, want := into(), into()
				if err := w.QueryRow(ctx, "SELECT "+c.name+" FROM twin", mode).Scan(want); err != nil {
					continue // as a bool into a string does not in binary
				}
				scanned[c.name]++
				require.NoError(t, w.QueryRow(ctx, "SELECT "+c.name+" FROM typed", mode).Scan(got), "%v %s %T", mode, c.name, got)
				require.Equal(t, want, got, "%v %s", mode, c.name)
			}
			require.GreaterOrEqual(t, scanned[c.name], (len(c.into)+1)/2, "%v %s", mode, c.name)
		}
		values := func(table string) map[string]any {
			rows, err := w.Query(ctx, "SELECT * FROM "+table, mode)
			require.NoError(t, err)
			all, err := pgx.CollectExactlyOneRow(rows, pgx.RowToMap)
			require.NoError(t, err)
			return all
		}
		require.Equal(t, values("twin"), values("typed"), "%v", mode)
	}
}

func TestRowsAsPgxHasThem(t *testing.T) {
	w := usersWorld(t)
	w.fill(t, 3)
	rows, err := w.Query(ctx, "SELECT id, email, ssn AS s FROM users WHERE email = $1 ORDER BY id", pgx.QueryResultFormats{1, 0, 0}, canary)
	require.NoError(t, err)
	require.Equal(t, "s", rows.FieldDescriptions()[2].Name)
	require.EqualValues(t, pgtype.TextOID, rows.FieldDescriptions()[1].DataTypeOID)
	require.NotNil(t, rows.TypeMap())
	require.NotNil(t, rows.Conn())
	require.True(t, rows.Next())
	require.Len(t, rows.RawValues(), 3)
	require.Len(t, rows.RawValues()[0], 8)
	require.Equal(t, canary, string(rows.RawValues()[1]))
	require.NoError(t, rows.Scan(nil, nil, new(string)))
	rows.Close()
	rows.Close()
	_, err = rows.Values()
	require.Error(t, err)
	require.False(t, rows.Next())

	_, err = w.Query(ctx, "SELECT id, email FROM users", pgx.QueryResultFormats{1, 0, 0})
	require.ErrorContains(t, err, "3 result formats were given for 2 columns")
	rows, err = w.Query(ctx, "SELECT id, email FROM users", pgx.QueryResultFormatsByOID{pgtype.Int8OID: 0})
	require.NoError(t, err)
	require.True(t, rows.Next())
	require.Equal(t, "1", string(rows.RawValues()[0]))
	rows.Close()

	var id int
	var email string
	n := 0
	rows, _ = w.Query(ctx, "SELECT id, email FROM users ORDER BY id")
	tag, err := pgx.ForEachRow(rows, []any{&id, &email}, func() error { n += id; return nil })
	require.NoError(t, err)
	require.Equal(t, 6, n)
	require.EqualValues(t, 3, tag.RowsAffected())

	rows, _ = w.Query(ctx, "SELECT id, email FROM users ORDER BY id")
	require.True(t, rows.Next())
	var whole wholeRow
	require.NoError(t, rows.Scan(&whole))
	require.Equal(t, wholeRow{1, canary}, whole)
	require.ErrorContains(t, rows.Scan(new(int)), "number of field descriptions must equal number of destinations")
	require.Error(t, rows.Err())
	require.False(t, rows.Next(), "an error closes them")

	err = w.QueryRow(ctx, "SELECT email FROM users WHERE id = 1").Scan(new(int))
	require.ErrorContains(t, harmless(t, err), "col: email")
	require.ErrorAs(t, err, new(pgx.ScanArgError))
	mine := errors.New("mine")
	require.ErrorIs(t, harmless(t, w.QueryRow(ctx, "SELECT email FROM users WHERE id = 1").Scan(refusing{mine})), mine)
	require.Error(t, w.QueryRow(ctx, "SELECT email FROM users WHERE id = 1").Scan(new(pgtype.DriverBytes)))
}

type wholeRow struct {
	id    int
	email string
}

func (w *wholeRow) ScanRow(rows pgx.Rows) error { return rows.Scan(&w.id, &w.email) }

type refusing struct{ err error }

func (r refusing) Scan(v any) error { return fmt.Errorf("%v: %w", v, r.err) }
