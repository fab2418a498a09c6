package conformance

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

// canary stands for SECRET in every statement: it is long enough to be recognized in base64.
const canary = "SECRETcanary7f3a"

// secretly puts the canary in.
func secretly(text string) string { return strings.ReplaceAll(text, "SECRET", canary) }

func newSchema(t testing.TB, tables ...any) *ormhooks.Schema {
	t.Helper()
	s, err := schema.New(tables...)
	require.NoError(t, err)
	return s
}

func bound(columns ...string) schema.Binding {
	return schema.Binding{Kind: schema.BindColumns, Columns: columns}
}

// exact is an index on one column; fold is its collation.
func exact(column string, transforms ...search.Transform) *schema.Index {
	return &schema.Index{Kind: "exact", Columns: []search.Column{{Name: column, Transforms: transforms}}}
}

func uniquely(x *schema.Index) *schema.Index {
	x.Unique = true
	return x
}

func sealed(name string) *schema.Column {
	return &schema.Column{Name: name, Mode: schema.ModeSeal, Type: "text", Nullable: true}
}

func tokened(name string) *schema.Column {
	return &schema.Column{Name: name, Mode: schema.ModeToken, Type: "text", Nullable: true}
}

// users is the table of shapes.tsv: email and ssn are protected.
func users() schema.Table {
	return schema.Table{
		Name: "users", Bind: bound("id"),
		Columns: []*schema.Column{{Name: "id", Type: "int"}, sealed("email"), tokened("ssn")},
		Indexes: []*schema.Index{exact("email", search.Fold), uniquely(exact("ssn"))},
	}
}

const (
	usersTable  = "users (id :int PRIMARY KEY, email :folded, ssn :exact, name :exact, age :int, deleted_at :exact)"
	ordersTable = "orders (id :int PRIMARY KEY, user_id :int, email :exact, total :int)"
	itemsTable  = "items (id :int PRIMARY KEY, user_id :int)"
)

// userRows are in the tables while shapes run: once all of them, and once without those
// whose ids the shapes insert.
var userRows = [][]any{
	{1, canary, "ssn-1", "n", 3},
	{2, "other", nil, "m", 30},
	{3, nil, "ssn-3", "n", 5},
	{4, canary + "2", nil, "o", 4},
	{5, canary, "ssn-5", "m", 50},
}

// A shapesWorld has the tables of shapes.tsv.
type shapesWorld struct {
	*world
	clean, sparse bool // what the tables hold
}

func newShapesWorld(t testing.TB, db testdb.DB) *shapesWorld {
	w := &shapesWorld{world: newWorld(t, db, newSchema(t, users()), celltest.Ring(t), usersTable, ordersTable, itemsTable)}
	for _, r := range userRows {
		w.both(t, "INSERT INTO users (id, email, ssn, name, age) VALUES (?, ?, ?, ?, ?)", r...)
	}
	for _, id := range []int{1, 2, 5} {
		w.both(t, "INSERT INTO orders (id, user_id, email, total) VALUES (?, ?, 'other', 7)", id, id)
		w.both(t, "INSERT INTO items (id, user_id) VALUES (?, ?)", id+10, id)
	}
	for _, table := range shapeTables {
		run(t, w.bare, "CREATE TABLE kept_"+table+" AS SELECT * FROM "+table)
		run(t, w.twin.DB, "CREATE TABLE kept_"+table+" AS SELECT * FROM "+table)
	}
	return w
}

var shapeTables = []string{"users", "orders", "items"}

// restore puts the rows back; sparse leaves those of users 1 and 2 out.
func (w *shapesWorld) restore(t testing.TB, sparse bool) {
	t.Helper()
	if w.clean && w.sparse == sparse {
		return
	}
	w.clean, w.sparse = true, sparse
	where := ""
	if sparse {
		where = " WHERE id > 2"
	}
	for _, table := range shapeTables {
		run(t, w.bare, "DELETE FROM "+table)
		run(t, w.twin.DB, "DELETE FROM "+table)
		if table != "users" {
			where = ""
		}
		run(t, w.bare, "INSERT INTO "+table+" SELECT * FROM kept_"+table+where)
		run(t, w.twin.DB, "INSERT INTO "+table+" SELECT * FROM kept_"+table+where)
	}
}

// contents is what an application sees in all tables.
var contents = []string{
	"SELECT id, email, ssn, name, age, deleted_at FROM users ORDER BY id",
	"SELECT id, user_id, email, total FROM orders ORDER BY id",
	"SELECT id, user_id FROM items ORDER BY id",
}

func (w *shapesWorld) requireSame(t testing.TB, after string) {
	t.Helper()
	for _, q := range contents {
		got, want := execute(ctx, w.DB, q), execute(ctx, w.twin, q)
		require.NoError(t, got.err, "%s\nthen %s", after, q)
		require.Equal(t, want, got, "after %s", after)
	}
}
