package sqlcell_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks/sqlcell"
)

func TestAStatementGoesThroughTheDoorAndBack(t *testing.T) {
	each(t, func(t *testing.T, p pool) {
		require.NoError(t, sqlcell.Probe(ctx, p.DB.DB))
		require.Error(t, sqlcell.Probe(ctx, p.bare))
		p.Run(t, "INSERT INTO users (id, email, ssn, name) VALUES (?, ?, ?, ?)", 1, canary, canary+"1", "n")
		p.Run(t, "INSERT INTO users (id, email, ssn, name) VALUES (2, 'Other', '"+canary+"', 'm')")
		p.sealedBelow(t)

		var id int
		var email, ssn string
		p.Scan(t, "SELECT id, email, ssn FROM users WHERE email = ?", []any{"  " + canary}, &id, &email, &ssn)
		require.Equal(t, 1, id)
		require.Equal(t, canary, email)
		require.Equal(t, canary+"1", ssn)
		p.Scan(t, "SELECT id, ssn FROM users WHERE email IN ('other', 'nobody')", nil, &id, &ssn)
		require.Equal(t, 2, id)
		require.Equal(t, canary, ssn)

		p.Run(t, "UPDATE users SET email = ? WHERE id = ?", canary+"3", 2)
		p.Scan(t, "SELECT id FROM users WHERE email = '"+canary+"3'", nil, &id)
		require.Equal(t, 2, id)
		p.Run(t, "UPDATE users SET ssn = ? WHERE name = ?", canary+"4", "n")
		p.Scan(t, "SELECT ssn FROM users WHERE id = ?", []any{1}, &ssn)
		require.Equal(t, canary+"4", ssn)
		p.sealedBelow(t)
	})
}
