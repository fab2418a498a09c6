package sqlcell_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
	"github.com/cellseal/cellseal/search"
)

func listed(kind, column string, transforms ...search.Transform) *schema.Index {
	return &schema.Index{Kind: kind, Columns: []search.Column{{Name: column, Transforms: transforms}}}
}

// docs has every kind of listed index.
func docs() schema.Table {
	sealed := func(name, typ string) *schema.Column {
		return &schema.Column{Name: name, Mode: schema.ModeSeal, Type: typ, Nullable: true}
	}
	return schema.Table{
		Name: "docs", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}},
		Columns: []*schema.Column{{Name: "id", Type: "int"}, {Name: "n", Type: "int", Nullable: true}, sealed("memo", "text"), sealed("years", "int"), sealed("shelf", "text")},
		Indexes: []*schema.Index{
			listed("words", "memo", search.Fold), listed("substring", "memo", search.Fold), listed("fuzzy", "memo", search.Fold),
			listed("sorted", "years"), listed("sorted", "shelf"), listed("sorted", "shelf", search.Reverse),
		},
	}
}

// create makes the tables of a schema.
func (p pool) create(t testing.TB, tables ...any) {
	t.Helper()
	script, err := sqlcell.DDL(newSchema(t, tables...), dialects[p.Dialect])
	require.NoError(t, err)
	for statement := range strings.SplitSeq(strings.TrimSpace(script), ";\n") {
		_, err := p.bare.Exec(strings.TrimSuffix(statement, ";"))
		require.NoError(t, err, statement)
	}
}

// eachListed runs f with empty docs on each kind of database.
func eachListed(t *testing.T, f func(t *testing.T, p pool)) {
	t.Helper()
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		p := wrapped(t, db, newSchema(t, docs()), celltest.Ring(t), nil)
		p.create(t, docs())
		f(t, p)
	})
}

type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// ids are the ids that a query finds, in its order.
func (p pool) idsOn(t testing.TB, on querier, query string, args ...any) []int {
	t.Helper()
	rows, err := on.QueryContext(ctx, p.SQL(query), args...)
	require.NoError(t, err, query)
	defer rows.Close()
	ids := []int{}
	for rows.Next() {
		var id int
		require.NoError(t, rows.Scan(&id))
		ids = append(ids, id)
	}
	require.NoError(t, rows.Err(), query)
	return ids
}

func (p pool) find(t testing.TB, where string, args ...any) []int {
	t.Helper()
	return p.idsOn(t, p, "SELECT id FROM docs WHERE "+where+" ORDER BY id", args...)
}

func TestListedIndexesAnswer(t *testing.T) {
	eachListed(t, func(t *testing.T, p pool) {
		insert := "INSERT INTO docs (id, n, memo, years, shelf) VALUES (?, ?, ?, ?, ?)"
		p.Run(t, insert, 1, 10, "The quick Brown "+canary, 18, "A-17")
		p.Run(t, insert, 2, 20, "quickly, 100% sure_thing", 65, "A-18")
		p.Run(t, insert, 3, 30, nil, nil, nil)
		p.Run(t, insert, 4, 40, "browne "+canary, -4, "B-17")
		p.Run(t, "INSERT INTO docs (id, memo, years) VALUES (5, 'a', 2), (6, '', 40)")
		p.sealedBelow(t)
		for _, c := range []struct {
			where string
			args  []any
			want  []int
		}{
			{"memo LIKE ?", []any{"%quick%"}, []int{1, 2}},
			{"memo LIKE ?", []any{"%" + canary}, []int{1, 4}},
			{"memo LIKE 'the q%'", nil, []int{1}},
			{"memo NOT LIKE '%quick%'", nil, []int{4, 5, 6}},
			{"NOT (memo LIKE '%quick%')", nil, []int{4, 5, 6}},
			{"NOT (memo LIKE '%quick%' OR n = 40)", nil, []int{}},
			{"memo LIKE '%quick%' AND memo LIKE '%brown%'", nil, []int{1}},
			{"memo LIKE '%quick%' OR years < 3", nil, []int{1, 2, 4, 5}},
			{"memo LIKE '%nothing%'", nil, []int{}},
			{"memo NOT LIKE '%nothing%'", nil, []int{1, 2, 4, 5, 6}},
			{"memo LIKE ? ESCAPE '!'", []any{"%100!%_sure!_%"}, []int{2}},
			{"memo LIKE ?", []any{nil}, []int{}},
			{"NOT (memo LIKE ?)", []any{nil}, []int{}},
			{"(memo LIKE ?) IS NULL", []any{nil}, []int{1, 2, 3, 4, 5, 6}},
			{"(memo LIKE '%quick%') IS NULL", nil, []int{3}},
			{"shelf LIKE 'A%'", nil, []int{1, 2}},
			{"shelf LIKE '%17'", nil, []int{1, 4}},
			{"shelf LIKE 'A-_7'", nil, []int{1}},
			{"shelf LIKE 'a%'", nil, []int{}},
			{"shelf > 'A-17'", nil, []int{2, 4}},
			{"years >= ? AND years < ?", []any{2, 40}, []int{1, 5}},
			{"years BETWEEN ? AND ?", []any{2, 40}, []int{1, 5, 6}},
			{"years NOT BETWEEN ? AND ?", []any{2, 40}, []int{2, 4}},
			{"NOT (years BETWEEN ? AND ?)", []any{2, nil}, []int{4}},
			{"18 > years", nil, []int{4, 5}},
			{"years < 18 OR years IS NULL", nil, []int{3, 4, 5}},
			{"years > ?", []any{nil}, []int{}},
			{"cellseal_match(memo, ?)", []any{"BROWN quick"}, []int{1}},
			{"NOT cellseal_match(memo, 'quick')", nil, []int{2, 4, 5, 6}},
			{"cellseal_near(memo, 'quickl')", nil, []int{1, 2}},
			{"id IN (SELECT n / 10 FROM docs WHERE memo LIKE '%quick%')", nil, []int{1, 2}},
		} {
			require.Equal(t, c.want, p.find(t, c.where, c.args...), "%s %v", c.where, c.args)
		}
		var count, n int
		p.Scan(t, "SELECT count(*) FROM docs WHERE memo LIKE '%quick%'", nil, &count)
		require.Equal(t, 2, count)
		p.Scan(t, "SELECT a.id FROM docs a JOIN docs b ON b.id = a.id + 1 AND b.memo LIKE ? WHERE a.memo LIKE '%brown%'", []any{"%sure%"}, &n)
		require.Equal(t, 1, n)
		p.Scan(t, "SELECT CASE WHEN memo LIKE '%quick%' THEN 1 ELSE 2 END FROM docs WHERE id = 4", nil, &n)
		require.Equal(t, 2, n)
		require.Equal(t, []int{2}, p.idsOn(t, p, "SELECT id FROM docs WHERE memo LIKE '%quick%' ORDER BY id LIMIT 1 OFFSET 1"))
		p.sealedBelow(t)
	})
}

func TestListedIndexesFollowWhatIsWritten(t *testing.T) {
	eachListed(t, func(t *testing.T, p pool) {
		for i := range 6 {
			id := i
			if id == 0 {
				id = 9
			}
			p.Run(t, "INSERT INTO docs (id, n, memo, years, shelf) VALUES (?, ?, ?, ?, ?)", id, i, "memo number "+string(rune('a'+i))+"-"+canary, i*10, "s")
		}
		affected := func(query string, args ...any) int {
			t.Helper()
			done, err := p.Exec(p.SQL(query), args...)
			require.NoError(t, err, query)
			n, err := done.RowsAffected()
			require.NoError(t, err)
			return int(n)
		}
		require.Equal(t, 1, affected("UPDATE docs SET memo = ? WHERE id = ?", "changed", 2))
		require.Equal(t, []int{2}, p.find(t, "memo LIKE 'chang%'"))
		require.Equal(t, []int{1, 3, 4, 5, 9}, p.find(t, "memo LIKE '%number%'"))
		require.Equal(t, 0, affected("UPDATE docs SET memo = 'lost' WHERE id = ? AND n = 99", 3))
		require.Equal(t, []int{1, 3, 4, 5, 9}, p.find(t, "memo LIKE '%number%'"))
		require.Equal(t, 2, affected("UPDATE docs SET memo = ? WHERE years >= 40", "aged"))
		require.Equal(t, []int{4, 5}, p.find(t, "memo LIKE 'aged'"))
		require.Equal(t, 1, affected("UPDATE docs SET id = 50 WHERE id = 5"))
		require.Equal(t, []int{4, 50}, p.find(t, "memo LIKE 'aged'"))
		require.Equal(t, []int{50}, p.find(t, "years > 40"))
		require.Equal(t, 1, affected("UPDATE docs SET memo = NULL WHERE id = 4"))
		require.Equal(t, []int{50}, p.find(t, "memo LIKE 'aged'"))
		require.Equal(t, 1, affected("UPDATE docs SET memo = NULL WHERE n = 5"))
		require.Equal(t, []int{}, p.find(t, "memo LIKE 'aged'"))
		require.Equal(t, 1, affected("UPDATE docs SET n = 77 WHERE memo LIKE '%chang%'"))
		require.Equal(t, []int{2}, p.find(t, "n = 77"))
		require.Equal(t, 1, affected("DELETE FROM docs WHERE memo LIKE '%chang%'"))
		require.Equal(t, 1, affected("DELETE FROM docs WHERE id = 9"))
		require.Equal(t, []int{1, 3}, p.find(t, "memo LIKE '%number%'"))
		p.Run(t, "INSERT INTO docs (id, memo) VALUES (9, 'again')")
		require.Equal(t, []int{1, 3}, p.find(t, "memo LIKE '%number%'"))
		require.Equal(t, []int{9}, p.find(t, "memo LIKE 'agai%'"))
		p.sealedBelow(t)
	})
}

func TestListedIndexesInTransactions(t *testing.T) {
	eachListed(t, func(t *testing.T, p pool) {
		p.Run(t, "INSERT INTO docs (id, memo) VALUES (1, 'before')")
		tx, err := p.Begin()
		require.NoError(t, err)
		_, err = tx.Exec(p.SQL("INSERT INTO docs (id, memo) VALUES (?, ?)"), 2, "inside "+canary)
		require.NoError(t, err)
		require.Equal(t, []int{2}, p.idsOn(t, tx, "SELECT id FROM docs WHERE memo LIKE 'insi%'"), "its own rows, before they are committed")
		_, err = tx.Exec("SAVEPOINT one")
		require.NoError(t, err)
		_, err = tx.Exec("UPDATE docs SET memo = 'other' WHERE id = 2")
		require.NoError(t, err)
		require.Equal(t, []int{}, p.idsOn(t, tx, "SELECT id FROM docs WHERE memo LIKE 'insi%'"))
		_, err = tx.Exec("ROLLBACK TO SAVEPOINT one")
		require.NoError(t, err)
		require.Equal(t, []int{2}, p.idsOn(t, tx, "SELECT id FROM docs WHERE memo LIKE 'insi%'"))
		require.NoError(t, tx.Rollback())
		require.Equal(t, []int{}, p.find(t, "memo LIKE 'insi%'"))
		require.Equal(t, []int{1}, p.find(t, "memo LIKE 'befo%'"))
		_, err = p.Exec("INSERT INTO docs (id, memo) VALUES (7, 'fine'), (1, 'twice')")
		require.Error(t, err)
		require.Equal(t, []int{}, p.find(t, "memo LIKE 'fine'"), "nothing of a statement that failed")
	})
}
