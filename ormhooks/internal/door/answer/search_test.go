package answer

import (
	"context"
	"database/sql/driver"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/internal/door/row"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

var ctx = context.Background()

// tenants are the scopes of rows, by what stands in their column.
var tenants = map[int64][]keys.Label{1: {keys.Scope("tenant", "1")}, 2: {keys.Scope("tenant", "2")}}

// newSearch is a question after a city, over a server that has these rows whatever it is asked.
func newSearch(t *testing.T, d sqltext.Dialect, rows [][]driver.Value) (s *Search, texts *[]string) {
	t.Helper()
	declared, err := schema.New(schema.Table{
		Name: "guests", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}}, Scope: schema.Scope{Kind: "tenant", Column: "tenant_id"},
		Columns: []*schema.Column{{Name: "id", Type: "int"}, {Name: "tenant_id", Type: "int"}, {Name: "city", Mode: schema.ModeSeal, Type: "text", Nullable: true}},
		Indexes: []*schema.Index{{Kind: "smoothed", Columns: []search.Column{{Name: "city"}}}},
	})
	require.NoError(t, err)
	table := declared.Table("guests")
	k, c := codec.NewKeys(ctx, celltest.Ring(t)), table.Column("city")
	for _, r := range rows {
		if r[2] == nil {
			continue
		}
		id := cell.RowID(cell.BindInt("id", r[0].(int64)))
		of, err := k.Row(table, tenants[r[1].(int64)], c.Compartment, id)
		require.NoError(t, err)
		stored, err := codec.Seal(c, of, []byte(r[2].(string)))
		require.NoError(t, err)
		r[2] = stored.Value
	}
	texts = &[]string{}
	return &Search{
		Context: ctx, Dialect: d, Opener: row.Opener{Context: ctx, Keys: k}, Table: table, Scope: tenants[1], Limit: 100,
		Find: &plan.Find{Ask: plan.Equal, Column: c, Indexes: table.Indexes, Keys: []string{"id"}, Types: []string{"bigint"}},
		All: func(_ context.Context, text string, _ []driver.NamedValue) ([][]driver.Value, error) {
			*texts = append(*texts, text)
			return rows, nil
		},
	}, texts
}

func isCork(v any) (bool, error) { return v == "Cork", nil }

// Of the rows that an index names those are kept that are of the scope and hold the value.
func TestCandidatesAreOpenedAndCompared(t *testing.T) {
	rows := [][]driver.Value{{int64(1), int64(1), "Cork"}, {int64(2), int64(1), "Dublin"}, {int64(3), int64(2), "Cork"}, {int64(4), int64(1), nil}}
	s, texts := newSearch(t, sqltext.SQLite, rows)
	require.NoError(t, s.Read([]string{"city__sm"}, []string{"bytea"}, [][]any{{[]byte{1, 2}}, {[]byte{3}}}, isCork))
	require.Equal(t, "1", s.Keys(false).List)
	require.Equal(t, "1, NULL", s.Keys(true).List, "of other rows it is unknown, if NULL was asked for too")
	require.Equal(t, []string{`SELECT "id", "tenant_id", "city" FROM "guests" WHERE "city__sm" IN (x'0102', x'03') LIMIT 101`}, *texts)
}

// A cell that somebody put into another row is no answer, but an error.
func TestAMovedCellIsAnError(t *testing.T) {
	rows := [][]driver.Value{{int64(1), int64(1), "Cork"}}
	s, _ := newSearch(t, sqltext.SQLite, rows)
	rows[0][0] = int64(2)
	var wrong *ormhooks.CellError
	require.ErrorAs(t, s.Read([]string{"id"}, []string{"bigint"}, [][]any{{int64(2)}}, isCork), &wrong)
	require.ErrorIs(t, wrong, cell.ErrDecrypt)
}

// Long lists are read in parts, rows that are written afterwards are locked, and there is an end to what is read.
func TestCandidatesAreReadInParts(t *testing.T) {
	many := make([][]any, 1200)
	for i := range many {
		many[i] = []any{int64(i)}
	}
	for d, want := range map[sqltext.Dialect]int{sqltext.PostgreSQL: 1, sqltext.MySQL: 3, sqltext.SQLite: 3} {
		s, texts := newSearch(t, d, nil)
		s.Lock = true
		require.NoError(t, s.Read([]string{"id"}, []string{"bigint"}, many, isCork))
		require.Len(t, *texts, want)
		require.Equal(t, d != sqltext.SQLite, len((*texts)[0]) > 10 && (*texts)[0][len((*texts)[0])-10:] == "FOR UPDATE")
	}
	s, _ := newSearch(t, sqltext.MySQL, [][]driver.Value{{int64(1), int64(1), "Cork"}, {int64(2), int64(1), "Cork"}})
	s.Limit = 3
	var tooMany *ormhooks.TooManyRowsError
	require.ErrorAs(t, s.Read([]string{"id"}, []string{"bigint"}, many, isCork), &tooMany, "of all parts together")
	require.Equal(t, "guests.city", tooMany.Column)
}
