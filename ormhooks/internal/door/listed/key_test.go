package listed

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/internal/door/answer"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

// rooms are told apart by columns of every type that a list can name, beside rows that have a random key.
func rooms(t testing.TB) (bound, keyed *schema.Table) {
	t.Helper()
	column := func() *schema.Column {
		return &schema.Column{Name: "note", Mode: schema.ModeSeal, Type: "text", Nullable: true}
	}
	indexes := func() []*schema.Index {
		var all []*schema.Index
		for _, c := range []search.Column{{Name: "note"}, {Name: "note", Transforms: []search.Transform{search.Reverse}}} {
			all = append(all, &schema.Index{Kind: "sorted", Columns: []search.Column{c}})
		}
		return append(all, &schema.Index{Kind: "substring", Columns: []search.Column{{Name: "note"}}})
	}
	s, err := schema.New(schema.Table{
		Name: "rooms", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"house", "floor", "guest", "name"}},
		Columns: []*schema.Column{{Name: "house", Type: "int"}, {Name: "floor", Type: "uint"}, {Name: "guest", Type: "uuid"}, {Name: "name", Type: "varchar(4)"}, column()},
		Indexes: indexes(),
	}, schema.Table{
		Name: "notes", Bind: schema.Binding{Kind: schema.BindRowKey}, Columns: []*schema.Column{column()}, Indexes: indexes(),
	})
	require.NoError(t, err)
	return s.Table("rooms"), s.Table("notes")
}

// What stands for a row in an entry has one width, whatever the row is called by, and gives the row's key back.
func TestDocAndKey(t *testing.T) {
	bound, keyed := rooms(t)
	x := bound.Listed[0]
	for _, key := range [][]any{ // by the names of their columns
		{int64(7), [16]byte{1, 2}, int64(-5), "no 1"},
		{uint64(math.MaxUint64), [16]byte{}, int64(math.MinInt64), "ééés"},
		{int64(0), [16]byte{0xff}, int64(0), ""},
	} {
		values := map[string]any{"floor": key[0], "guest": key[1], "house": key[2], "name": key[3]}
		doc, err := Doc(bound, x, func(logical string) (codec.Bound, error) { return codec.Bind(bound.Column(logical), values[logical]) }, nil)
		require.NoError(t, err)
		require.Len(t, doc, x.Doc())
		require.Len(t, doc, 8+8+16+2+4*4)
		back, ok := Key(bound, x, doc)
		require.True(t, ok)
		require.Equal(t, key, back)
	}
	_, err := Doc(bound, x, func(logical string) (codec.Bound, error) {
		return codec.Bind(bound.Column(logical), map[string]any{"house": 1, "floor": 1, "guest": [16]byte{1}, "name": "seventeen letters"}[logical])
	}, nil)
	require.Error(t, err, "it would be cut")
	_, ok := Key(bound, x, make([]byte, 8))
	require.False(t, ok)

	key := []byte("sixteen bytes ok")
	doc, err := Doc(keyed, keyed.Listed[0], nil, func() ([]byte, error) { return key, nil })
	require.NoError(t, err)
	require.Equal(t, key, doc)
	_, err = Doc(keyed, keyed.Listed[0], nil, func() ([]byte, error) { return key[:4], nil })
	require.ErrorIs(t, err, codec.ErrNoRowKey)
}

// Where a column's type does not say how a UUID is spelled, it is looked for in every way.
func TestSpellings(t *testing.T) {
	id := [16]byte{7, 0xab}
	key, small := []any{int64(1), id}, "07ab0000-0000-0000-0000-000000000000"
	ways := func(d sqltext.Dialect, typ string) (ways []any) {
		for _, k := range answer.Spellings(d, []string{"bigint", typ}, key) {
			require.Equal(t, int64(1), k[0])
			ways = append(ways, k[1])
		}
		return ways
	}
	require.Equal(t, []any{id}, ways(sqltext.PostgreSQL, "uuid"))
	require.Equal(t, []any{small, strings.ToUpper(small)}, ways(sqltext.PostgreSQL, "text"))
	require.Equal(t, []any{id[:]}, ways(sqltext.PostgreSQL, "bytea"))
	require.Equal(t, []any{small, strings.ToUpper(small), id[:]}, ways(sqltext.SQLite, "blob"))
	require.Equal(t, []any{small, strings.ToUpper(small), id[:]}, ways(sqltext.MySQL, "varbinary"))
	require.Equal(t, []any{small}, ways(sqltext.MySQL, "uuid"))
	require.Equal(t, []any{id[:]}, ways(sqltext.MySQL, "binary"))
	require.Equal(t, []any{small, strings.ToUpper(small)}, ways(sqltext.MySQL, "varchar"))
}

// Of several indexes the one is asked that has the fewest other rows: 'x%' is a range of the values in order, '%x'
// of those in reverse, and of '%x%' only parts are known.
func TestPreferred(t *testing.T) {
	bound, _ := rooms(t)
	f := &plan.Find{Ask: plan.Like, Indexes: bound.Listed}
	for pattern, want := range map[string]string{"abc%": "note__sorted", "%abc": "reverse", "%abc%": "substring", "a%bcd": "substring"} {
		first := preferred(f, Values{Pattern: pattern})[0]
		got := first.Kind
		if first.Kind == "sorted" {
			got = map[bool]string{false: "note__sorted", true: "reverse"}[first.Reversed()]
		}
		require.Equal(t, want, got, pattern)
	}
}
