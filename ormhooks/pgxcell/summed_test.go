package pgxcell_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
	"github.com/cellseal/cellseal/search"
)

// summedTexts are answered by the database's own SUM. TABLE is the protected table, or a plain twin of it.
var summedTexts = []string{
	"SELECT sum(n), avg(n), count(n), count(*), sum(amount), avg(amount) FROM TABLE",
	"SELECT clinic, sum(n), count(*) FROM TABLE GROUP BY clinic ORDER BY clinic",
	"SELECT name AS who, clinic, sum(amount) AS s FROM TABLE WHERE id > $1 GROUP BY name, clinic HAVING count(*) > 1 ORDER BY s DESC, who LIMIT $2",
	"SELECT at, sum(n) FROM TABLE GROUP BY at ORDER BY at DESC",
	"SELECT tags, sum(n) FROM TABLE WHERE clinic = 1 GROUP BY tags ORDER BY tags",
	"SELECT sum(n) FROM TABLE WHERE id > 1000",
}

// TestAddedUpAsInPgx compares answers and their descriptions with those that pgx gives of plaintext, of more rows
// than are gathered.
func TestAddedUpAsInPgx(t *testing.T) {
	sum := func(column string, by ...string) *schema.Index {
		return &schema.Index{Kind: "sum", Columns: []search.Column{{Name: column}}, By: by}
	}
	table := schema.Table{
		Name: "sealed", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}},
		Columns: []*schema.Column{
			{Name: "id", Type: "int"}, {Name: "clinic", Type: "int", Nullable: true},
			{Name: "n", Type: "int", Mode: schema.ModeSeal, Nullable: true}, {Name: "amount", Type: "numeric(10,2)", Mode: schema.ModeSeal, Nullable: true},
		},
		Indexes: []*schema.Index{sum("n", "clinic"), sum("amount")},
	}
	s, err := schema.New(table)
	require.NoError(t, err)
	create, err := sqlcell.DDL(s, sqlcell.PostgreSQL)
	require.NoError(t, err)
	rest := "ALTER TABLE %s ADD COLUMN name TEXT, ADD COLUMN at TIMESTAMPTZ, ADD COLUMN tags INT[];"
	w := open(t, celltest.Ring(t), &sqlcell.Options{MaxRows: 45}, create+"; CREATE TABLE twin (id BIGINT PRIMARY KEY, clinic BIGINT, n BIGINT, amount NUMERIC(10,2));"+fmt.Sprintf(rest, "sealed")+fmt.Sprintf(rest, "twin"), table)
	for _, to := range []string{"sealed", "twin"} {
		for id := range 48 {
			var n any
			if id%7 > 0 {
				n = id * 1_000_003
			}
			w.run(t, "INSERT INTO "+to+" (id, clinic, n, amount, name, at, tags) VALUES ($1, $2, $3, $4, $5, '2024-02-29 12:00:00Z'::timestamptz + $6 * interval '1 day', ARRAY[$6, 2]::int[])",
				id+1, id%3, n, fmt.Sprintf("%d.25", id-20), fmt.Sprint("n", id%4), id%2)
		}
		w.run(t, "DELETE FROM "+to+" WHERE id = 5 OR id = 40")
		w.run(t, "UPDATE "+to+" SET clinic = $1 WHERE id < 4", 2)
		w.run(t, "UPDATE "+to+" SET clinic = NULL, amount = 3 WHERE id = 9")
	}
	for _, mode := range modes {
		for _, text := range summedTexts {
			args := []any{mode}
			for n, v := range []any{3, 30} {
				if strings.Contains(text, fmt.Sprint("$", n+1)) {
					args = append(args, v)
				}
			}
			require.Equal(t, all(t, w, strings.Replace(text, "TABLE", "twin", 1), args), all(t, w, strings.Replace(text, "TABLE", "sealed", 1), args), "%v %s", mode, text)
		}
	}
	formats := []any{pgx.QueryResultFormats{pgx.BinaryFormatCode, pgx.TextFormatCode, pgx.TextFormatCode}}
	require.Equal(t, all(t, w, strings.Replace(summedTexts[1], "TABLE", "twin", 1), formats), all(t, w, strings.Replace(summedTexts[1], "TABLE", "sealed", 1), formats))
	tx, err := w.Begin(ctx)
	require.NoError(t, err)
	_, err = tx.Exec(ctx, "INSERT INTO sealed (id, clinic, n) VALUES (100, 1, 5)")
	require.NoError(t, err)
	require.NoError(t, tx.Rollback(ctx))
	require.Equal(t, one[string](t, w, "SELECT sum(n)::text FROM twin"), one[string](t, w, "SELECT sum(n) FROM sealed"))
}
