package sqlcell_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

// person is a row; nil is NULL.
type person struct {
	id            int
	given, family *string
}

func people(bits int, family ...*schema.Index) schema.Table {
	return schema.Table{
		Name: "people", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}},
		Columns: []*schema.Column{
			{Name: "id", Type: "int"},
			{Name: "given", Mode: schema.ModeSeal, Type: "text", Nullable: true},
			{Name: "family", Mode: schema.ModeSeal, Type: "text", Nullable: true},
		},
		Indexes: append(family, &schema.Index{Kind: "exact", Bits: bits, Columns: []search.Column{
			{Name: "given", Transforms: []search.Transform{search.Fold}}, {Name: "family", Transforms: []search.Transform{search.Fold}},
		}}),
	}
}

// Columns that are only indexed together are found together, and by nothing less. Where one has an
// index of its own, that one says how it compares.
func TestSeveralColumnsAreFoundByOneIndex(t *testing.T) {
	exactly := &schema.Index{Kind: "exact", Columns: []search.Column{{Name: "family"}}}
	for name, c := range map[string]struct {
		table  schema.Table
		family func(a, b string) bool
	}{
		"together":               {people(0), strings.EqualFold},
		"short":                  {people(4), strings.EqualFold},
		"family has another too": {people(0, exactly), func(a, b string) bool { return a == b }},
	} {
		t.Run(name, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, db testdb.DB) {
				ty := db.Types
				db.Run(t, "CREATE TABLE people (id "+ty.Int+" PRIMARY KEY, given "+ty.Blob+", family "+ty.Blob+", given_family__eq "+ty.Term+", family__eq "+ty.Term+")")
				p := wrapped(t, db, newSchema(t, c.table), celltest.Rotated(t), nil)
				rows := p.fillPeople(t)
				where := func(given, family string, or int) (ids []int) {
					for _, r := range rows {
						if r.given != nil && r.family != nil && strings.EqualFold(*r.given, given) && c.family(*r.family, family) || r.id == or {
							ids = append(ids, r.id)
						}
					}
					return ids
				}
				for _, given := range []string{"Ann", "ann", "Bo", "none"} {
					for _, family := range []string{"Ann", "ann", "Bo"} {
						require.Equal(t, where(given, family, 0), p.ids(t, "SELECT id, given, family FROM people WHERE given = ? AND family = ?", given, family))
						require.Equal(t, where(given, family, 0), p.ids(t, "SELECT id, given, family FROM people x WHERE ((? = x.family) AND (x.id > ? AND x.given = ?))", family, 0, given))
						require.Equal(t, where(given, family, 0), p.ids(t, fmt.Sprintf("SELECT id, given, family FROM people WHERE given = '%s' AND family = '%s'", given, family)))
						if name != "short" {
							require.Equal(t, where(given, family, 3), p.ids(t, "SELECT id, given, family FROM people WHERE given = ? AND family = ? OR id = ?", given, family, 3))
						}
					}
				}
				require.Empty(t, p.ids(t, "SELECT id, given, family FROM people WHERE given = ? AND family = ?", "Ann", nil), "nothing equals NULL")
				require.Empty(t, p.ids(t, "SELECT id, given, family FROM people WHERE given = ? AND family = ? AND given = ?", "Ann", "Bo", "Bo"))
				require.Equal(t, where("Ann", "Bo", 0), p.ids(t, "SELECT id, given, family FROM people WHERE given = ? AND family = ? AND given = ?", "Ann", "Bo", "ann"))
				require.Empty(t, p.ids(t, "SELECT id, given, family FROM people WHERE family = ? AND given = ? AND family = ?", "Ann", "Bo", "Bo"))
				require.Empty(t, p.ids(t, "SELECT id, given, family FROM people WHERE family = ? AND family = ? AND given = ?", "Ann", "Bo", "Bo"))
				for _, q := range []string{
					"SELECT id FROM people WHERE given = 'x'", "SELECT id FROM people WHERE given = 'x' OR family = 'y'",
					"SELECT id FROM people WHERE NOT (given = 'x' AND family = 'y')", "SELECT a.id FROM people a, people b WHERE a.given = 'x' AND b.family = 'y'",
				} {
					_, err := p.Query(q)
					var refused *ormhooks.StatementError
					require.True(t, errors.As(err, &refused), "%s: %v", q, err)
				}
				if name == "short" {
					return // whose false rows cannot be left out of an UPDATE
				}
				p.Run(t, "UPDATE people SET given = ? WHERE given = ? AND family = ?", "Cy", "Bo", "Bo")
				require.Len(t, p.ids(t, "SELECT id, given, family FROM people WHERE given = ? AND family = ?", "cy", "Bo"), len(where("Bo", "Bo", 0)))
			})
		})
	}
}

// fillPeople writes every pair of names.
func (p pool) fillPeople(t testing.TB) (rows []person) {
	t.Helper()
	names := []*string{nil, new(string)}
	for _, s := range []string{"Ann", "ann", "ANN", "Bo"} {
		names = append(names, &s)
	}
	for _, given := range names {
		for _, family := range names {
			r := person{len(rows) + 1, given, family}
			p.Run(t, "INSERT INTO people (id, given, family) VALUES (?, ?, ?)", r.id, given, family)
			rows = append(rows, r)
		}
	}
	return rows
}

func (p pool) ids(t testing.TB, query string, args ...any) (ids []int) {
	t.Helper()
	rows, err := p.Query(p.SQL(query), args...)
	require.NoError(t, err, query)
	defer rows.Close()
	for rows.Next() {
		var id int
		require.NoError(t, rows.Scan(&id, new(any), new(any)))
		ids = append(ids, id)
	}
	require.NoError(t, rows.Err(), query)
	slices.Sort(ids)
	return ids
}
