package sqlcell_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/celltest"
)

func TestPreparedStatements(t *testing.T) {
	each(t, func(t *testing.T, p pool) {
		insert, err := p.Prepare(p.SQL("INSERT INTO users (id, email, ssn, name) VALUES (?, ?, ?, ?)"))
		require.NoError(t, err)
		for i := range 3 {
			_, err = insert.Exec(i+1, canary, canary, "n")
			require.NoError(t, err)
		}
		_, err = insert.Exec(1, 2, 3)
		require.ErrorContains(t, err, "expected 4 arguments, got 3")
		sel, err := p.Prepare(p.SQL("SELECT id, email FROM users WHERE email = ? AND id > ?"))
		require.NoError(t, err)
		for range 2 {
			rows, err := sel.Query(canary, 1)
			require.NoError(t, err)
			n := 0
			for ; rows.Next(); n++ {
				var id int
				var email string
				require.NoError(t, rows.Scan(&id, &email))
				require.Equal(t, canary, email)
			}
			require.NoError(t, rows.Err())
			require.Equal(t, 2, n)
		}
		update, err := p.Prepare(p.SQL("UPDATE users SET email = ? WHERE name = ?"))
		require.NoError(t, err)
		result, err := update.Exec(canary+"2", "n")
		require.NoError(t, err)
		n, err := result.RowsAffected()
		require.NoError(t, err)
		require.EqualValues(t, 3, n)
		literal, err := p.Prepare("SELECT email FROM users WHERE email = '" + canary + "2' AND id = 1")
		require.NoError(t, err)
		var email string
		require.NoError(t, literal.QueryRow().Scan(&email))
		require.Equal(t, canary+"2", email)
		pass, err := p.Prepare(p.SQL("SELECT ?"))
		require.NoError(t, err)
		require.NoError(t, pass.QueryRow("as it is").Scan(&email))
		require.Equal(t, "as it is", email)
		p.sealedBelow(t)
	})
}

func TestPreparedStatementsFollowTheIndexKeys(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		createUsers(t, db)
		live := keys.NewLive(celltest.Ring(t), nil)
		p := wrapped(t, db, newSchema(t, users()), live, nil)
		p.fill(t, 1)
		sel, err := p.Prepare(p.SQL("SELECT id FROM users WHERE email = ? AND age = ?"))
		require.NoError(t, err)
		var id int
		require.NoError(t, sel.QueryRow(canary, 1).Scan(&id))
		index, added, err := live.Ring().IndexKeys().Add()
		require.NoError(t, err)
		index, err = index.Promote(added)
		require.NoError(t, err)
		ring, err := live.Ring().WithIndexKeys(index)
		require.NoError(t, err)
		live.Swap(ring)
		require.NoError(t, sel.QueryRow(canary, 1).Scan(&id), "found under the old key")
		p.Run(t, "INSERT INTO users (id, email, age) VALUES (?, ?, ?)", 2, canary, 2)
		require.NoError(t, sel.QueryRow(canary, 2).Scan(&id), "found under the new one")
		require.Equal(t, 2, id)
		p.Scan(t, "SELECT COUNT(*) FROM users WHERE email IN (?, 'other')", []any{canary}, &id)
		require.Equal(t, 2, id)
	})
}
