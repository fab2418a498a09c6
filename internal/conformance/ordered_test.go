package conformance

import (
	"fmt"
	"math/rand/v2"
	"slices"
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

// guests are told apart by two columns, of which one is text, and belong to houses.
func guests() schema.Table {
	years := sealed("years")
	years.Type = "int"
	list := func(kind, column string) *schema.Index {
		return &schema.Index{Kind: kind, Columns: []search.Column{{Name: column}}}
	}
	return schema.Table{
		Name: "guests", Bind: bound("house", "room"), Scope: schema.Scope{Kind: "house", Column: "house"},
		Columns: []*schema.Column{{Name: "house", Type: "int"}, {Name: "room", Type: "varchar(8)"}, years, sealed("shelf")},
		Indexes: []*schema.Index{list("sorted", "years"), list("sorted", "shelf")},
	}
}

// A clerk makes statements over guests whose ends are walked to, or could be.
type clerk struct {
	*rand.Rand
	dialect string
	args    []any
}

func (g *clerk) pick(of ...string) string { return of[g.IntN(len(of))] }

func (g *clerk) years() any {
	if g.IntN(8) == 0 {
		return nil
	}
	return g.IntN(30) - 5
}

// shelf has texts that differ only behind the bytes that the index knows.
func (g *clerk) shelf() any {
	if g.IntN(8) == 0 {
		return nil
	}
	return g.pick("a", "b", "sixteen bytes or ", "sixteen bytes or ") + g.pick("", "a", "ab", "b", "more")
}

func (g *clerk) arg(v any) string {
	g.args = append(g.args, v)
	return "?"
}

func (g *clerk) room() string { return fmt.Sprint("r", g.IntN(40)) }

func (g *clerk) where() string {
	all := []string{}
	asks := []int{0, 1, 2, 3, 4, 5, 6, 7, 8}
	if g.IntN(6) > 0 {
		all = append(all, "house = "+g.arg(1+g.IntN(2)))
	} else { // an index is of one house
		asks = []int{4, 5, 8}
	}
	for range g.IntN(3) {
		switch asks[g.IntN(len(asks))] {
		case 0, 1:
			all = append(all, "years "+g.pick("<", "<=", ">", ">=")+" "+g.arg(g.IntN(30)-5))
		case 2:
			all = append(all, "years BETWEEN "+g.arg(g.IntN(20)-5)+" AND "+g.arg(g.IntN(30)))
		case 3:
			all = append(all, "shelf "+g.pick("<", "<=", ">", ">=")+" "+g.arg(g.pick("a", "b", "sixteen bytes or", "sixteen bytes or b")))
		case 4:
			all = append(all, g.pick("n < 5", "n = 3", "room > 'r2'", "n = 3 OR n = 4"))
		case 5:
			all = append(all, g.pick("years IS NOT NULL", "shelf IS NULL", "years IS NULL"))
		case 6:
			all = append(all, "NOT (years > "+g.arg(10)+")")
		case 7:
			all = append(all, "(years > "+g.arg(10)+" OR n = 1)")
		case 8:
			all = append(all, "EXISTS (SELECT 1 FROM guests q WHERE q.house = guests.house AND q.room = guests.room AND guests.n < 7)")
		}
	}
	for i := range all {
		if strings.Contains(all[i], " OR ") {
			all[i] = "(" + all[i] + ")"
		}
	}
	if len(all) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(all, " AND ")
}

func (g *clerk) direction() string {
	d := g.pick("", " DESC")
	if g.dialect != testdb.MySQL {
		d += g.pick("", "", " NULLS FIRST", " NULLS LAST")
	}
	return d
}

// question is a SELECT whose order is total, or that shows nothing but what it is sorted by.
func (g *clerk) question() string {
	g.args = nil
	limit := func() string {
		return g.pick(" LIMIT 3", " LIMIT 5 OFFSET 2", " LIMIT 1", " LIMIT 0", " LIMIT 40", " LIMIT 7 OFFSET 30")
	}
	by := g.pick("years", "shelf")
	switch g.IntN(6) {
	case 0:
		return "SELECT " + g.pick("MIN("+by+")", "MAX("+by+")", "MAX("+by+"), MIN("+by+") AS least") + " FROM guests" + g.where()
	case 1:
		return "SELECT " + by + " FROM guests" + g.where() + " ORDER BY " + by + g.direction() + limit()
	case 2:
		return "SELECT room, house FROM guests" + g.where() + " ORDER BY " + by + g.direction() + ", n" + g.direction() + ", house, room" + limit()
	case 3:
		return "SELECT * FROM guests" + g.where() + " ORDER BY " + by + g.direction() + ", " + g.pick("years", "shelf", "n") + g.direction() + ", room, house" + limit()
	case 4:
		return "SELECT g.house, g.room, g." + by + " AS k, n FROM guests AS g" + strings.ReplaceAll(g.where(), "guests.", "g.") + " ORDER BY k" + g.direction() + ", 1, room DESC" + limit()
	}
	return "SELECT room, row_number() OVER (ORDER BY house, room) FROM guests" + g.where() + " ORDER BY years" + g.direction() + ", house, room" + limit()
}

func (g *clerk) change() string {
	g.args = nil
	key := func() string { return "house = " + g.arg(1+g.IntN(2)) + " AND room = " + g.arg(g.room()) }
	switch g.IntN(8) {
	case 0:
		return "DELETE FROM guests WHERE " + key()
	case 1, 2:
		return "UPDATE guests SET years = " + g.arg(g.years()) + " WHERE " + key()
	case 3:
		return "UPDATE guests SET shelf = " + g.arg(g.shelf()) + ", n = n + 1 WHERE " + key()
	}
	return "INSERT INTO guests (house, room, years, shelf, n) VALUES (" + g.arg(1+g.IntN(2)) + ", " + g.arg(g.room()) + ", " + g.arg(g.years()) + ", " + g.arg(g.shelf()) + ", " + g.arg(g.IntN(9)) + ")"
}

// TestOrderedOracle sorts and cuts on both databases, inside and outside of transactions, while what is
// pending becomes segments.
func TestOrderedOracle(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		s := newSchema(t, guests())
		w := newWorld(t, db, s, celltest.Rotated(t), "guests (house :int, room VARCHAR(8), years :int, shelf :exact, n :int, PRIMARY KEY (house, room))")
		w.lists(t)
		if db.Dialect == testdb.MySQL { // for the twin to sort rooms as bytes
			w.twin.Run(t, "ALTER TABLE guests MODIFY room VARCHAR(8) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin")
			run(t, w.bare, "ALTER TABLE guests MODIFY room VARCHAR(8) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin")
		}
		g := &clerk{Rand: rand.New(rand.NewPCG(5, 13)), dialect: db.Dialect}
		on := w.sides()
		walked, found := 0, 0
		for i := range steps(160) {
			switch g.IntN(20) {
			case 0:
				on.end(t, g.IntN(2) == 0)
				on.begin(t)
			case 1:
				on.end(t, true)
				require.NoError(t, sqlcell.Maintain(ctx, w.DB.DB, &sqlcell.MaintainOptions{MaintainOptions: segment.MaintainOptions{Once: true, All: true}}))
			}
			text := g.change()
			on.savepoint(t, "SAVEPOINT step")
			got, want := execute(ctx, on.on, w.SQL(text), g.args...), execute(ctx, on.twin, w.SQL(text), g.args...)
			require.Equal(t, want.err == nil, got.err == nil, "step %d: %s %v: %v, and of the twin %v", i, text, g.args, got.err, want.err)
			if got.err != nil {
				on.savepoint(t, "ROLLBACK TO SAVEPOINT step")
			}
			for range 4 {
				text := g.question()
				got, want := execute(ctx, on.on, w.SQL(text), g.args...), execute(ctx, on.twin, w.SQL(text), g.args...)
				require.NoError(t, want.err, text)
				require.NoError(t, got.err, "%s %v", text, g.args)
				require.Equal(t, want, got, "step %d: %s %v", i, text, g.args)
				found += len(got.rows)
				if plan, err := sqlcell.Explain(ctx, w.DB.DB, w.SQL(text)); err == nil && strings.Contains(fmt.Sprint(plan), "or by pages") {
					walked++
				}
			}
		}
		on.end(t, true)
		t.Logf("%d questions walked, %d rows", walked, found)
		require.Greater(t, walked, steps(160), "the test is to walk")
	})
}

// TestOrderedTypes compares orders and extremes of every type where each has a sorted index.
func TestOrderedTypes(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		w := newFinishWorld(t, db, true)
		w.fill(t, rand.New(rand.NewPCG(7, 11)), 25)
		for _, maintained := range []bool{false, true} {
			if maintained {
				require.NoError(t, sqlcell.Maintain(ctx, w.DB.DB, &sqlcell.MaintainOptions{MaintainOptions: segment.MaintainOptions{Once: true, All: true}}))
			}
			for _, c := range finishCases {
				if slices.Contains(strings.Fields(c.least), names(db.Dialect)) {
					w.sameExactly(t, "SELECT MIN("+c.name+"), max("+c.name+") FROM vals WHERE id <> 2")
					w.sameExactly(t, "SELECT MAX("+c.name+") FROM vals WHERE pi > 0")
				}
				if c.name == "n" && db.Dialect == testdb.SQLite {
					continue // of which the twin is text
				}
				w.sameExactly(t, "SELECT id, pt, pf FROM vals ORDER BY "+c.name+" DESC, pt, id LIMIT ? OFFSET 2", 7)
				w.sameExactly(t, "SELECT id FROM vals ORDER BY "+c.name+", id DESC LIMIT 4")
				w.sameExactly(t, "SELECT id FROM vals WHERE "+c.name+" >= ? ORDER BY "+c.name+", pt, id LIMIT 5", c.values[0])
				w.sameExactly(t, "SELECT id FROM vals WHERE "+c.name+" BETWEEN ? AND ? AND id > 2 ORDER BY "+c.name+" DESC, id LIMIT 9", c.values[1], c.values[0])
			}
		}
		celltest.AssertSealed(t, w.bare, canary)
	})
}

// A page's condition stands beside a WHERE that is rewritten as a whole.
func TestPagesBesideWhatIsDenied(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		w := clinic(t, db)
		for _, text := range []string{
			"SELECT id, age FROM patients WHERE city <> 'cork' ORDER BY age, id LIMIT 2", "SELECT min(age), max(age) FROM patients WHERE city NOT IN ('cork', 'lyon')",
			"SELECT id, age FROM patients WHERE (city <> 'cork') ORDER BY age DESC, id LIMIT 2", "SELECT id, age FROM patients WHERE(city)<>'cork' ORDER BY age DESC, id LIMIT 2",
			"SELECT id, age FROM patients WHERE\ncity <> 'cork' OR age > 30 ORDER BY age DESC, id LIMIT 2",
		} {
			got, want := execute(ctx, w.DB, text), execute(ctx, w.twin, text)
			require.NoError(t, got.err, text)
			require.Equal(t, want, got, text)
		}
	})
}
