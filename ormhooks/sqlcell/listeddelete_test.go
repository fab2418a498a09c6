package sqlcell_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
	"github.com/cellseal/cellseal/search/segment"
)

// entries flushes and merges, and returns how many entries all lists have in segments and how many of
// them are void.
func (p pool) entries(t testing.TB) (entries, voids int) {
	t.Helper()
	p.maintain(t, nil)
	indexes, err := sqlcell.Lists(ctx, p.DB.DB, nil)
	require.NoError(t, err)
	for _, x := range indexes {
		stats, err := x.Stats(ctx, segment.SQL(p.DB.DB))
		require.NoError(t, err)
		require.Zero(t, stats.Pending)
		entries, voids = entries+int(stats.Entries), voids+int(stats.Voids)
	}
	return entries, voids
}

// merging has lists merged as soon as there are two segments.
var merging = sqlcell.Options{MaxRows: 20, Segments: &segment.Options{Fanout: 2}}

// sorted is a table with one list that has an entry for every row.
func sorted(bind schema.Binding, plain ...*schema.Column) schema.Table {
	return schema.Table{
		Name: "keyed", Bind: bind,
		Columns: append(plain, &schema.Column{Name: "n", Type: "int"}, &schema.Column{Name: "age", Mode: schema.ModeSeal, Type: "int", Nullable: true}),
		Indexes: []*schema.Index{listed("sorted", "age")},
	}
}

func TestDeletedRowsLeaveTheirLists(t *testing.T) {
	id := &schema.Column{Name: "id", Type: "int"}
	for name, table := range map[string]schema.Table{
		"int":     sorted(schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}}, id),
		"row key": sorted(schema.Binding{Kind: schema.BindRowKey}, id),
		"text":    sorted(schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}}, &schema.Column{Name: "id", Type: "varchar(9)"}),
	} {
		t.Run(name, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, db testdb.DB) {
				p := wrapped(t, db, newSchema(t, table), celltest.Ring(t), &merging)
				p.create(t, table)
				_, err := p.bare.Exec("CREATE TABLE other (n INT PRIMARY KEY)")
				require.NoError(t, err)
				p.Run(t, "INSERT INTO other VALUES (18), (19)")
				for n := range 20 {
					p.Run(t, "INSERT INTO keyed (id, n, age) VALUES (?, ?, ?)", key(table, n+1), n, n)
				}
				count := func(where string, args ...any) (n int) {
					t.Helper()
					p.Scan(t, "SELECT count(*) FROM keyed WHERE "+where, args, &n)
					return n
				}
				have := func(want int) {
					t.Helper()
					entries, voids := p.entries(t)
					require.Equal(t, want, entries-voids)
					require.Equal(t, want, count("age >= 0"))
				}
				have(20)
				remove := func(want int, query string, args ...any) {
					t.Helper()
					done, err := p.Exec(p.SQL(query), args...)
					require.NoError(t, err, query)
					n, err := done.RowsAffected()
					require.NoError(t, err)
					require.EqualValues(t, want, n, query)
				}
				remove(3, "DELETE FROM keyed WHERE n < ?", 3)
				have(17)
				_, voids := p.entries(t)
				require.Zero(t, voids, "what was merged is gone")
				remove(1, "DELETE FROM keyed WHERE id = ?", key(table, 4))
				have(16)
				remove(2, "DELETE FROM keyed WHERE age BETWEEN ? AND ?", 4, 5)
				remove(0, "DELETE FROM keyed WHERE n = 1")
				have(14)
				tx, err := p.Begin()
				require.NoError(t, err)
				_, err = tx.Exec(p.SQL("DELETE FROM keyed WHERE n > ?"), 0)
				require.NoError(t, err)
				require.NoError(t, tx.Rollback())
				have(14)
				remove(1, "DELETE FROM keyed WHERE n IN (SELECT n FROM other WHERE n = 19)")
				have(13)
				if db.Dialect == testdb.MySQL {
					remove(1, "DELETE k FROM keyed k JOIN other o ON o.n = k.n WHERE o.n = 18")
					remove(1, "DELETE FROM keyed ORDER BY n DESC LIMIT 1")
					have(11)
				}
				if db.Dialect == testdb.Postgres {
					remove(1, "DELETE FROM keyed k USING other o WHERE o.n = k.n AND o.n = 18")
					have(12)
				}
				_, err = p.Exec("DELETE FROM keyed")
				require.NoError(t, err)
				have(0)
			})
		})
	}
}

// key is the nth key of a table.
func key(of schema.Table, n int) any {
	if of.Columns[0].Type == "int" {
		return n
	}
	return "k" + string(rune('a'+n))
}

// TestDeletedRowsThatStay is about rows of which the server does not delete what was read: a trigger
// keeps one.
func TestDeletedRowsThatStay(t *testing.T) {
	table := sorted(schema.Binding{Kind: schema.BindRowKey}, &schema.Column{Name: "id", Type: "int"})
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		p := wrapped(t, db, newSchema(t, table), celltest.Ring(t), &merging)
		p.create(t, table)
		switch db.Dialect {
		case testdb.Postgres:
			for _, text := range []string{"CREATE FUNCTION stay() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF OLD.n = 2 THEN RETURN NULL; END IF; RETURN OLD; END'",
				"CREATE TRIGGER stays BEFORE DELETE ON keyed FOR EACH ROW EXECUTE FUNCTION stay()"} {
				_, err := p.bare.Exec(text)
				require.NoError(t, err)
			}
		case testdb.SQLite:
			_, err := p.bare.Exec("CREATE TRIGGER stays BEFORE DELETE ON keyed WHEN OLD.n = 2 BEGIN SELECT RAISE(IGNORE); END")
			require.NoError(t, err)
		default:
			t.Skip("it has no trigger that does so")
		}
		for n := range 4 {
			p.Run(t, "INSERT INTO keyed (id, n, age) VALUES (?, ?, ?)", n+1, n, n)
		}
		p.Run(t, "DELETE FROM keyed WHERE n > 0")
		entries, voids := p.entries(t)
		require.Equal(t, 2, entries-voids)
		var n int
		p.Scan(t, "SELECT n FROM keyed WHERE age > 1", nil, &n)
		require.Equal(t, 2, n)
	})
}

func TestDeletesOfTooManyRows(t *testing.T) {
	table := sorted(schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}}, &schema.Column{Name: "id", Type: "int"})
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		p := wrapped(t, db, newSchema(t, table), celltest.Ring(t), &merging)
		p.create(t, table)
		for n := range 21 {
			p.Run(t, "INSERT INTO keyed (id, n, age) VALUES (?, ?, ?)", n+1, n, n)
		}
		_, err := p.Exec("DELETE FROM keyed")
		var tooMany *ormhooks.TooManyRowsError
		require.ErrorAs(t, err, &tooMany)
		require.Equal(t, ormhooks.TooManyRowsError{Clause: "DELETE", Column: "keyed", Most: 20}, *tooMany)
		var n int
		p.Scan(t, "SELECT count(*) FROM keyed", nil, &n)
		require.Equal(t, 21, n)
		p.Run(t, "DELETE FROM keyed WHERE n > 0")
	})
}
