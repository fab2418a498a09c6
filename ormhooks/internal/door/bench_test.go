package door

import (
	"context"
	"database/sql/driver"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

var ctx = context.Background()

const canary = "CANARY-siobhan.o-neill"

func usersSchema(t testing.TB) *schema.Schema {
	s, err := schema.New(schema.Table{
		Name: "users", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}},
		Columns: []*schema.Column{
			{Name: "id", Type: "int"},
			{Name: "email", Mode: schema.ModeSeal, Type: "text", Nullable: true},
			{Name: "phone", Mode: schema.ModeSeal, Type: "text", Nullable: true, Text: true},
		},
		Indexes: []*schema.Index{
			{Kind: "exact", Unique: true, Columns: []search.Column{{Name: "email"}}},
			{Kind: "exact", Bits: 16, AcceptFrequencyLeak: true, Columns: []search.Column{{Name: "phone"}}},
		},
	})
	require.NoError(t, err)
	return s
}

// newDoor returns a door whose catalogue is at hand, and a session on it.
func newDoor(t testing.TB, d sqltext.Dialect) (*Door, *Session) {
	t.Helper()
	door := New(Config{Schema: usersSchema(t), Source: celltest.Ring(t), Dialect: d})
	table := &catalog.Table{Schema: "main", Name: "users", Visible: true, Unique: [][]string{{"id"}}}
	for _, name := range []string{"id", "email", "phone", "email__eq", "phone__eq"} {
		table.Columns = append(table.Columns, catalog.Column{Name: name, Type: "blob"})
	}
	door.catalogue.Put(catalog.New(table))
	return door, door.Session(nil)
}

func args(values ...any) (list []driver.NamedValue) {
	for i, v := range values {
		list = append(list, driver.NamedValue{Ordinal: i + 1, Value: v})
	}
	return list
}

func BenchmarkPassing(b *testing.B) {
	_, s := newDoor(b, sqltext.PostgreSQL)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Statement(ctx, "SELECT id, name FROM products WHERE id = $1 ORDER BY name LIMIT 10"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkKnownStatement(b *testing.B) {
	_, s := newDoor(b, sqltext.PostgreSQL)
	a := args(int64(1))
	b.ReportAllocs()
	for b.Loop() {
		st, err := s.Statement(ctx, "SELECT id, email FROM users WHERE id = $1")
		if err != nil {
			b.Fatal(err)
		}
		if _, err = s.Bind(ctx, st, a, true); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkInsert(b *testing.B) {
	door, s := newDoor(b, sqltext.PostgreSQL)
	door.unique = false // or it would read the catalogue again
	a := args(int64(1), canary)
	b.ReportAllocs()
	for b.Loop() {
		st, err := s.Statement(ctx, "INSERT INTO users (id, phone) VALUES ($1, $2)")
		if err != nil {
			b.Fatal(err)
		}
		if _, err = s.Bind(ctx, st, a, true); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRows(b *testing.B) {
	_, s := newDoor(b, sqltext.PostgreSQL)
	in, err := s.Statement(ctx, "INSERT INTO users (id, phone) VALUES ($1, $2)")
	require.NoError(b, err)
	call, err := s.Bind(ctx, in, args(int64(1), canary), true)
	require.NoError(b, err)
	st, err := s.Statement(ctx, "SELECT phone, id FROM users")
	require.NoError(b, err)
	b.Log(call.Text)
	reader := st.Reader(ctx, &Call{})
	stored, seen := []driver.Value{call.Args[1].Value, int64(1)}, make([]driver.Value, 2)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := reader.Open(stored, seen); err != nil {
			b.Fatal(err)
		}
	}
}
