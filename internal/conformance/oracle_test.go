package conformance

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

// people has an index that folds case, a unique one, and a column that is indexed together
// with another only.
func people() schema.Table {
	return schema.Table{
		Name: "people", Bind: bound("id"),
		Columns: []*schema.Column{{Name: "id", Type: "int"}, sealed("email"), tokened("ssn"), sealed("city")},
		Indexes: []*schema.Index{exact("email", search.Fold), uniquely(exact("ssn")),
			{Kind: "exact", Columns: []search.Column{{Name: "email", Transforms: []search.Transform{search.Fold}}, {Name: "city"}}}},
	}
}

const peopleTable = "people (id :int PRIMARY KEY, email :folded, ssn :exact, city :exact, name :exact, age :int)"

// TestOracle runs random statements on both databases: the same rows, the same counts, the same
// fate, unless the door refuses.
func TestOracle(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		w := newWorld(t, db, newSchema(t, people()), celltest.Rotated(t), peopleTable,
			"orders (id :int PRIMARY KEY, uid :int, total :int)")
		w.pinAll(t)
		for i := range 6 {
			w.both(t, "INSERT INTO orders (id, uid, total) VALUES (?, ?, ?)", i, 1+i%4, 10*(1+i%3))
		}
		g := &grammar{Rand: rand.New(rand.NewPCG(3, 5)), dialect: db.Dialect}
		n := &tally{reasons: map[string]string{}}
		for i := range steps(1500) {
			g.args = nil
			text, changes := g.query(), false
			if i%4 == 0 || i < 40 {
				g.args = nil
				text, changes = g.change(), true
			}
			w.take(t, n, w.DB, w.twin, step{"people", text}, text, g.args)
			if changes {
				got, want := execute(ctx, w.DB, "SELECT * FROM people"), execute(ctx, w.twin, "SELECT * FROM people")
				require.Equal(t, want, got, "step %d, after %s with %q", i, text, g.args)
			}
		}
		t.Logf("%d done, %d errors on both, %d refused", n.done, n.failed, n.refused)
		for sql, reason := range n.reasons {
			t.Logf("refused: %s: %s", sql, reason)
		}
		require.Greater(t, n.done, 4*n.refused, "the test is to do something")
	})
}
