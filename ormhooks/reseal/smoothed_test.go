package reseal_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/reseal"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

const smoothCanary = "CANARY-Ballyhaunis"

// towns has a smoothed column, over rows that are told apart by a number.
func towns() schema.Table {
	return schema.Table{
		Name: "towns", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}},
		Columns: []*schema.Column{
			{Name: "id", Type: "int"}, {Name: "n", Type: "int", Nullable: true},
			{Name: "city", Mode: schema.ModeSeal, Type: "text", Nullable: true},
		},
		Indexes: []*schema.Index{{Kind: "smoothed", Columns: []search.Column{{Name: "city", Transforms: []search.Transform{search.Fold}}}}},
	}
}

// guests are told apart by random keys, and belong to tenants.
func guests() schema.Table {
	return schema.Table{
		Name: "guests", Bind: schema.Binding{Kind: schema.BindRowKey}, Scope: schema.Scope{Kind: "tenant", Column: "tenant_id"},
		Columns: []*schema.Column{
			{Name: "id", Type: "int"}, {Name: "tenant_id", Type: "int"},
			{Name: "age", Mode: schema.ModeToken, Type: "int", Nullable: true},
		},
		Indexes: []*schema.Index{{Kind: "smoothed", Columns: []search.Column{{Name: "age"}}}},
	}
}

func cities() []string {
	return []string{smoothCanary, "Dublin", "Cork", "Galway", "Limerick", "Sligo", "Naas", "Trim"}
}

// zipf are counts of cities, by Zipf's law.
func zipf(of []string, rows int) map[any]uint64 {
	counts := map[any]uint64{}
	for i, c := range of {
		counts[c] = uint64(rows / (i + 1))
	}
	return counts
}

// quick are options that wait for nobody: there is one process.
func quick(counts map[any]uint64) *reseal.ProfileOptions {
	return &reseal.ProfileOptions{Counts: counts, Settle: time.Millisecond}
}

const shortLease = 20 * time.Millisecond

// eachTowns runs f with empty towns that have a profile, beside a twin in plaintext.
func eachTowns(t *testing.T, f func(t *testing.T, p process)) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		create(t, db, towns())
		db.Run(t, "CREATE TABLE twin (id "+db.Types.Int+" PRIMARY KEY, n "+db.Types.Int+", city "+db.Types.Text+")")
		p := newProcess(t, db, celltest.Ring(t), shortLease, towns())
		require.NoError(t, reseal.Profile(ctx, p.DB.DB, "towns", "city__sm", quick(zipf(cities(), 4000))))
		f(t, p)
	})
}

func (p process) both(t testing.TB, statement string, args ...any) {
	t.Helper()
	var affected [2]int64
	for i, name := range []string{"towns", "twin"} {
		result, err := p.Exec(p.SQL(strings.ReplaceAll(statement, "towns", name)), args...)
		require.NoError(t, err, statement)
		affected[i], err = result.RowsAffected()
		require.NoError(t, err)
	}
	require.Equal(t, affected[1], affected[0], statement)
}

func (p process) texts(t testing.TB, query string, args ...any) []string {
	t.Helper()
	rows, err := p.Query(p.SQL(query), args...)
	require.NoError(t, err, query)
	defer rows.Close()
	columns, err := rows.Columns()
	require.NoError(t, err)
	all := []string{}
	for rows.Next() {
		values, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		require.NoError(t, rows.Scan(into...))
		all = append(all, fmt.Sprint(values))
	}
	require.NoError(t, rows.Err(), query)
	return all
}

// same wants of the protected table what the twin answers. The twin compares as the index folds.
func (p process) same(t testing.TB, query string, args ...any) {
	t.Helper()
	require.Equal(t, p.texts(t, strings.ReplaceAll(query, "towns", "twin"), args...), p.texts(t, query, args...), query)
}

func (p process) fill(t testing.TB, rows int) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	all := cities()
	var args []any
	for id := 1; id <= rows; id++ {
		var city any = all[min(int(r.ExpFloat64()*1.5), len(all)-1)]
		if r.IntN(10) == 0 {
			city = nil
		}
		args = append(args, id, r.IntN(5), city)
	}
	p.both(t, "INSERT INTO towns (id, n, city) VALUES (?, ?, ?)"+strings.Repeat(", (?, ?, ?)", rows-1), args...)
}

func TestEqualityIsAsInPlaintext(t *testing.T) {
	eachTowns(t, func(t *testing.T, p process) {
		p.fill(t, 120)
		for _, where := range []string{
			"city = 'Dublin'", "city <> 'Dublin'", "NOT city = 'Dublin'", "city IN ('Dublin', 'Cork', 'nowhere')", "city NOT IN ('Dublin', 'Cork')",
			"city IN ('Dublin', NULL)", "city NOT IN ('Dublin', NULL)", "city = NULL", "NOT (city = NULL)", "city = 'nowhere'", "city <> 'nowhere'",
			"city IS NULL", "city IS NOT NULL AND city = 'Cork'", "city = 'Cork' OR n = 3", "NOT (city = 'Cork' OR n = 3)", "city = 'Cork' AND n > 1",
			"CASE WHEN city = 'Cork' THEN n ELSE 2 END = 2", "(city = 'Cork') = (n = 1)", "(city, n) IN (('Cork', 1), ('Dublin', 2))",
			"id IN (SELECT t.id FROM towns t WHERE t.city = 'Galway')", "EXISTS (SELECT 1 FROM towns t WHERE t.n = towns.n AND t.city = 'Trim')",
		} {
			p.same(t, "SELECT id, city FROM towns WHERE "+where+" ORDER BY id")
			p.same(t, "SELECT COUNT(*) FROM towns WHERE "+where)
			p.same(t, "SELECT id FROM towns WHERE "+where+" ORDER BY id LIMIT 5 OFFSET 2")
			p.same(t, "SELECT DISTINCT n FROM towns WHERE "+where+" ORDER BY n")
			p.same(t, "SELECT id, row_number() OVER (ORDER BY id) FROM towns WHERE "+where+" ORDER BY id")
			p.same(t, "SELECT q.id FROM (SELECT id FROM towns WHERE "+where+") q ORDER BY q.id")
			p.same(t, "SELECT id FROM towns WHERE "+where+" UNION SELECT 0 ORDER BY id")
		}
		for _, city := range cities() {
			p.same(t, "SELECT id, city FROM towns WHERE city = ? ORDER BY id", city)
			require.Equal(t, p.texts(t, "SELECT id FROM towns WHERE city = ? ORDER BY id", city), p.texts(t, "SELECT id FROM towns WHERE city = ? ORDER BY id", strings.ToUpper(city)), "as the index folds")
		}
		prepared, err := p.Prepare(p.SQL("SELECT id FROM towns WHERE city = ? AND n < ? ORDER BY id"))
		require.NoError(t, err)
		defer prepared.Close()
		for _, city := range []any{"Dublin", "Trim", nil, "Cork", "nowhere", smoothCanary} { // which have different numbers of tokens
			rows, err := prepared.Query(city, 3)
			require.NoError(t, err)
			n := 0
			for rows.Next() {
				n++
			}
			require.NoError(t, rows.Err())
			require.Len(t, p.texts(t, "SELECT id FROM twin WHERE city = ? AND n < ?", city, 3), n, city)
		}
		p.same(t, "SELECT a.id, b.id FROM towns a LEFT JOIN towns b ON b.id = a.n AND b.city = ? ORDER BY a.id", "Dublin")
		p.same(t, "SELECT a.id, b.city FROM towns a JOIN towns b ON b.id = a.n WHERE b.city = ? AND a.city <> ? ORDER BY a.id", "Dublin", "Cork")
		p.sealedBelow(t)
	})
}

// sealedBelow wants nothing of the canary in the database, but for the twin.
func (p process) sealedBelow(t testing.TB) {
	t.Helper()
	p.Run(t, "DROP TABLE twin")
	celltest.AssertSealed(t, p.bare(t), smoothCanary)
}

// bare is a pool past the door.
func (p process) bare(t testing.TB) *sql.DB {
	db := sql.OpenDB(p.Connector)
	t.Cleanup(func() { db.Close() })
	return db
}

func TestWritesAreAsInPlaintext(t *testing.T) {
	eachTowns(t, func(t *testing.T, p process) {
		p.fill(t, 60)
		p.both(t, "UPDATE towns SET n = 7 WHERE city = ?", "Dublin")
		p.both(t, "UPDATE towns SET city = ? WHERE city = ?", "Naas", "Cork")
		p.both(t, "UPDATE towns SET city = ? WHERE id = ?", "Bray", 3)
		p.both(t, "UPDATE towns SET city = NULL WHERE id = ?", 4)
		p.both(t, "UPDATE towns SET city = ? WHERE n = 1", "Athy")
		p.both(t, "UPDATE towns SET id = 1000 WHERE id = ?", 5)
		p.both(t, "UPDATE towns SET city = COALESCE(?, city) WHERE id = ?", nil, 1000)
		p.both(t, "DELETE FROM towns WHERE city = ? AND id > 10", "Naas")
		p.both(t, "DELETE FROM towns WHERE city <> ? AND n = 2", "Dublin")
		if p.Dialect == testdb.MySQL {
			p.both(t, "INSERT INTO towns (id, city) VALUES (?, ?) ON DUPLICATE KEY UPDATE city = VALUES(city)", 1000, "Cork")
		} else {
			p.both(t, "INSERT INTO towns (id, city) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET city = excluded.city", 1000, "Cork")
		}
		p.same(t, "SELECT id, n, city FROM towns ORDER BY id")
		for _, city := range append(cities(), "Bray", "Athy") {
			p.same(t, "SELECT id, n, city FROM towns WHERE city = ? ORDER BY id", city)
		}
		// In a transaction, with what it has written itself.
		tx, err := p.Begin()
		require.NoError(t, err)
		defer tx.Rollback()
		_, err = tx.Exec(p.SQL("INSERT INTO towns (id, city) VALUES (?, ?)"), 2000, "Bray")
		require.NoError(t, err)
		n := 0
		require.NoError(t, tx.QueryRow(p.SQL("SELECT COUNT(*) FROM towns WHERE city = ? AND id = 2000"), "Bray").Scan(&n))
		require.Equal(t, 1, n)
	})
}

func TestEveryTenantHasAProfile(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		create(t, db, guests())
		p := newProcess(t, db, celltest.Ring(t), shortLease, guests())
		var missing *ormhooks.ProfileError
		_, err := p.Exec(p.SQL("INSERT INTO guests (id, tenant_id, age) VALUES (?, ?, ?)"), 1, 1, 33)
		require.ErrorAs(t, err, &missing)
		require.Equal(t, ormhooks.ProfileError{Table: "guests", Index: "age__sm", Scope: "tenant/1"}, *missing)
		_, err = p.Query(p.SQL("SELECT id FROM guests WHERE tenant_id = ? AND age = ?"), 1, 33)
		require.ErrorAs(t, err, &missing)
		require.ErrorContains(t, err, "reseal.Profile")
		counts := map[any]uint64{33: 3000, 34: 1000}
		require.ErrorContains(t, reseal.Profile(ctx, p.DB.DB, "guests", "age__sm", quick(counts)), "Scope says whose")
		require.ErrorContains(t, reseal.Profile(ctx, p.DB.DB, "guests", "age__sm", quick(nil)), "no rows")
		require.EqualError(t, reseal.Profile(ctx, p.DB.DB, "guests", "age", quick(nil)), "cellseal: guests.age: the schema has no such smoothed index: the table has age__sm")
		o := quick(counts)
		for _, o.Scope = range []string{"1", "2"} {
			require.NoError(t, reseal.Profile(ctx, p.DB.DB, "guests", "age__sm", o))
		}
		for id := 1; id <= 20; id++ {
			_, err := p.Exec(p.SQL("INSERT INTO guests (id, tenant_id, age) VALUES (?, ?, ?)"), id, 1+id%2, 33+id%3)
			require.NoError(t, err)
		}
		require.Equal(t, []string{"[{6 true}]", "[{12 true}]", "[{18 true}]"}, p.texts(t, "SELECT id FROM guests WHERE tenant_id = ? AND age = ? ORDER BY id", 1, 33))
		_, err = p.Exec(p.SQL("UPDATE guests SET tenant_id = ? WHERE id = ?"), 2, 6)
		require.NoError(t, err, "it gets a token of the other tenant")
		require.Len(t, p.texts(t, "SELECT id FROM guests WHERE tenant_id = ? AND age = ?", 1, 33), 2)
		require.Contains(t, p.texts(t, "SELECT id FROM guests WHERE tenant_id = ? AND age = ?", 2, 33), "[{6 true}]")
		_, err = p.Exec(p.SQL("INSERT INTO guests (id, tenant_id, age) VALUES (?, ?, ?)"), 50, 3, 33)
		require.ErrorAs(t, err, &missing)
		_, err = p.Exec(p.SQL("INSERT INTO guests (id, tenant_id) VALUES (?, ?)"), 50, 3)
		require.NoError(t, err, "there is no token of NULL")
	})
}

// A token that somebody who can write the table puts beside another value finds nothing.
func TestAMovedTokenFindsNothing(t *testing.T) {
	eachTowns(t, func(t *testing.T, p process) {
		p.both(t, "INSERT INTO towns (id, city) VALUES (1, ?), (2, ?)", "Dublin", "Trim")
		bare := p.bare(t)
		var token []byte
		require.NoError(t, bare.QueryRow("SELECT city__sm FROM towns WHERE id = 1").Scan(&token))
		require.Len(t, token, search.TokenSize)
		_, err := bare.Exec(p.SQL("UPDATE towns SET city__sm = ? WHERE id = 2"), token)
		require.NoError(t, err)
		require.Equal(t, []string{"[{1 true}]"}, p.texts(t, "SELECT id FROM towns WHERE city = ?", "Dublin"))
		require.Equal(t, []string{"[{2 true}]"}, p.texts(t, "SELECT id FROM towns WHERE city <> ?", "Dublin"))
		report, err := reseal.Rows(ctx, p.DB.DB, "towns", nil)
		require.NoError(t, err)
		require.Equal(t, 1, report.Wrote)
		require.Equal(t, []string{"[{2 true}]"}, p.texts(t, "SELECT id FROM towns WHERE city = ?", "Trim"))
	})
}

// versions are the states of the profiles that are stored.
func (p process) states(t testing.TB) []string {
	var states []string
	rows, err := p.bare(t).Query("SELECT state FROM cellseal_profiles")
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var s string
		require.NoError(t, rows.Scan(&s))
		states = append(states, s)
	}
	slices.Sort(states)
	return states
}

func TestANewProfileAndANewKey(t *testing.T) {
	eachTowns(t, func(t *testing.T, p process) {
		p.fill(t, 80)
		all := func(p process) {
			t.Helper()
			for _, city := range cities() {
				p.same(t, "SELECT id FROM towns WHERE city = ? ORDER BY id", city)
			}
		}
		o := &reseal.Options{Settle: time.Millisecond}
		n, err := reseal.DropProfiles(ctx, p.DB.DB, "towns", "city__sm", o)
		require.NoError(t, err)
		require.Zero(t, n)

		// Counted in the table, while another process goes on.
		other := newProcess(t, p.DB, celltest.Ring(t), shortLease, towns())
		all(other)
		require.NoError(t, reseal.Profile(ctx, p.DB.DB, "towns", "city__sm", quick(nil)))
		require.Equal(t, []string{"live", "retired"}, p.states(t))
		all(p)
		all(other)
		other.both(t, "INSERT INTO towns (id, city) VALUES (?, ?)", 500, "Cork")
		all(p)
		_, err = reseal.DropProfiles(ctx, p.DB.DB, "towns", "city__sm", o)
		require.ErrorContains(t, err, "call Rows")
		report, err := reseal.Rows(ctx, p.DB.DB, "towns", nil)
		require.NoError(t, err)
		require.Greater(t, report.Wrote, 50)
		require.Less(t, report.Wrote, 81, "what was written since is right")
		all(other)
		n, err = reseal.DropProfiles(ctx, p.DB.DB, "towns", "city__sm", o)
		require.NoError(t, err)
		require.Equal(t, 1, n)
		require.Equal(t, []string{"live"}, p.states(t))
		all(p)

		// A new index key: the profile stays under the old one until a new profile is made.
		both, only, _ := rotated(t, celltest.Ring(t))
		turned := newProcess(t, p.DB, both, shortLease, towns())
		all(turned)
		require.NoError(t, reseal.Profile(ctx, turned.DB.DB, "towns", "city__sm", quick(nil)))
		turned.both(t, "INSERT INTO towns (id, city) VALUES (?, ?)", 501, "Galway")
		all(turned)
		_, err = reseal.Rows(ctx, turned.DB.DB, "towns", nil)
		require.NoError(t, err)
		blind := newProcess(t, p.DB, only, shortLease, towns())
		_, err = blind.Query(p.SQL("SELECT id FROM towns WHERE city = ?"), "Cork")
		var unknown *keys.UnknownKeyError
		require.ErrorAs(t, err, &unknown, "the old profile is looked for, and its key is gone")
		_, err = reseal.DropProfiles(ctx, turned.DB.DB, "towns", "city__sm", o)
		require.NoError(t, err)
		all(newProcess(t, p.DB, only, shortLease, towns()))
		p.sealedBelow(t)
	})
}
