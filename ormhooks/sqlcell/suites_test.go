package sqlcell_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks"
)

// What the test suites of GORM and bun have taught: see .ci/suites.

// A column that is set to itself stays as it is. One that is set to a function of itself would be
// the function of a cell, which nobody can open again.
func TestAColumnIsNotSetToAFunctionOfItself(t *testing.T) {
	text := map[string]string{testdb.SQLite: "TEXT", testdb.Postgres: "TEXT", testdb.MySQL: "CHAR"}
	each(t, func(t *testing.T, p pool) {
		p.fill(t, 2)
		for _, q := range []string{
			"UPDATE users SET email = UPPER(email)",
			"UPDATE users SET email = lower((users.email)) WHERE id = 1",
			"UPDATE users SET ssn = UPPER(ssn), email = UPPER(email) WHERE id = ?",
			"UPDATE users SET email = CAST(email AS " + text[p.Dialect] + ") WHERE id = 1",
			"UPDATE users SET email = COALESCE(?, UPPER(email))",
			"UPDATE users SET email = COALESCE(?, CAST(email AS " + text[p.Dialect] + "))",
			"UPDATE users SET email = TRIM(email)",
		} {
			args := []any{1}[:strings.Count(q, "?")]
			_, err := p.Exec(p.SQL(q), args...)
			var refused *ormhooks.StatementError
			require.ErrorAs(t, err, &refused, q)
		}
		_, err := p.Exec("UPDATE users SET email = (users.email), age = 7 WHERE id = 1")
		require.NoError(t, err)
		require.Equal(t, []string{canary, canary}, p.emails(t))
	})
}

// An ORM goes on with a transaction after an error that it has seen coming. A refusal has
// reached no server, so not even PostgreSQL's transactions are over then.
func TestARefusalEndsNoTransaction(t *testing.T) {
	each(t, func(t *testing.T, p pool) {
		p.fill(t, 1)
		tx, err := p.Begin()
		require.NoError(t, err)
		defer tx.Rollback()
		for _, q := range []string{
			"SELECT id FROM users WHERE email LIKE 'a%'",
			"SELECT email, count(*) FROM users GROUP BY email HAVING max(ssn) > 'x'",
			"SELECT id, ROW_NUMBER() OVER (PARTITION BY age ORDER BY email) FROM users",
			"SELECT id FROM users WHERE email IN (SELECT email FROM users WHERE id = 1)",
			"CREATE VIEW seen AS SELECT email FROM users",
		} {
			_, err := tx.Exec(q)
			var refused *ormhooks.StatementError
			require.ErrorAs(t, err, &refused, q)
		}
		_, err = tx.Exec(p.SQL("UPDATE users SET email = ? WHERE id = 1"), canary+"x")
		require.NoError(t, err)
		require.NoError(t, tx.Commit())
		require.Equal(t, []string{canary + "x"}, p.emails(t))
		p.sealedBelow(t)
	})
}
