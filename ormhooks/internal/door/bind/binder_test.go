package bind

import (
	"context"
	"database/sql/driver"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

const canary = "CANARY-maeve@example.com"

// newBinder is one execution of a statement on users, with these arguments.
func newBinder(t *testing.T, text string, args ...any) *Binder {
	t.Helper()
	s, err := schema.New(schema.Table{
		Name: "users", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}},
		Columns: []*schema.Column{{Name: "id", Type: "int"}, {Name: "email", Mode: schema.ModeSeal, Type: "varchar(40)", Nullable: true}},
		Indexes: []*schema.Index{{Kind: "exact", Columns: []search.Column{{Name: "email", Transforms: []search.Transform{search.Fold}}}}},
	})
	require.NoError(t, err)
	live := catalog.New(&catalog.Table{
		Name: "users", Visible: true, Unique: [][]string{{"id"}},
		Columns: []catalog.Column{{Name: "id", Type: "bigint"}, {Name: "email", Type: "blob", Nullable: true}, {Name: "email__eq", Type: "blob", Nullable: true}, {Name: "copy", Type: "text"}},
	})
	p, err := plan.Analyse(sqltext.SQLite, sqltext.Options{}, s, live, text)
	require.NoError(t, err)
	ctx := context.Background()
	return &Binder{Texts: New(sqltext.SQLite, p, 100), Context: ctx, Keys: codec.NewKeys(ctx, celltest.Rotated(t)), Args: args}
}

func values(c *Call) (all []driver.Value) {
	for _, a := range c.Args {
		all = append(all, a.Value)
	}
	return all
}

// A value that stands in a text twice is sealed once, or the two places would differ; each execution seals anew.
func TestAValueIsSealedOnce(t *testing.T) {
	b := newBinder(t, "INSERT INTO users (id, email) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET email = ?2", 1, canary)
	first, err := b.Call(b.Main, nil, false)
	require.NoError(t, err)
	require.Len(t, first.Args, 5, first.Text)
	require.Equal(t, values(first)[1:3], values(first)[3:5], "the cell and its term")
	require.Empty(t, celltest.Found(values(first)[1].([]byte), canary))
	second, err := b.Call(b.Main, nil, false)
	require.NoError(t, err)
	require.NotEqual(t, values(first)[1], values(second)[1])
	require.Equal(t, values(first)[2], values(second)[2])
	require.Equal(t, first.Text, second.Text)
}

// What is looked for has a term under every enabled key, as the index compares; what is NULL has none.
func TestTermsToLookFor(t *testing.T) {
	const query = "SELECT id FROM users WHERE email = ?1"
	lower := newBinder(t, query, canary)
	x, err := lower.Call(lower.Main, nil, false)
	require.NoError(t, err)
	require.Len(t, x.Args, 2, "the ring has two keys")
	upper := newBinder(t, query, "canary-MAEVE@example.com")
	y, err := upper.Call(upper.Main, nil, false)
	require.NoError(t, err)
	require.Equal(t, values(x), values(y))
	null := newBinder(t, query, nil)
	z, err := null.Call(null.Main, nil, false)
	require.NoError(t, err)
	for _, v := range values(z) {
		require.Nil(t, v)
	}
}

// What does not fit is told by its column, and not by itself.
func TestWhatDoesNotFit(t *testing.T) {
	for _, bad := range []any{canary + canary, 3, struct{}{}} {
		b := newBinder(t, "UPDATE users SET email = ?1 WHERE id = 1", bad)
		_, err := b.Call(b.Main, nil, false)
		var wrong *ormhooks.ColumnError
		require.ErrorAs(t, err, &wrong)
		require.Equal(t, "email", wrong.Column)
		require.NotContains(t, err.Error(), canary)
	}
	b := newBinder(t, "INSERT INTO users (id, email) VALUES (?1, ?2)", nil, canary)
	_, err := b.Call(b.Main, nil, false)
	require.ErrorContains(t, err, "users.id", "a cell is of a row")
}
