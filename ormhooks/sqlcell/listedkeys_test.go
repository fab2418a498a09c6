package sqlcell_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/reseal"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/segment"
)

// keyed is a table of one sealed text, with rows told apart in some way.
func keyed(bind schema.Binding, plain ...*schema.Column) schema.Table {
	return schema.Table{
		Name: "keyed", Bind: bind,
		Columns: append(plain, &schema.Column{Name: "memo", Mode: schema.ModeSeal, Type: "text", Nullable: true}),
		Indexes: []*schema.Index{listed("substring", "memo", search.Fold), listed("sorted", "memo", search.Fold), listed("words", "memo")},
	}
}

func (p pool) maintain(t testing.TB, scopes map[string][]string) {
	t.Helper()
	require.NoError(t, sqlcell.Maintain(ctx, p.DB.DB, &sqlcell.MaintainOptions{MaintainOptions: segment.MaintainOptions{Once: true, All: true}, Scopes: scopes}))
}

func TestListedIndexesOverEveryKindOfKey(t *testing.T) {
	columns := func(names ...string) schema.Binding {
		return schema.Binding{Kind: schema.BindColumns, Columns: names}
	}
	const one, two = "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "6ba7b811-9dad-11d1-80b4-00c04fd430c8"
	for name, c := range map[string]struct {
		table  schema.Table
		insert string
		a, b   []any // keys
		where  string
	}{
		"uuid":    {keyed(columns("id"), &schema.Column{Name: "id", Type: "uuid"}), "id", []any{one}, []any{two}, "id = ?"},
		"uint":    {keyed(columns("id"), &schema.Column{Name: "id", Type: "uint"}), "id", []any{1}, []any{int64(1) << 62}, "id = ?"},
		"varchar": {keyed(columns("id"), &schema.Column{Name: "id", Type: "varchar(15)"}), "id", []any{"a'\\\"b"}, []any{"ä{},"}, "id = ?"},
		"row key": {keyed(schema.Binding{Kind: schema.BindRowKey}, &schema.Column{Name: "id", Type: "int"}), "id", []any{1}, []any{2}, "id = ?"},
		"several": {keyed(columns("patient", "day"), &schema.Column{Name: "patient", Type: "int"}, &schema.Column{Name: "day", Type: "varchar(10)"}), "patient, day", []any{1, "mon"}, []any{1, "tue"}, "patient = ? AND day = ?"},
	} {
		t.Run(name, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, db testdb.DB) {
				p := wrapped(t, db, newSchema(t, c.table), celltest.Ring(t), nil)
				p.create(t, c.table)
				marks := "?"
				for range len(c.a) - 1 {
					marks += ", ?"
				}
				count := func(where string, args ...any) (n int) {
					t.Helper()
					p.Scan(t, "SELECT count(*) FROM keyed WHERE "+where, args, &n)
					return n
				}
				for i, key := range [][]any{c.a, c.b} {
					p.Run(t, "INSERT INTO keyed ("+c.insert+", memo) VALUES ("+marks+", ?)", append(append([]any{}, key...), []string{"First " + canary, "second " + canary}[i])...)
				}
				for range 2 { // pending, and in segments
					require.Equal(t, 2, count("memo LIKE ?", "%"+canary))
					require.Equal(t, 1, count("memo LIKE 'first%'"))
					require.Equal(t, 1, count("memo NOT LIKE 'first%'"))
					require.Equal(t, 0, count("memo LIKE 'third%'"))
					require.Equal(t, 2, count("memo NOT LIKE 'third%'"))
					require.Equal(t, 0, count("NOT (memo LIKE ?)", nil))
					require.Equal(t, 1, count("memo > 'G'"))
					require.Equal(t, 1, count("cellseal_match(memo, 'second')"))
					require.Equal(t, 1, count(c.where+" AND memo LIKE 'second%'", c.b...))
					p.maintain(t, nil)
				}
				p.Run(t, "UPDATE keyed SET memo = ? WHERE "+c.where, append([]any{"third " + canary}, c.a...)...)
				require.Equal(t, 0, count("memo LIKE 'first%'"))
				require.Equal(t, 1, count("memo LIKE 'third%'"))
				p.maintain(t, nil)
				require.Equal(t, 1, count("memo LIKE 'third%'"))
				p.Run(t, "DELETE FROM keyed WHERE memo LIKE 'third%'")
				require.Equal(t, 1, count("memo LIKE ?", "%"+canary))
				p.sealedBelow(t)
			})
		})
	}
}

func TestListedIndexesOfTenants(t *testing.T) {
	for _, where := range []string{"a column", "the context alone"} {
		t.Run(where, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, db testdb.DB) {
				table := keyed(schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}}, &schema.Column{Name: "id", Type: "int"}, &schema.Column{Name: "tenant", Type: "varchar(9)"})
				table.Scope = schema.Scope{Kind: "tenant", Column: "tenant"}
				if where != "a column" {
					table.Scope.Column = ""
				}
				p := wrapped(t, db, newSchema(t, table), celltest.Ring(t), nil)
				p.create(t, table)
				a, b := ormhooks.WithScope(ctx, "tenant", "a"), ormhooks.WithScope(ctx, "tenant", "b")
				insert := p.SQL("INSERT INTO keyed (id, tenant, memo) VALUES (?, ?, ?)")
				for id := 1; id < 5; id++ {
					c, tenant := a, "a"
					if id > 2 {
						c, tenant = b, "b"
					}
					_, err := p.ExecContext(c, insert, id, tenant, "memo "+canary)
					require.NoError(t, err)
				}
				count := func(c context.Context, where string) (n int) {
					t.Helper()
					require.NoError(t, p.QueryRowContext(c, "SELECT count(*) FROM keyed WHERE "+where).Scan(&n))
					return n
				}
				for range 2 {
					require.Equal(t, 2, count(a, "memo LIKE 'memo%'"))
					require.Equal(t, 2, count(b, "memo LIKE 'memo%'"))
					require.Equal(t, 0, count(ormhooks.WithScope(ctx, "tenant", "c"), "memo LIKE 'memo%'"))
					p.maintain(t, map[string][]string{"tenant": {"a", "b"}})
				}
				var scope *ormhooks.ScopeError
				_, err := p.Query("SELECT id FROM keyed WHERE memo LIKE 'memo%'")
				require.ErrorAs(t, err, &scope)
				if where == "a column" {
					require.Equal(t, 2, count(ctx, "memo LIKE 'memo%' AND tenant = 'a'"))
					_, err = p.ExecContext(ctx, "UPDATE keyed SET tenant = 'a' WHERE id = 3")
					require.NoError(t, err)
					require.Equal(t, 3, count(a, "memo LIKE 'memo%'"))
					require.Equal(t, 1, count(b, "memo LIKE 'memo%'"))
				}
				p.sealedBelow(t)
			})
		})
	}
}

// Rows that are older than their index are found once they are written again, and what was indexed under an
// old key is found under the new one.
func TestListedIndexesOverOldRowsAndNewKeys(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		id := schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}}
		with := keyed(id, &schema.Column{Name: "id", Type: "int"})
		without := with
		without.Indexes = nil
		p := wrapped(t, db, newSchema(t, without), celltest.Ring(t), nil)
		p.create(t, with)
		for i := 1; i < 4; i++ {
			p.Run(t, "INSERT INTO keyed (id, memo) VALUES (?, ?)", i, "old "+canary)
		}
		q := wrapped(t, testdb.DB{DB: p.bare, Dialect: db.Dialect, Connector: db.Connector, Types: db.Types}, newSchema(t, with), celltest.Ring(t), nil)
		count := func(p pool, want int) {
			t.Helper()
			var n int
			p.Scan(t, "SELECT count(*) FROM keyed WHERE memo LIKE ?", []any{"old%"}, &n)
			require.Equal(t, want, n)
		}
		unfilled := func() {
			t.Helper()
			var n int
			require.ErrorAs(t, q.QueryRow(q.SQL("SELECT count(*) FROM keyed WHERE memo LIKE ?"), "old%").Scan(&n), new(*segment.FillingError))
		}
		unfilled()
		_, err := reseal.Rows(ctx, q.DB.DB, "keyed", nil)
		require.NoError(t, err)
		unfilled()
		q.Run(t, "INSERT INTO keyed (id, memo) VALUES (4, 'new')")
		unfilled()
		_, err = reseal.Rows(ctx, q.DB.DB, "keyed", &reseal.RowsOptions{Reindex: true})
		require.NoError(t, err)
		count(q, 3)
		q.maintain(t, nil)

		r := wrapped(t, testdb.DB{DB: p.bare, Dialect: db.Dialect, Connector: db.Connector, Types: db.Types}, newSchema(t, with), celltest.Rotated(t), nil)
		count(r, 3)
		r.Run(t, "INSERT INTO keyed (id, memo) VALUES (9, 'old and new')")
		count(r, 4)
		require.NoError(t, sqlcell.Maintain(ctx, r.DB.DB, &sqlcell.MaintainOptions{MaintainOptions: segment.MaintainOptions{Once: true, All: true, Rekey: true}}))
		count(r, 4)
		lists, err := sqlcell.Lists(ctx, r.DB.DB, nil)
		require.NoError(t, err)
		require.Len(t, lists, 3)
		r.sealedBelow(t)
	})
}

// More rows than are looked at are an error, and so is what no index can look for.
func TestListedIndexesRefuseRatherThanGuess(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		p := wrapped(t, db, newSchema(t, docs()), celltest.Ring(t), &sqlcell.Options{MaxRows: 3})
		p.create(t, docs())
		for i := 1; i < 6; i++ {
			p.Run(t, "INSERT INTO docs (id, memo, years) VALUES (?, ?, ?)", i, "same "+canary, i)
		}
		fails := func(where string, target any, args ...any) {
			t.Helper()
			_, err := p.Query(p.SQL("SELECT id FROM docs WHERE "+where), args...)
			require.ErrorAs(t, err, target, where)
			require.NotContains(t, err.Error(), canary)
		}
		var many *ormhooks.TooManyRowsError
		fails("memo LIKE 'same%'", &many)
		fails("years > 1", &many)
		require.Equal(t, []int{4, 5}, p.find(t, "years > 3"))
		var column *ormhooks.ColumnError
		for _, pattern := range []string{"", "%", "%%", "_", "%ab%", "a%", "%_b_%"} {
			fails("memo LIKE ?", &column, pattern)
		}
		for where, write := range map[string]string{
			"memo LIKE '%'": "write memo IS NOT NULL", "memo LIKE '%%'": "write memo IS NOT NULL", "shelf LIKE '%'": "write shelf IS NOT NULL", "memo NOT LIKE '%'": "write memo IS NOT NULL",
			"memo LIKE ''": "write memo = ''", "shelf LIKE ''": "write shelf = ''", "memo = ''": `add search:"exact"`, "memo IN ('', 'same')": `add search:"exact"`, "memo <> ''": "write memo IS NULL",
		} {
			_, err := p.Query("SELECT id FROM docs WHERE " + where)
			require.ErrorAs(t, err, &column, where)
			require.ErrorContains(t, err, write, where)
		}
		p.Run(t, "INSERT INTO docs (id, shelf) VALUES (20, '')")
		require.Equal(t, []int{20}, p.find(t, "shelf = ''"), "which a list in order has")
		require.Equal(t, []int{20}, p.find(t, "shelf IS NOT NULL"))
		fails("cellseal_match(memo, ?)", &column, " - ")
		fails("cellseal_near(memo, ?)", &column, "")
		var refused *ormhooks.StatementError
		fails("shelf BETWEEN memo AND 'x'", &refused)
		fails("cellseal_match(shelf, 'x')", &refused)
		_, err := p.Exec(p.SQL("INSERT INTO docs (id, memo) VALUES (7, ?)"), "\x02"+canary)
		require.ErrorAs(t, err, &column, "what would be no text of its own")
		var n int
		p.Scan(t, "SELECT count(*) FROM docs WHERE id = 7", nil, &n)
		require.Zero(t, n, "and its row is gone with it")
	})
}
