package sqlcell_test

import (
	"database/sql"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/reseal"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
	"github.com/cellseal/cellseal/search/segment"
)

// again is the same database as another process has it.
func (p pool) again(t *testing.T, tables ...any) pool {
	t.Helper()
	db := testdb.DB{DB: p.bare, Dialect: p.Dialect, Connector: p.Connector, Types: p.Types}
	return wrapped(t, db, newSchema(t, tables...), celltest.Ring(t), &sqlcell.Options{Segments: &segment.Options{Lag: time.Millisecond}})
}

// Who deletes all of a list, with its manifest, leaves the table's rows: they tell that there was one.
func TestAListThatIsGoneIsNotEmpty(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		p := wrapped(t, db, newSchema(t, docs()), celltest.Ring(t), nil)
		p.create(t, docs())
		p = p.again(t, docs())
		for i := 1; i < 6; i++ {
			p.Run(t, "INSERT INTO docs (id, memo, years) VALUES (?, ?, ?)", i, "same "+canary, i)
		}
		p.Run(t, "INSERT INTO docs (id, shelf) VALUES (6, NULL)")
		require.Equal(t, []int{1, 2, 3, 4, 5}, p.find(t, "memo LIKE '%same%'"))
		require.Equal(t, []int{}, p.find(t, "shelf LIKE 'x%'"))
		p.maintain(t, nil)
		require.Len(t, p.find(t, "memo LIKE '%same%'"), 5)
		time.Sleep(5 * time.Millisecond)
		for _, table := range []string{"segments", "parts", "pages", "pending"} {
			_, err := p.bare.Exec("DELETE FROM cellseal_" + table)
			require.NoError(t, err)
		}

		fresh := p.again(t, docs())
		fails := func(p pool, target any) {
			t.Helper()
			for _, query := range []string{
				"SELECT id FROM docs WHERE memo LIKE '%same%'", "SELECT id FROM docs WHERE years > 3", "SELECT id FROM docs WHERE cellseal_match(memo, 'same')",
				"SELECT years FROM docs ORDER BY years LIMIT 2", "SELECT id FROM docs WHERE NOT memo LIKE 'same%'",
			} {
				rows, err := p.Query(query)
				if err == nil {
					err = rows.Err()
				}
				require.ErrorAs(t, err, target, query)
				require.NotContains(t, err.Error(), canary)
			}
			_, err := p.Exec("UPDATE docs SET n = 1 WHERE memo LIKE '%same%'")
			require.ErrorAs(t, err, target)
		}
		var filling *segment.FillingError
		var back *segment.SetBackError
		fails(fresh, &filling)
		fails(p, &back)
		require.Equal(t, []int{}, fresh.find(t, "shelf LIKE 'x%'"), "that one has no rows to be of")
		fresh.Run(t, "INSERT INTO docs (id, memo, years) VALUES (7, 'same', 7)")
		fresh.Run(t, "DELETE FROM docs WHERE id = 2")
		fresh.maintain(t, nil)
		fails(fresh, &filling)
		fails(p.again(t, docs()), &filling)

		_, err := reseal.Rows(ctx, fresh.DB.DB, "docs", &reseal.RowsOptions{Reindex: true})
		require.NoError(t, err)
		for _, p := range []pool{fresh, p.again(t, docs())} {
			require.Equal(t, []int{1, 3, 4, 5, 7}, p.find(t, "memo LIKE '%same%'"))
			require.Equal(t, []int{4, 5, 7}, p.find(t, "years > 3"))
		}
	})
}

// A list is of one scope's rows: those of others do not tell anything of it.
func TestAListOfAScopeThatIsGone(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		for typ, ids := range map[string][2]any{
			"varchar(20)": {"a'b", "c"}, "int": {7, 8},
			"uuid": {"6ba7b810-9dad-11d1-80b4-00c04fd430c8", "6ba7b811-9dad-11d1-80b4-00c04fd430c8"},
		} {
			table := keyed(schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}}, &schema.Column{Name: "id", Type: "int"}, &schema.Column{Name: "tenant", Type: typ})
			table.Name, table.Scope = "of_"+typ[:3], schema.Scope{Kind: "tenant", Column: "tenant"}
			p := wrapped(t, db, newSchema(t, table), celltest.Ring(t), nil)
			p.create(t, table)
			insert := "INSERT INTO " + table.Name + " (id, tenant, memo) VALUES (?, ?, 'memo')"
			find := func(p pool, tenant any) (n int, err error) {
				err = p.QueryRow(p.SQL("SELECT count(*) FROM "+table.Name+" WHERE memo LIKE 'memo%' AND tenant = ?"), tenant).Scan(&n)
				return n, err
			}
			p.Run(t, insert, 1, ids[0])
			p.Run(t, insert, 2, ids[1]) // the first of another tenant
			for _, id := range ids {
				n, err := find(p, id)
				require.NoError(t, err)
				require.Equal(t, 1, n)
			}
			lists, err := sqlcell.Lists(ctx, p.DB.DB, nil)
			require.NoError(t, err)
			require.Len(t, lists, 6)
			for _, table := range []string{"segments", "pending"} {
				_, err := p.bare.Exec("DELETE FROM cellseal_" + table)
				require.NoError(t, err)
			}
			fresh := p.again(t, table)
			for _, id := range ids {
				_, err := find(fresh, id)
				require.ErrorAs(t, err, new(*segment.FillingError), typ)
			}
			other := map[string]any{"varchar(20)": "other", "int": 9, "uuid": "6ba7b812-9dad-11d1-80b4-00c04fd430c8"}[typ]
			n, err := find(fresh, other)
			require.NoError(t, err)
			require.Zero(t, n)
			fresh.Run(t, insert, 3, other)
			n, err = find(fresh, other)
			require.NoError(t, err, "nothing of it was deleted")
			require.Equal(t, 1, n)
			_, err = reseal.Rows(ctx, fresh.DB.DB, table.Name, &reseal.RowsOptions{Reindex: true})
			require.NoError(t, err)
			n, err = find(fresh, ids[0])
			require.NoError(t, err)
			require.Equal(t, 1, n)
		}
	})
}

// What begins a list may be undone, by halves too.
func TestABeginningMayBeUndone(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		p := wrapped(t, db, newSchema(t, docs()), celltest.Ring(t), nil)
		p.create(t, docs())
		p = p.again(t, docs())
		tx, err := p.Begin()
		require.NoError(t, err)
		defer tx.Rollback()
		for _, statement := range []string{
			"SAVEPOINT a", "INSERT INTO docs (id, memo) VALUES (1, 'one')", "INSERT INTO docs (id, memo) VALUES (2, 'two')", "ROLLBACK TO SAVEPOINT a",
			"INSERT INTO docs (id, memo) VALUES (3, 'three')", "INSERT INTO docs (id, memo) VALUES (4, 'three four')",
		} {
			_, err := tx.Exec(statement)
			require.NoError(t, err, statement)
		}
		require.Equal(t, []int{3, 4}, p.idsOn(t, tx, "SELECT id FROM docs WHERE memo LIKE '%three%' ORDER BY id"))
		require.NoError(t, tx.Commit())
		p.maintain(t, nil)
		require.Equal(t, []int{3, 4}, p.find(t, "memo LIKE '%three%'"))
		require.Equal(t, []int{3, 4}, p.again(t, docs()).find(t, "memo LIKE '%three%'"))
	})
}

// A transaction sees what was when it began, whatever this process has met since.
func TestASnapshotIsNotSetBack(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		if db.Dialect == testdb.SQLite {
			t.Skip("a transaction of its one connection is alone")
		}
		p := wrapped(t, db, newSchema(t, docs()), celltest.Ring(t), nil)
		p.create(t, docs())
		p = p.again(t, docs())
		p.Run(t, "INSERT INTO docs (id, memo) VALUES (1, 'one')")
		p.maintain(t, nil)
		tx, err := p.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead})
		require.NoError(t, err)
		require.Equal(t, []int{1}, p.idsOn(t, tx, "SELECT id FROM docs WHERE memo LIKE 'one%'"))
		p.Run(t, "INSERT INTO docs (id, memo) VALUES (2, 'one more')")
		p.maintain(t, nil)
		require.Equal(t, []int{1, 2}, p.find(t, "memo LIKE 'one%'"))
		time.Sleep(5 * time.Millisecond)
		require.Equal(t, []int{1, 2}, p.find(t, "memo LIKE 'one%'"))
		require.Equal(t, []int{1}, p.idsOn(t, tx, "SELECT id FROM docs WHERE memo LIKE 'one%'"))
		require.NoError(t, tx.Rollback())
	})
}

// Where Maintain runs nowhere, searches tell the Observer, and Lists say so.
func TestNobodyMaintainsLists(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		told := map[string]int{}
		o := &sqlcell.Options{Segments: &segment.Options{AlarmRows: 2, Observer: func(e segment.Event) {
			if e.Kind == segment.Alarm {
				told[e.Index] = e.Rows
			}
		}}}
		p := wrapped(t, db, newSchema(t, docs()), celltest.Ring(t), o)
		p.create(t, docs())
		for i := 1; i < 5; i++ {
			p.Run(t, "INSERT INTO docs (id, memo) VALUES (?, ?)", i, "same "+canary)
		}
		require.Empty(t, told)
		require.Len(t, p.find(t, "memo LIKE '%same%'"), 4)
		require.Equal(t, map[string]int{"docs memo/substring/fold.v1": 4}, told)
		lists, err := sqlcell.Lists(ctx, p.DB.DB, nil)
		require.NoError(t, err)
		overdue := map[string]int{}
		for _, x := range lists {
			st, err := x.Stats(ctx, segment.SQL(p.DB.DB))
			require.NoError(t, err)
			if st.Overdue {
				overdue[x.Name()] = st.Pending
			}
		}
		require.Equal(t, map[string]int{"docs memo/substring/fold.v1": 4, "docs memo/words/fold.v1": 4, "docs memo/fuzzy/fold.v1": 4}, overdue)
	})
}
