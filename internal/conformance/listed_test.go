package conformance

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/segment"
)

// notes has indexes that keep lists, of every kind.
func notes() schema.Table {
	list := func(kind, column string, transforms ...search.Transform) *schema.Index {
		return &schema.Index{Kind: kind, Columns: []search.Column{{Name: column, Transforms: transforms}}}
	}
	years := sealed("years")
	years.Type = "int"
	return schema.Table{
		Name: "notes", Bind: bound("id"),
		Columns: []*schema.Column{{Name: "id", Type: "int"}, sealed("memo"), years, sealed("shelf")},
		Indexes: []*schema.Index{
			list("substring", "memo"), list("words", "memo"), list("sorted", "years"),
			list("sorted", "shelf"), list("sorted", "shelf", search.Reverse), list("substring", "shelf"),
		},
	}
}

// A scribe makes random statements on notes. Text is of small letters, which compare alike in every
// database.
type scribe struct {
	*rand.Rand
	dialect string
}

func (g *scribe) pick(of ...string) string { return of[g.IntN(len(of))] }

func (g *scribe) word() string { return g.pick("abc", "bca", "cab", "aab", "bbb", "abca") }

func (g *scribe) memo() any {
	if g.IntN(8) == 0 {
		return nil
	}
	var words []string
	for range g.IntN(5) {
		words = append(words, g.word())
	}
	return strings.Join(words, " ")
}

func (g *scribe) number() any {
	if g.IntN(9) == 0 {
		return nil
	}
	return g.IntN(20) - 5
}

func (g *scribe) code() any {
	if g.IntN(9) == 0 {
		return nil
	}
	return g.pick("a", "b", "ab") + g.pick("-", "") + g.pick("x", "yy", "xyx")
}

// atom is a predicate, as it stands and as the twin is asked it.
func (g *scribe) atom() (ours, twins string, args []any) {
	not := g.pick("", "", "NOT ")
	same := func(text string, args ...any) (string, string, []any) { return text, text, args }
	switch g.IntN(13) {
	case 11:
		return same(g.pick("years = ?", "years <> ?", "years NOT IN (?, 3)", "years IN (?, NULL)"), g.number())
	case 12:
		return same(g.pick("shelf = ?", "shelf <> ?"), g.code())
	case 0, 1:
		return same("memo "+not+"LIKE ?", "%"+g.pick(g.word(), "c a", "b aab", "cab%bb")+"%")
	case 2:
		return same("memo "+not+"LIKE ?", g.word()+"%")
	case 3:
		return same("memo "+not+"LIKE ?", "%"+g.word())
	case 4:
		return same("memo "+not+"LIKE ?", g.pick("abc_bca", "abc", "%b_a%ab ", "aab%bbb"))
	case 5:
		return same("shelf "+not+"LIKE ?", g.pick("a%", "%x", "ab%", "%-xyx", "a_x%", "b-%y", "%-yy%"))
	case 6:
		return same("years "+g.pick("<", "<=", ">", ">=")+" ?", g.number())
	case 7:
		return same("years "+not+"BETWEEN ? AND ?", g.number(), g.number())
	case 8:
		return same("shelf "+g.pick("<", "<=", ">", ">=")+" ?", g.code())
	case 9:
		w := g.word()
		twin := "' ' || memo || ' ' LIKE ?"
		if g.dialect == testdb.MySQL {
			twin = "CONCAT(' ', memo, ' ') LIKE ?"
		}
		return "cellseal_match(memo, ?)", twin + " ", []any{w}
	}
	return same(g.pick("n < 10", "memo IS NULL", "years IS NOT NULL", "id > 20"))
}

// predicate joins some of them.
func (g *scribe) predicate(depth int) (ours, twins string, mine, his []any) {
	if depth == 0 || g.IntN(3) == 0 {
		o, t, args := g.atom()
		his = args
		if strings.HasSuffix(t, "LIKE ? ") {
			his = []any{"% " + args[0].(string) + " %"}
		}
		return o, t, args, his
	}
	a, b, x, y := g.predicate(depth - 1)
	if g.IntN(4) == 0 {
		return "NOT (" + a + ")", "NOT (" + b + ")", x, y
	}
	c, d, z, w := g.predicate(depth - 1)
	op := g.pick(" AND ", " OR ")
	return "(" + a + op + c + ")", "(" + b + op + d + ")", append(x, z...), append(y, w...)
}

// change is a statement that writes.
func (g *scribe) change() (ours, twins string, mine, his []any) {
	same := func(text string, args ...any) (string, string, []any, []any) { return text, text, args, args }
	id := func() int { return 1 + g.IntN(40) }
	where := func(text string, args ...any) (string, string, []any, []any) {
		a, b, x, y := g.predicate(1)
		return text + " WHERE " + a, text + " WHERE " + b, append(append([]any{}, args...), x...), append(append([]any{}, args...), y...)
	}
	switch g.IntN(12) {
	case 0, 1, 2:
		return same("INSERT INTO notes (id, n, memo, years, shelf) VALUES (?, ?, ?, ?, ?)", id(), g.IntN(20), g.memo(), g.number(), g.code())
	case 3:
		return same("INSERT INTO notes (id, n, memo, years) VALUES (?, 1, ?, ?), (?, 2, ?, ?)", id(), g.memo(), g.number(), id(), g.memo(), g.number())
	case 4:
		if g.dialect == testdb.MySQL {
			return same("INSERT INTO notes (id, memo) VALUES (?, ?) ON DUPLICATE KEY UPDATE memo = VALUES(memo)", id(), g.memo())
		}
		return same("INSERT INTO notes (id, memo) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET memo = excluded.memo"+g.pick("", " WHERE notes.n < 10"), id(), g.memo())
	case 5:
		switch g.dialect {
		case testdb.MySQL:
			return same(g.pick("REPLACE", "INSERT IGNORE")+" INTO notes (id, memo, shelf) VALUES (?, ?, ?)", id(), g.memo(), g.code())
		case testdb.SQLite:
			return same("INSERT OR "+g.pick("REPLACE", "IGNORE")+" INTO notes (id, memo, shelf) VALUES (?, ?, ?)", id(), g.memo(), g.code())
		}
		return same("INSERT INTO notes (id, memo) VALUES (?, ?) ON CONFLICT DO NOTHING", id(), g.memo())
	case 6:
		return same("UPDATE notes SET memo = ?, years = ? WHERE id = ?", g.memo(), g.number(), id())
	case 7:
		return same("UPDATE notes SET shelf = ? WHERE n = ?", g.code(), g.IntN(20))
	case 8:
		return where("UPDATE notes SET "+g.pick("memo = ?", "shelf = ?", "memo = COALESCE(?, memo)"), g.memo())
	case 9:
		return same("UPDATE notes SET id = ? WHERE id = ?", id(), id())
	case 10:
		return same("DELETE FROM notes WHERE id = ?", id())
	}
	if g.IntN(3) > 0 {
		return same("UPDATE notes SET memo = NULL WHERE n = ?", g.IntN(20))
	}
	return where("DELETE FROM notes")
}

// TestListedOracle writes and asks on both databases, inside and outside of transactions, while what is
// pending becomes segments.
func TestListedOracle(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		s := newSchema(t, notes())
		w := newWorld(t, db, s, celltest.Rotated(t), "notes (id :int PRIMARY KEY, n :int, memo :exact, years :int, shelf :exact)")
		w.lists(t)
		g := &scribe{rand.New(rand.NewPCG(7, 11)), db.Dialect}
		on := w.sides()
		asked, matched, failed := 0, 0, 0
		for i := range steps(120) {
			switch g.IntN(20) {
			case 0:
				on.end(t, g.IntN(2) == 0)
				on.begin(t)
			case 1:
				on.end(t, true)
				require.NoError(t, sqlcell.Maintain(ctx, w.DB.DB, &sqlcell.MaintainOptions{MaintainOptions: segment.MaintainOptions{Once: true, All: true, Rekey: g.IntN(4) == 0}}))
			}
			ours, twins, mine, his := g.change()
			on.savepoint(t, "SAVEPOINT step")
			got, want := execute(ctx, on.on, w.SQL(ours), mine...), execute(ctx, on.twin, w.SQL(twins), his...)
			require.Equal(t, want.err == nil, got.err == nil, "step %d: %s %q: %v, and of the twin %v", i, ours, mine, got.err, want.err)
			if strings.Contains(ours, "DUPLICATE") { // MySQL counts twice what has changed, and a cell always has
				got.affected = want.affected
			}
			if got.err == nil {
				require.Equal(t, want.affected, got.affected, "step %d: %s %q", i, ours, mine)
			} else {
				failed++
				on.savepoint(t, "ROLLBACK TO SAVEPOINT step")
			}
			a, b, x, y := g.predicate(2)
			for _, q := range []string{"SELECT id, memo, years, shelf FROM notes WHERE %s ORDER BY id", "SELECT count(*) FROM notes WHERE %s", "SELECT id, CASE WHEN %s THEN 1 ELSE 0 END FROM notes ORDER BY id"} {
				got, want := execute(ctx, on.on, w.SQL(fmt.Sprintf(q, a)), x...), execute(ctx, on.twin, w.SQL(fmt.Sprintf(q, b)), y...)
				require.NoError(t, want.err, b)
				require.NoError(t, got.err, "%s %q", a, x)
				require.Equal(t, want.rows, got.rows, "step %d: %s %q", i, a, x)
				asked++
				matched += len(got.rows)
			}
		}
		on.end(t, true)
		got, want := execute(ctx, w.DB, "SELECT * FROM notes ORDER BY id"), execute(ctx, w.twin, "SELECT * FROM notes ORDER BY id")
		require.Equal(t, want.rows, got.rows)
		t.Logf("%d questions, %d rows, %d statements failed on both", asked, matched, failed)
		require.Greater(t, matched, asked, "the test is to find something")
	})
}
