package pgxcell_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/pgxcell"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
	"github.com/cellseal/cellseal/search"
)

func (w world) below(t testing.TB, text string, args ...any) {
	t.Helper()
	_, err := w.bare.Exec(text, args...)
	require.NoError(t, err)
}

func (w world) failing(t testing.TB, text string, args ...any) error {
	t.Helper()
	rows, err := w.Query(ctx, text, args...)
	if err == nil {
		_, err = pgx.CollectRows(rows, pgx.RowToMap)
	}
	return harmless(t, err)
}

func TestWhoCanWriteTheTableCannotPassCellsOff(t *testing.T) {
	w := usersWorld(t)
	w.fill(t, 3)
	w.below(t, "UPDATE users SET email = (SELECT email FROM users WHERE id = 1) WHERE id = 2")
	var bad *ormhooks.CellError
	require.ErrorAs(t, w.failing(t, "SELECT email FROM users ORDER BY id"), &bad)
	require.ErrorIs(t, bad, cell.ErrDecrypt)
	require.Equal(t, "users", bad.Table)
	require.Equal(t, "email", bad.Column)
	require.Equal(t, 1, bad.Row)
	require.ErrorIs(t, harmless(t, w.QueryRow(ctx, "SELECT email FROM users WHERE id = 2").Scan(new(string))), cell.ErrDecrypt)
	w.below(t, "UPDATE users SET email = 'plaintext' WHERE id = 2")
	require.ErrorAs(t, w.failing(t, "SELECT email FROM users WHERE id = 2"), &bad)
	w.run(t, "UPDATE users SET email = 'other' WHERE id = 3")
	w.below(t, "UPDATE users SET email__eq = (SELECT email__eq FROM users WHERE id = 1) WHERE id = 3")
	require.ErrorIs(t, w.failing(t, "SELECT email FROM users WHERE email = $1 AND id = 3", canary), ormhooks.ErrTerm)
	b := &pgx.Batch{}
	b.Queue("SELECT email FROM users WHERE id = 2").QueryRow(func(r pgx.Row) error { return r.Scan(new(string)) })
	require.ErrorAs(t, harmless(t, w.SendBatch(ctx, b).Close()), &bad)
	require.NoError(t, w.Ping(ctx))

	permissive := pgxcell.Wrap(w.Bare(), w.schema, w.source, &sqlcell.Options{Permissive: true})
	require.Equal(t, "plaintext", one[string](t, permissive, "SELECT email FROM users WHERE id = 2"))
}

// accounts have a row key, a scope, and a unique index.
func accounts() schema.Table {
	return schema.Table{
		Name: "accounts", Bind: schema.Binding{Kind: schema.BindRowKey}, Scope: schema.Scope{Kind: "tenant", Column: "tenant"},
		Columns: []*schema.Column{
			{Name: "tenant", Type: "uuid"},
			{Name: "email", Mode: schema.ModeSeal, Type: "text", Text: true},
			{Name: "raw", Mode: schema.ModeImprint, Type: "bytes", Nullable: true},
		},
		Indexes: []*schema.Index{{Kind: "exact", Unique: true, Columns: []search.Column{{Name: "email"}}}},
	}
}

func TestScopesAndRowKeys(t *testing.T) {
	w := open(t, celltest.Ring(t), nil, `CREATE TABLE accounts (id BIGSERIAL PRIMARY KEY, tenant UUID, email TEXT, raw BYTEA, raw__kid BIGINT, cellseal_row BYTEA, email__eq BYTEA UNIQUE)`, accounts())
	const tenantA, tenantB = "aaaaaaaa-0000-0000-0000-000000000001", "bbbbbbbb-0000-0000-0000-000000000002"
	a, b := ormhooks.WithScope(ctx, "tenant", tenantA), ormhooks.WithScope(ctx, "tenant", tenantB)
	const insert = "INSERT INTO accounts (tenant, email, raw) VALUES ($1, $2, $3) RETURNING id"
	for _, mode := range modes {
		email := canary + mode.String()
		var id int64
		require.NoError(t, w.QueryRow(a, insert, mode, tenantA, email, []byte(canary)).Scan(&id), "%v", mode)
		require.NoError(t, w.QueryRow(b, insert, mode, tenantB, email, nil).Scan(new(int)), "another scope's terms are others")
		require.NoError(t, w.QueryRow(ctx, insert, mode, "cccccccc-0000-0000-0000-000000000003", email, nil).Scan(new(int)), "the row says whose it is")
		var scope *ormhooks.ScopeError
		require.ErrorAs(t, harmless(t, w.QueryRow(a, insert, mode, tenantB, canary+"3", nil).Scan(new(int))), &scope)
		require.ErrorAs(t, w.failing(t, "SELECT id FROM accounts WHERE email = $1", mode, canary), &scope)
		harmless(t, w.QueryRow(a, insert, mode, tenantA, email, nil).Scan(new(int))) // the server's unique index works

		_, err := w.Exec(a, "UPDATE accounts SET raw = $1, email = $2 WHERE id = $3 AND tenant = $4", mode, []byte(canary+"4"), email+"5", id, tenantA)
		require.NoError(t, err, "%v", mode)
		var raw []byte
		require.NoError(t, w.QueryRow(a, "SELECT raw FROM accounts WHERE email = $1 AND tenant = $2", mode, email+"5", tenantA).Scan(&raw))
		require.Equal(t, canary+"4", string(raw))
		rows, err := w.Query(a, "SELECT email FROM accounts", mode)
		require.NoError(t, err)
		_, err = pgx.CollectRows(rows, pgx.RowTo[string])
		require.ErrorAs(t, harmless(t, err), &scope, "rows of other tenants")
	}
	w.sealed(t)
}

// A short index finds rows by chance, which nobody sees and nobody counts.
func TestRowsThatAreFoundByChance(t *testing.T) {
	table := users()
	table.Indexes[0].Bits = 1
	w := open(t, celltest.Ring(t), nil, createUsers, table)
	for i := range 20 {
		w.run(t, "INSERT INTO users (id, email) VALUES ($1, $2)", i+1, canary+string(rune('a'+i)))
	}
	rows, err := w.Query(ctx, "SELECT id, email FROM users WHERE email = $1", canary+"c")
	require.NoError(t, err)
	all, err := pgx.CollectRows(rows, pgx.RowToMap)
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Equal(t, "SELECT 1", rows.CommandTag().String())
}

func TestTheCatalogueIsReadAnewWhenItIsOld(t *testing.T) {
	w := usersWorld(t)
	w.fill(t, 1)
	count := func() int {
		rows, err := w.Query(ctx, "SELECT * FROM users")
		require.NoError(t, err)
		all, err := pgx.CollectRows(rows, pgx.RowToMap)
		require.NoError(t, err)
		return len(all[0])
	}
	require.Equal(t, 5, count())
	w.below(t, "ALTER TABLE users DROP COLUMN age")
	time.Sleep(1100 * time.Millisecond) // the door's patience
	require.Equal(t, 4, count())
	w.run(t, "ALTER TABLE users ADD COLUMN age INT")
	require.Equal(t, 5, count())
}

func TestCheck(t *testing.T) {
	w := usersWorld(t)
	var bad *ormhooks.CheckError
	require.ErrorAs(t, w.Check(ctx), &bad)
	w.below(t, "CREATE INDEX ON users (email__eq)")
	require.NoError(t, w.Check(ctx))
	w.below(t, "CREATE VIEW seen AS SELECT * FROM users")
	require.ErrorAs(t, w.Check(ctx), &bad)
	require.NoError(t, w.Check(ctx, "seen"))
}

func TestExplain(t *testing.T) {
	w := usersWorld(t)
	e, err := w.Explain(ctx, "UPDATE users SET ssn = $1 WHERE email = $2 AND id = $3")
	require.NoError(t, err)
	require.Equal(t, []string{"users.ssn"}, e.Sealed)
	require.Equal(t, []string{"users.email__eq"}, e.Sought)
	e, err = w.Explain(ctx, "SELECT 1")
	require.NoError(t, err)
	require.True(t, e.Pass)
	_, err = w.Explain(ctx, "SELECT email || 'x' FROM users")
	require.ErrorAs(t, err, new(*ormhooks.StatementError))
}
