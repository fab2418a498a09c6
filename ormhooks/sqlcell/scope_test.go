package sqlcell_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
)

func TestScopesAndRowKeys(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		createAccounts(t, db)
		p := wrapped(t, db, newSchema(t, accounts()), celltest.Ring(t), nil)
		q := p.SQL("INSERT INTO accounts (tenant, email, raw) VALUES (?, ?, ?)")
		a, b := ormhooks.WithScope(ctx, "tenant", "a"), ormhooks.WithScope(ctx, "tenant", "b")
		_, err := p.ExecContext(a, q, "a", canary, []byte(canary))
		require.NoError(t, err)
		_, err = p.ExecContext(b, p.SQL("INSERT INTO accounts (tenant, email, raw) VALUES (?, ?, NULL), (?, ?, ?)"), "b", canary, "b", canary+"2", []byte(canary))
		require.NoError(t, err, "another scope's terms are others, so they are unique")
		_, err = p.ExecContext(ctx, q, "c", canary, nil)
		require.NoError(t, err, "the row says whose it is")
		var scope *ormhooks.ScopeError
		_, err = p.ExecContext(a, q, "b", canary+"3", nil)
		require.ErrorAs(t, err, &scope)
		_, err = p.ExecContext(ctx, q, "", canary+"3", nil)
		require.ErrorAs(t, err, &scope)
		_, err = p.Query(p.SQL("SELECT id FROM accounts WHERE email = ?"), canary)
		require.ErrorAs(t, err, &scope)
		_, err = p.ExecContext(a, q, "a", canary, nil)
		require.Error(t, err, "the server's unique index works")
		require.Empty(t, celltest.Found([]byte(err.Error()), canary))

		var id int
		var email string
		var raw []byte
		row := p.QueryRowContext(b, p.SQL("SELECT id, email, raw FROM accounts WHERE email = ? AND tenant = ?"), canary+"2", "b")
		require.NoError(t, row.Scan(&id, &email, &raw))
		require.Equal(t, canary+"2", email)
		require.Equal(t, canary, string(raw))
		_, err = p.ExecContext(b, p.SQL("UPDATE accounts SET raw = ?, email = ? WHERE id = ? AND tenant = ?"), []byte(canary+"4"), canary+"5", id, "b")
		require.NoError(t, err)
		row = p.QueryRowContext(b, p.SQL("SELECT id, email, raw FROM accounts WHERE email = ? AND tenant = ?"), canary+"5", "b")
		require.NoError(t, row.Scan(&id, &email, &raw))
		require.Equal(t, canary+"4", string(raw))
		rows, err := p.QueryContext(a, "SELECT email FROM accounts")
		require.NoError(t, err)
		for rows.Next() {
		}
		require.ErrorAs(t, rows.Err(), &scope, "rows of other tenants")
		require.NoError(t, rows.Close())
		p.sealedBelow(t)
	})
}
