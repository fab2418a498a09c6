package pgxcell_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/pgxcell"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
)

// finishedTexts are answered after decryption. TABLE is the protected table, or a plain twin of it.
var finishedTexts = []string{
	"SELECT id, word, at FROM TABLE ORDER BY word DESC, name, id LIMIT 5 OFFSET 1",
	"SELECT id FROM TABLE ORDER BY amount, id",
	"SELECT DISTINCT word, name FROM TABLE ORDER BY word, name",
	"SELECT word, count(*), sum(n), avg(n), sum(amount) AS s, avg(amount), min(at), max(f), sum(f), avg(f), count(DISTINCT name) FROM TABLE GROUP BY word ORDER BY word",
	"SELECT word, sum(age), avg(age), sum(price), avg(price), min(price), max(name) FROM TABLE GROUP BY word ORDER BY word",
	"SELECT name, max(word), count(DISTINCT n) FROM TABLE WHERE id > $1 GROUP BY name ORDER BY count(*) DESC, name LIMIT $2",
	"SELECT min(n), max(n), count(word), count(DISTINCT word), sum(n), avg(amount) FROM TABLE WHERE id > $1 AND id < $2",
	"SELECT min(n), count(DISTINCT word), sum(amount) FROM TABLE WHERE id > 1000",
}

// TestFinishedAsInPgx compares the values and the descriptions of answers that are worked out after
// decryption with those that pgx gives of plaintext, in every mode.
func TestFinishedAsInPgx(t *testing.T) {
	columns := []struct{ name, typ, plain string }{
		{"word", "text", `TEXT COLLATE "C"`}, {"n", "int", "INT8"}, {"amount", "numeric(10,2)", "NUMERIC(10,2)"}, {"f", "float64", "FLOAT8"}, {"at", "timestamp(6)", "TIMESTAMPTZ(6)"},
	}
	table := schema.Table{Name: "sealed", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}}, Columns: []*schema.Column{{Name: "id", Type: "int"}}}
	stored, plain := "id BIGINT PRIMARY KEY", "id BIGINT PRIMARY KEY"
	for _, c := range columns {
		table.Columns = append(table.Columns, &schema.Column{Name: c.name, Type: c.typ, Mode: schema.ModeSeal, Nullable: true})
		stored, plain = stored+", "+c.name+" BYTEA", plain+", "+c.name+" "+c.plain
	}
	rest := ", name TEXT, age INT, price NUMERIC(6,3)"
	w := open(t, celltest.Ring(t), nil, "CREATE TABLE sealed ("+stored+rest+"); CREATE TABLE twin ("+plain+rest+")", table)
	words := []any{"b", "a", nil, "ab", "B"}
	for id := range 40 {
		for _, to := range []string{"sealed", "twin"} {
			w.run(t, "INSERT INTO "+to+" (id, word, n, amount, f, at, name, age, price) VALUES ($1, $2, $3, $4, $5, '2024-02-29 12:00:00Z'::timestamptz, $6, $7, $8)",
				id+1, words[id%5], id*7%11, fmt.Sprintf("%d.25", id%7), float64(id%8)/4, fmt.Sprint("n", id%3), id%4, fmt.Sprintf("%d.5", id%9))
		}
	}
	for _, mode := range modes {
		for _, text := range finishedTexts {
			args := []any{mode}
			for n, v := range []any{3, 30} {
				if strings.Contains(text, fmt.Sprint("$", n+1)) {
					args = append(args, v)
				}
			}
			got, want := all(t, w, strings.Replace(text, "TABLE", "sealed", 1), args), all(t, w, strings.Replace(text, "TABLE", "twin", 1), args)
			require.Equal(t, want, got, "%v %s", mode, text)
		}
	}
	tag, err := w.Exec(ctx, "SELECT id FROM sealed ORDER BY word LIMIT 3")
	require.NoError(t, err)
	require.EqualValues(t, 3, tag.RowsAffected())
	var b pgx.Batch
	for _, text := range finishedTexts[:4] {
		b.Queue(strings.Replace(text, "TABLE", "sealed", 1))
	}
	results := w.SendBatch(ctx, &b)
	for range 4 {
		rows, err := results.Query()
		require.NoError(t, err)
		require.True(t, rows.Next())
		rows.Close()
		require.NoError(t, rows.Err())
	}
	require.NoError(t, results.Close())
	few := pgxcell.Wrap(w.Bare(), w.schema, w.source, &sqlcell.Options{MaxRows: 39})
	var tooMany *ormhooks.TooManyRowsError
	require.True(t, errors.As(few.QueryRow(ctx, "SELECT max(word) FROM sealed").Scan(new(string)), &tooMany))
	require.Equal(t, 39, tooMany.Most)
	require.Equal(t, 32, one[int](t, few, "SELECT count(word) FROM sealed"))
}

// all is everything that rows say.
func all(t testing.TB, db DBTX, text string, args []any) (said []any) {
	t.Helper()
	rows, err := db.Query(ctx, text, args...)
	require.NoError(t, err, text)
	defer rows.Close()
	for _, f := range rows.FieldDescriptions() {
		said = append(said, f.Name, f.DataTypeOID)
	}
	for rows.Next() {
		values, err := rows.Values()
		require.NoError(t, err, text)
		for i, v := range values {
			if n, ok := v.(interface{ Value() (any, error) }); ok {
				v, _ = n.Value()
			}
			values[i] = fmt.Sprint(v)
		}
		said = append(said, values...)
	}
	require.NoError(t, rows.Err(), text)
	return append(said, rows.CommandTag().String())
}
