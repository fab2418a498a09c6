package sum_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/internal/searchtest"
	"github.com/cellseal/cellseal/search/sum"
)

// Groups of every type come back from every database as what they went in as.
func TestGroupTypes(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		ty := db.Types
		ring := searchtest.NewRing(t)
		for typ, c := range map[search.Type]struct {
			column string
			values []any
		}{
			search.Text:  {ty.Key, []any{"", "Cork", "cork", "Zoë", "'; --", nil}},
			search.Bytes: {ty.Term, []any{[]byte{0}, []byte("1"), []byte{0xff, 0}, nil}},
			search.Bool:  {ty.Bool, []any{true, false, nil}},
			search.Int:   {ty.Int, []any{int64(-1 << 63), int64(1<<63 - 1), int64(0), nil}},
			search.Uint:  {ty.Uint, []any{uint64(0), uint64(1<<63 - 1), nil}},
			search.UUID:  {ty.UUID, []any{"f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "00000000-0000-0000-0000-000000000000", nil}},
		} {
			table := sum.Table{Name: fmt.Sprintf("by_%s", typ), Column: "amount", By: []string{"grp"}}
			x := index(t, ring, sum.Label("amount", "grp"), sum.Options{Dialect: searchtest.Dialects[db.Dialect], By: []search.Type{typ}})
			db.Run(t, "CREATE TABLE "+table.Name+" (id "+ty.Int+" PRIMARY KEY, grp "+c.column+")")
			for _, q := range append(sum.DDL(searchtest.Dialects[db.Dialect]), x.DDL(table)...) {
				db.Run(t, q)
			}
			want := map[string]int64{}
			for id := range 3 * len(c.values) {
				v := c.values[id%len(c.values)]
				group, err := x.Group(v)
				require.NoError(t, err)
				n, err := x.Next(t.Context(), searchtest.Conn{On: db}, group, 1)
				require.NoError(t, err)
				sealed, err := x.Encrypt(group, n, int64(id))
				require.NoError(t, err)
				stored := v
				if v != nil && typ == search.UUID && db.Dialect != testdb.Postgres {
					u, _, err := value.From(typ, v)
					require.NoError(t, err)
					stored = value.Encode(typ, u)
				}
				db.Run(t, "INSERT INTO "+table.Name+" (id, grp, amount__n, amount__sum) VALUES (?, ?, ?, ?)", id, stored, n, sealed)
				want[string(group)] += int64(id)
			}
			for _, where := range []string{"", "id >= ?"} { // without arguments drivers may speak another protocol
				var args []any
				if where != "" {
					args = []any{0}
				}
				totals, err := x.Sum(t.Context(), searchtest.Conn{On: db}, table, db.SQL(where), args...)
				require.NoError(t, err, "%s", typ)
				have := map[string]int64{}
				for _, g := range totals {
					require.Equal(t, int64(3), g.Rows)
					group, err := x.Group(g.Group...)
					require.NoError(t, err)
					have[string(group)] = g.Sum
				}
				require.Equal(t, want, have, "%s", typ)
			}
		}
	})
}

// Names stay in their quotes, and what the database is asked holds no value.
func TestWhatIsAsked(t *testing.T) {
	for d, want := range map[search.Dialect][2]string{
		search.PostgreSQL: {
			"SELECT \"b\"\"\", COUNT(*), MIN(\"a__n\"), MAX(\"a__n\"), SUM(\"a__sum\") FROM \"s\".\"t\" WHERE \"a__n\" IS NOT NULL AND (x = $1\n) GROUP BY \"b\"\"\"",
			"SELECT \"b\"\"\", COUNT(*), MIN(\"a__n\"), MAX(\"a__n\"), SUM(\"a__sum\") FROM (SELECT \"b\"\"\", \"a__n\", \"a__sum\", \"a__n\" - ROW_NUMBER() OVER (PARTITION BY \"b\"\"\" ORDER BY \"a__n\") AS \"cellseal_island\" FROM \"s\".\"t\" WHERE \"a__n\" IS NOT NULL AND (x = $1\n)) AS cellseal_runs GROUP BY \"b\"\"\", \"cellseal_island\" LIMIT 9",
		},
		search.MySQL: {
			"SELECT `b\"`, COUNT(*), MIN(`a__n`), MAX(`a__n`), SUM(`a__sum`) FROM `s`.`t` WHERE `a__n` IS NOT NULL AND (x = $1\n) GROUP BY `b\"`",
			"SELECT `b\"`, COUNT(*), MIN(`a__n`), MAX(`a__n`), SUM(`a__sum`) FROM (SELECT `b\"`, `a__n`, `a__sum`, `a__n` - ROW_NUMBER() OVER (PARTITION BY `b\"` ORDER BY `a__n`) AS `cellseal_island` FROM `s`.`t` WHERE `a__n` IS NOT NULL AND (x = $1\n)) AS cellseal_runs GROUP BY `b\"`, `cellseal_island` LIMIT 9",
		},
	} {
		x := index(t, searchtest.FixedRing(t), sum.Label("a", "b"), sum.Options{Dialect: d})
		table := sum.Table{Schema: "s", Name: "t", Column: "a", By: []string{`b"`}}
		require.Equal(t, want[0], x.Totals(table, "x = $1"))
		require.Equal(t, want[1], x.Runs(table, "x = $1", 9))
	}
}

// In another schema, and in the file beside.
func TestATableInASchema(t *testing.T) {
	db := testdb.OpenSQLite(t)
	db.SetMaxOpenConns(1)
	db.Run(t, "ATTACH ':memory:' AS beside")
	db.Run(t, "CREATE TABLE beside.invoices (id INTEGER PRIMARY KEY)")
	x := plain(t, sum.Options{Dialect: search.SQLite})
	table := sum.Table{Schema: "beside", Name: "invoices", Column: "amount"}
	for _, q := range x.DDL(table) {
		db.Run(t, q)
	}
	totals, err := x.Sum(t.Context(), searchtest.Conn{On: db}, table, "")
	require.NoError(t, err)
	require.Equal(t, []sum.Total{{Group: []any{}}}, totals)
}

// What is stored of equal values looks like chance: bytes are uniform, and no two rows are alike.
func TestAtRestNothingShowsButTheOrder(t *testing.T) {
	x := plain(t, sum.Options{})
	const rows = 20_000
	var counts [256]int
	seen := map[int64]bool{}
	for i := range int64(rows) {
		c, err := x.Encrypt(nil, first+i, 100)
		require.NoError(t, err)
		require.False(t, seen[c])
		seen[c] = true
		for shift := 0; shift < 64; shift += 8 {
			counts[byte(uint64(c)>>shift)]++
		}
	}
	chi, expected := 0.0, float64(rows*8)/256
	for _, n := range counts {
		chi += (float64(n) - expected) * (float64(n) - expected) / expected
	}
	require.Less(t, chi, 340.0, "255 degrees of freedom: one in 4 000 is above")
}

// The leakage that is told: a number used twice gives the difference away.
func TestANumberUsedTwiceTellsTheDifference(t *testing.T) {
	x := plain(t, sum.Options{})
	a, err := x.Encrypt(nil, first, 1200)
	require.NoError(t, err)
	b, err := x.Encrypt(nil, first, 1999)
	require.NoError(t, err)
	require.Equal(t, int64(799), b-a)
}
