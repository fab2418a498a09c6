package sqlcell_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
	"github.com/cellseal/cellseal/search"
)

func joins(column string, transforms ...search.Transform) *schema.Index {
	return &schema.Index{Kind: "join", Group: "mail", AcceptEquality: true, Columns: []search.Column{{Name: column, Transforms: transforms}}}
}

// ledger is two tables, of which three columns are of one join group.
func ledger(transforms ...search.Transform) []any {
	bind := schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}}
	return []any{schema.Table{
		Name: "clients", Bind: bind,
		Columns: []*schema.Column{{Name: "id", Type: "int"}, {Name: "mail", Mode: schema.ModeSeal, Type: "text", Nullable: true}, {Name: "other", Mode: schema.ModeToken, Type: "varchar(200)", Nullable: true}},
		Indexes: []*schema.Index{joins("mail", transforms...), joins("other", transforms...)},
	}, schema.Table{
		Name: "bills", Bind: bind,
		Columns: []*schema.Column{{Name: "id", Type: "int"}, {Name: "payer", Mode: schema.ModeSeal, Type: "text", Nullable: true}},
		Indexes: []*schema.Index{joins("payer", transforms...)},
	}}
}

func createAll(t testing.TB, db testdb.DB, s *ormhooks.Schema) {
	t.Helper()
	script, err := sqlcell.DDL(s, dialects[db.Dialect])
	require.NoError(t, err)
	for statement := range strings.SplitSeq(script, ";\n") {
		if statement != "" {
			db.Run(t, statement)
		}
	}
}

// result is all rows of a result in some order, as text.
func result(t testing.TB, db testdb.DB, query string, args ...any) (all []string) {
	t.Helper()
	rows, err := db.Query(db.SQL(query), args...)
	require.NoError(t, err, query)
	defer rows.Close()
	names, err := rows.Columns()
	require.NoError(t, err)
	for rows.Next() {
		values, into := make([]sql.NullString, len(names)), []any{}
		for i := range values {
			into = append(into, &values[i])
		}
		require.NoError(t, rows.Scan(into...))
		all = append(all, fmt.Sprint(values))
	}
	require.NoError(t, rows.Err(), query)
	slices.Sort(all)
	return all
}

var spellings = []any{nil, nil, "", "  ", canary, strings.ToUpper(canary), " " + canary, "ann@x", "Ann@X", "bo@x", "cy@x ", "dee@x"}

// asked of both databases, ids alone or values too, which the twin has as the transforms leave them.
var joined = []string{
	"SELECT c.id, b.id FROM clients c JOIN bills b ON c.mail = b.payer",
	"SELECT c.id, b.id FROM clients c, bills b WHERE b.payer = c.mail AND c.id > 3",
	"SELECT c.id, b.id FROM clients c LEFT JOIN bills b ON b.payer = c.mail AND b.id > 5",
	"SELECT c.id, b.id FROM bills b LEFT JOIN clients c ON b.payer = c.other",
	"SELECT c.id, b.id FROM clients c JOIN bills b ON c.mail = b.payer AND c.other <> b.payer",
	"SELECT c.id, b.id FROM clients c JOIN bills b ON c.mail <> b.payer",
	"SELECT c.id, b.id FROM clients c JOIN bills b ON c.id = b.id WHERE NOT (c.mail = b.payer)",
	"SELECT c.id, b.id FROM clients c JOIN bills b ON c.id = b.id WHERE (c.mail = b.payer) IS NULL",
	"SELECT id, id FROM clients WHERE mail = other",
	"SELECT id, id FROM clients WHERE mail <> other OR id = 2",
	"SELECT a.id, b.id FROM clients a JOIN clients b ON a.mail = b.other OR a.mail = b.mail",
	"SELECT id FROM clients WHERE mail IN (SELECT payer FROM bills WHERE id < 8)",
	"SELECT id FROM clients WHERE mail NOT IN (SELECT payer FROM bills WHERE id < 4 AND payer IS NOT NULL)",
	"SELECT id FROM clients WHERE mail NOT IN (SELECT payer FROM bills)",
	"SELECT id FROM clients c WHERE EXISTS (SELECT 1 FROM bills b WHERE b.payer = c.mail)",
	"SELECT id FROM clients c WHERE NOT EXISTS (SELECT 1 FROM bills b WHERE b.payer = c.mail AND b.payer = c.other)",
	"SELECT c.id, (SELECT COUNT(*) FROM bills b WHERE b.payer = c.mail) FROM clients c",
	"SELECT d.id, b.id FROM (SELECT id, mail FROM clients WHERE id > 2) d JOIN bills b ON b.payer = d.mail",
	"WITH d AS (SELECT id, mail FROM clients) SELECT d.id, b.id FROM d JOIN bills b ON b.payer = d.mail",
	"SELECT b.id FROM bills b WHERE b.payer = '" + canary + "'",
	"SELECT b.id FROM bills b WHERE b.payer <> '" + canary + "' OR b.payer IN ('ann@x', 'bo@x')",
	"SELECT COUNT(DISTINCT payer) FROM bills",
	"SELECT COUNT(*) FROM bills b JOIN clients c ON c.mail = b.payer GROUP BY b.payer",
	"SELECT COUNT(*), COUNT(payer) FROM bills GROUP BY payer HAVING COUNT(*) > 1",
}

var shown = []string{
	"SELECT c.mail, b.payer, c.id, b.id FROM clients c JOIN bills b ON c.mail = b.payer",
	"SELECT c.mail, b.payer, c.id, b.id FROM clients c LEFT JOIN bills b ON c.mail = b.payer",
	"SELECT mail, other FROM clients WHERE mail = other",
}

// What the database joins by tokens is what it would join by values.
func TestColumnsOfOneGroupAreJoined(t *testing.T) {
	for name, transforms := range map[string][]search.Transform{"as they are": nil, "trim and fold": {search.Trim, search.Fold}} {
		t.Run(name, func(t *testing.T) {
			kept := func(v any) any {
				if s, ok := v.(string); ok && transforms != nil {
					return strings.ToLower(strings.TrimSpace(s))
				}
				return v
			}
			testdb.Each(t, func(t *testing.T, db testdb.DB) {
				s := newSchema(t, ledger(transforms...)...)
				createAll(t, db, s)
				twin := db.Beside(t)
				twin.Run(t, "CREATE TABLE clients (id "+twin.Types.Int+" PRIMARY KEY, mail "+twin.Types.Key+", other "+twin.Types.Key+")")
				twin.Run(t, "CREATE TABLE bills (id "+twin.Types.Int+" PRIMARY KEY, payer "+twin.Types.Key+")")
				p := wrapped(t, db, s, celltest.Ring(t), nil)
				require.NoError(t, sqlcell.Check(ctx, p.DB.DB))
				random := rand.New(rand.NewPCG(7, 38))
				pick := func() any { return spellings[random.IntN(len(spellings))] }
				both := func(query string, id int, values ...any) {
					plain := []any{}
					for _, v := range values {
						plain = append(plain, kept(v))
					}
					p.Run(t, query, append(values, id)...)
					twin.Run(t, query, append(plain, id)...)
				}
				ask := func() {
					for _, q := range joined {
						require.Equal(t, result(t, twin, strings.ReplaceAll(q, canary, kept(canary).(string))), result(t, p.DB, q), q)
					}
				}
				for id := 1; id <= 20; id++ {
					both("INSERT INTO clients (mail, other, id) VALUES (?, ?, ?)", id, pick(), pick())
					both("INSERT INTO bills (payer, id) VALUES (?, ?)", id, pick())
				}
				require.NotEmpty(t, result(t, twin, joined[0]))
				for id := 3; id <= 9; id++ {
					both("UPDATE clients SET mail = ? WHERE id = ?", id, pick())
					both("UPDATE bills SET payer = ? WHERE id = ?", 2*id, pick())
				}
				ask()
				for _, q := range shown {
					require.Equal(t, fold(result(t, twin, q), transforms), fold(result(t, p.DB, q), transforms), q)
				}
				for _, q := range []string{"DELETE FROM bills WHERE payer IN (SELECT mail FROM clients WHERE id < 5)", "UPDATE clients SET mail = NULL WHERE mail = other"} {
					p.Run(t, q)
					twin.Run(t, q)
				}
				ask()
				p.sealedBelow(t)
			})
		})
	}
}

// fold is rows of values as the transforms leave them, without space.
func fold(rows []string, transforms []search.Transform) (all []string) {
	if transforms == nil {
		return rows
	}
	for _, r := range rows {
		all = append(all, strings.ToLower(strings.ReplaceAll(r, " ", "")))
	}
	slices.Sort(all)
	return all
}

// Who can write the database can move tokens. Where both values are shown, that is noticed.
func TestAMovedTokenIsNoticedWhereBothValuesAreShown(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		s := newSchema(t, ledger()...)
		createAll(t, db, s)
		p := wrapped(t, db, s, celltest.Ring(t), nil)
		p.Run(t, "INSERT INTO clients (id, mail, other) VALUES (1, 'ann', NULL), (2, 'bo', NULL)")
		p.Run(t, "INSERT INTO bills (id, payer) VALUES (1, 'ann'), (2, 'cy'), (3, NULL)")
		for _, id := range []int{2, 3} {
			p.below(t, "UPDATE bills SET payer__jn = (SELECT mail__jn FROM clients WHERE id = 2) WHERE id = ?", id)
			for _, q := range []string{
				"SELECT c.mail, b.payer FROM clients c JOIN bills b ON c.mail = b.payer ORDER BY b.id",
				"SELECT b.payer, c.mail FROM bills b, clients c WHERE c.mail = b.payer AND b.id > 1",
				"SELECT * FROM (SELECT * FROM bills) b JOIN clients c ON c.mail = b.payer",
			} {
				rows, err := p.Query(q)
				require.NoError(t, err)
				for rows.Next() {
				}
				require.ErrorIs(t, rows.Err(), ormhooks.ErrTerm, q)
				rows.Close()
			}
			p.below(t, "UPDATE bills SET payer__jn = NULL WHERE id = ?", id)
		}
		require.Equal(t, []string{"[{ann true} {ann true}]"}, result(t, p.DB, "SELECT c.mail, b.payer FROM clients c JOIN bills b ON c.mail = b.payer"))
	})
}

// Tokens are of the row's scope: no two tenants' rows are joined, unless the group has one key for all.
func TestAJoinStaysWithinItsScope(t *testing.T) {
	table := func(name string, unscoped bool) schema.Table {
		x := joins("mail")
		x.Unscoped = unscoped
		return schema.Table{
			Name: name, Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}}, Scope: schema.Scope{Kind: "tenant", Column: "tenant_id"},
			Columns: []*schema.Column{{Name: "id", Type: "int"}, {Name: "tenant_id", Type: "int"}, {Name: "mail", Mode: schema.ModeSeal, Type: "text"}},
			Indexes: []*schema.Index{x},
		}
	}
	for unscoped, want := range map[bool][]string{
		false: {"[{1 true} {1 true}]", "[{2 true} {2 true}]"},
		true:  {"[{1 true} {1 true}]", "[{1 true} {2 true}]", "[{2 true} {1 true}]", "[{2 true} {2 true}]"},
	} {
		testdb.Each(t, func(t *testing.T, db testdb.DB) {
			s := newSchema(t, table("leads", unscoped), table("deals", unscoped))
			createAll(t, db, s)
			p := wrapped(t, db, s, celltest.Ring(t), nil)
			for id := 1; id <= 2; id++ {
				p.Run(t, "INSERT INTO leads (id, tenant_id, mail) VALUES (?, ?, ?)", id, id+40, canary)
				p.Run(t, "INSERT INTO deals (id, tenant_id, mail) VALUES (?, ?, ?)", id, id+40, canary)
			}
			require.Equal(t, want, result(t, p.DB, "SELECT l.id, d.id FROM leads l JOIN deals d ON l.mail = d.mail"))
			require.Equal(t, want, result(t, p.DB, "SELECT l.id, d.id FROM leads l, deals d WHERE d.mail = l.mail AND l.id > 0"))
			_, err := p.Exec("SELECT l.id FROM leads l JOIN deals d ON l.mail <> d.mail")
			require.Equal(t, unscoped, err == nil, "%v", err)
			p.sealedBelow(t)
		})
	}
}

// While a second index key is being moved to, tokens are under the pinned one, and rows that they find are shown.
func TestAPinnedGroupFindsAndShowsUnderTwoKeys(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		s := newSchema(t, ledger()...)
		createAll(t, db, s)
		for _, at := range [][2]string{{"clients", "mail__jn"}, {"clients", "other__jn"}, {"bills", "payer__jn"}} {
			db.Run(t, "INSERT INTO cellseal_index VALUES (?, ?, ?, 1004, 'live')", at[0], at[1], at[1])
		}
		p := wrapped(t, db, s, celltest.Rotated(t), nil)
		p.Run(t, "INSERT INTO clients (id, mail, other) VALUES (1, 'ann', 'bo'), (2, 'bo', NULL)")
		p.Run(t, "INSERT INTO bills (id, payer) VALUES (1, 'bo'), (2, 'cy')")
		require.Equal(t, []string{"[{2 true} {bo true}]"}, result(t, p.DB, "SELECT id, mail FROM clients WHERE mail = ?", "bo"))
		require.Equal(t, []string{"[{1 true} {ann true}]", "[{2 true} {bo true}]"}, result(t, p.DB, "SELECT id, mail FROM clients WHERE mail IN (?, ?)", "bo", "ann"))
		require.Equal(t, []string{"[{bo true} {bo true}]"}, result(t, p.DB, "SELECT c.mail, b.payer FROM clients c JOIN bills b ON c.mail = b.payer WHERE b.payer = 'bo'"))
	})
}
