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
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/segment"
)

// docsWorld has a table with listed indexes, which compare as PostgreSQL does, and a plain twin.
func docsWorld(t testing.TB) world {
	t.Helper()
	listed := func(kind, column string) *schema.Index {
		return &schema.Index{Kind: kind, Columns: []search.Column{{Name: column}}}
	}
	sealed := func(name, typ string) *schema.Column {
		return &schema.Column{Name: name, Mode: schema.ModeSeal, Type: typ, Nullable: true}
	}
	table := schema.Table{
		Name: "docs", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}},
		Columns: []*schema.Column{{Name: "id", Type: "int"}, {Name: "n", Type: "int", Nullable: true}, sealed("memo", "text"), sealed("years", "int")},
		Indexes: []*schema.Index{listed("words", "memo"), listed("substring", "memo"), listed("fuzzy", "memo"), listed("sorted", "years")},
	}
	s, err := schema.New(table)
	require.NoError(t, err)
	create, err := sqlcell.DDL(s, sqlcell.PostgreSQL)
	require.NoError(t, err)
	return open(t, celltest.Ring(t), nil, create+"; CREATE TABLE twin (id BIGINT PRIMARY KEY, n BIGINT, memo TEXT, years BIGINT)", table)
}

// listedTexts ask and write; TABLE is the protected table, or its twin.
var listedTexts = []struct {
	text string
	args []any
}{
	{"INSERT INTO TABLE (id, n, memo, years) VALUES ($1, $2, $3, $4)", []any{1, 10, "The quick brown " + canary, 18}},
	{"INSERT INTO TABLE (id, n, memo, years) VALUES ($1, $2, $3, 65), (3, 30, NULL, NULL) RETURNING id, memo, n", []any{2, 20, "quickly, 100%"}},
	{"INSERT INTO TABLE (id, memo, years) VALUES (4, 'browne', -4), (5, 'a', 2)", nil},
	{"SELECT id, memo, n FROM TABLE WHERE memo LIKE $1 ORDER BY id", []any{"%quick%"}},
	{"SELECT id, n AS m FROM TABLE WHERE memo LIKE $1 AND n > $2 ORDER BY id", []any{"%quick%", 5}},
	{"SELECT id FROM TABLE WHERE memo NOT LIKE $1 ORDER BY id", []any{"%quick%"}},
	{"SELECT count(*) FROM TABLE WHERE years >= $1 AND years < $2", []any{2, 65}},
	{"SELECT id, memo LIKE $1 AS hit FROM TABLE ORDER BY id", []any{"%brown%"}},
	{"SELECT memo, count(*) FROM TABLE WHERE years BETWEEN $1 AND $2 GROUP BY memo ORDER BY memo DESC LIMIT 1", []any{1, 60}},
	{"SELECT id FROM TABLE WHERE memo LIKE '%nothing%'", nil},
	{"UPDATE TABLE SET n = $1 WHERE memo LIKE $2 RETURNING id, n, memo", []any{99, "The%"}},
	{"UPDATE TABLE SET memo = $1 WHERE id = $2", []any{"changed", 4}},
	{"UPDATE TABLE SET memo = $1 WHERE n >= $2", []any{"aged " + canary, 20}},
	{"SELECT id FROM TABLE WHERE memo LIKE $1 ORDER BY id", []any{"aged%"}},
	{"SELECT id FROM TABLE WHERE memo LIKE $1 ORDER BY id", []any{"%quick%"}},
	{"DELETE FROM TABLE WHERE years > $1", []any{64}},
	{"DELETE FROM TABLE WHERE id = $1 RETURNING years", []any{1}},
	{"SELECT id FROM TABLE WHERE memo IS NULL OR memo LIKE $1 ORDER BY id", []any{"%aged%"}},
	{"DELETE FROM TABLE", nil},
}

func TestListedIndexesAsInPgx(t *testing.T) {
	for _, mode := range modes {
		t.Run(mode.String(), func(t *testing.T) {
			w := docsWorld(t)
			play := func(db DBTX, mode pgx.QueryExecMode) {
				for _, c := range listedTexts {
					args := append([]any{mode}, c.args...)
					sealed, twin := strings.Replace(c.text, "TABLE", "docs", 1), strings.Replace(c.text, "TABLE", "twin", 1)
					if strings.HasPrefix(c.text, "SELECT") || strings.Contains(c.text, "RETURNING") {
						require.Equal(t, all(t, db, twin, args), all(t, db, sealed, args), c.text)
					} else {
						want, err := db.Exec(ctx, twin, args...)
						require.NoError(t, err, c.text)
						got, err := db.Exec(ctx, sealed, args...)
						require.NoError(t, err, c.text)
						require.Equal(t, want, got, c.text)
					}
				}
			}
			play(w, mode)
			tx, err := w.Begin(ctx)
			require.NoError(t, err)
			play(tx, mode)
			require.NoError(t, tx.Commit(ctx))
		})
	}
}

func TestListedIndexesAskedInWords(t *testing.T) {
	w := docsWorld(t)
	w.run(t, "INSERT INTO docs (id, memo) VALUES (1, 'chronic cough "+canary+"'), (2, 'a cough, not chronic'), (3, 'meier')")
	for _, mode := range modes {
		ids := func(where string, args ...any) (ids []int64) {
			rows, err := w.Query(ctx, "SELECT id FROM docs WHERE "+where+" ORDER BY id", append([]any{mode}, args...)...)
			require.NoError(t, err)
			ids, err = pgx.CollectRows(rows, pgx.RowTo[int64])
			require.NoError(t, err)
			return ids
		}
		require.Equal(t, []int64{1, 2}, ids("cellseal_match(memo, $1)", "cough chronic"))
		require.Equal(t, []int64{3}, ids("cellseal_near(memo, $1)", "meyer"))
		require.EqualValues(t, 3, one[int64](t, w, "SELECT id FROM docs WHERE memo LIKE $1", mode, "mei%"))
		require.ErrorIs(t, w.QueryRow(ctx, "SELECT id FROM docs WHERE memo LIKE $1", mode, "none%").Scan(new(int64)), pgx.ErrNoRows)
		require.ErrorAs(t, w.QueryRow(ctx, "SELECT id FROM docs WHERE memo LIKE $1", mode, "%").Scan(new(int64)), new(*ormhooks.ColumnError))
	}
	few := pgxcell.Wrap(w.Bare(), w.schema, w.source, &sqlcell.Options{MaxRows: 1})
	require.ErrorAs(t, few.QueryRow(ctx, "SELECT id FROM docs WHERE cellseal_match(memo, 'cough')").Scan(new(int64)), new(*ormhooks.TooManyRowsError))
	w.sealed(t)
}

// TestListedIndexesOverAConnection is about one connection: prepared statements, transactions that are
// begun by hand, savepoints, and what is undone.
func TestListedIndexesOverAConnection(t *testing.T) {
	w := docsWorld(t)
	w.run(t, "INSERT INTO docs (id, memo) VALUES (1, 'before')")
	bare, err := w.Bare().Acquire(ctx)
	require.NoError(t, err)
	defer bare.Release()
	c := w.Conn(bare.Conn())
	d, err := c.Prepare(ctx, "find", "SELECT id FROM docs WHERE memo LIKE $1 ORDER BY id")
	require.NoError(t, err)
	require.Len(t, d.ParamOIDs, 1)
	found := func(pattern string) (ids []int64) {
		t.Helper()
		rows, err := c.Query(ctx, "find", pattern)
		require.NoError(t, err)
		ids, err = pgx.CollectRows(rows, pgx.RowTo[int64])
		require.NoError(t, err)
		return ids
	}
	require.Equal(t, []int64{1}, found("befo%"))
	run := func(text string) {
		t.Helper()
		_, err := c.Exec(ctx, text)
		require.NoError(t, err)
	}
	run("BEGIN")
	run("INSERT INTO docs (id, memo) VALUES (2, 'inside')")
	require.Equal(t, []int64{2}, found("insi%"), "its own rows, before they are committed")
	run("SAVEPOINT one")
	run("UPDATE docs SET memo = 'other' WHERE id = 2")
	require.Empty(t, found("insi%"))
	run("ROLLBACK TO SAVEPOINT one")
	require.Equal(t, []int64{2}, found("insi%"))
	run("ROLLBACK")
	require.Empty(t, found("insi%"))
	tx, err := c.Begin(ctx)
	require.NoError(t, err)
	part, err := tx.Begin(ctx)
	require.NoError(t, err)
	_, err = part.Exec(ctx, "INSERT INTO docs (id, memo) VALUES (2, 'inside')")
	require.NoError(t, err)
	require.NoError(t, part.Rollback(ctx))
	_, err = tx.Exec(ctx, "INSERT INTO docs (id, memo) VALUES (3, 'insight')")
	require.NoError(t, err)
	require.EqualValues(t, 3, one[int64](t, tx, "SELECT id FROM docs WHERE memo LIKE 'insi%'"))
	require.NoError(t, tx.Commit(ctx))
	require.Equal(t, []int64{3}, found("insi%"))
	_, err = c.Exec(ctx, "INSERT INTO docs (id, memo) VALUES (7, 'fine'), (1, 'twice')")
	require.Error(t, err)
	require.Empty(t, found("fine"), "nothing of a statement that failed")
}

func TestListedIndexesInABatch(t *testing.T) {
	w := docsWorld(t)
	for _, text := range []string{"SELECT id FROM docs WHERE memo LIKE 'a%'", "INSERT INTO docs (id, memo) VALUES (1, 'SECRET')", "DELETE FROM docs WHERE n = 3"} {
		b := &pgx.Batch{}
		b.Queue("INSERT INTO docs (id, n) VALUES (9, 9)")
		b.Queue(text)
		err := w.SendBatch(ctx, b).Close()
		var refused *ormhooks.StatementError
		require.True(t, errors.As(err, &refused), "%s: %v", text, err)
		require.Contains(t, refused.Reason, "several steps")
	}
	require.Zero(t, one[int](t, w, "SELECT count(*) FROM docs"), "nothing of the batch was sent")
}

func TestListedIndexesAreMaintained(t *testing.T) {
	for _, mode := range modes {
		w := docsWorld(t)
		for id := range 30 {
			id++
			w.run(t, "INSERT INTO docs (id, n, memo, years) VALUES ($1, $2, $3, $4)", mode, id, id, fmt.Sprintf("memo %d %s", id, canary), id)
		}
		maintain := func() (entries int64) {
			require.NoError(t, pgxcell.Maintain(ctx, w.Pool, &sqlcell.MaintainOptions{MaintainOptions: segment.MaintainOptions{Once: true, All: true}}))
			indexes, err := pgxcell.Lists(ctx, w.Pool, nil)
			require.NoError(t, err)
			require.Len(t, indexes, 4)
			for _, x := range indexes {
				stats, err := x.Stats(ctx, w.Segments())
				require.NoError(t, err)
				require.Zero(t, stats.Pending)
				entries += int64(stats.Entries)
			}
			return entries
		}
		require.NotZero(t, maintain())
		require.EqualValues(t, 7, one[int64](t, w, "SELECT id FROM docs WHERE memo LIKE 'memo 7 %'", mode))
		require.EqualValues(t, 11, one[int64](t, w, "SELECT count(*) FROM docs WHERE years >= $1", mode, 20))
		w.run(t, "UPDATE docs SET years = 100 WHERE id = $1", mode, 3)
		w.sealed(t)
		maintain()
		require.EqualValues(t, 12, one[int64](t, w, "SELECT count(*) FROM docs WHERE years >= $1", mode, 20))
	}
}
