package sqlcell_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
)

// below changes the database behind the door's back.
func (p pool) below(t testing.TB, query string, args ...any) {
	t.Helper()
	b := p.DB
	b.DB = p.bare
	b.Run(t, query, args...)
}

func (p pool) queryErr(t testing.TB, query string, args ...any) error {
	t.Helper()
	rows, err := p.Query(p.SQL(query), args...)
	if err == nil {
		for rows.Next() {
			require.NoError(t, rows.Scan(new(any)))
		}
		err = rows.Err()
		rows.Close()
	}
	require.Error(t, err)
	require.Empty(t, celltest.Found([]byte(err.Error()), canary))
	return err
}

func TestWhoCanWriteTheTableCannotPassCellsOff(t *testing.T) {
	each(t, func(t *testing.T, p pool) {
		p.fill(t, 2)
		p.Run(t, "INSERT INTO users (id, email) VALUES (3, ?)", canary+"3")
		steal := "UPDATE users SET email = (SELECT u.email FROM (SELECT * FROM users) u WHERE u.id = 1) WHERE id = 2"
		p.below(t, steal)
		var bad *ormhooks.CellError
		require.ErrorAs(t, p.queryErr(t, "SELECT email FROM users ORDER BY id"), &bad)
		require.ErrorIs(t, bad, cell.ErrDecrypt)
		require.Equal(t, "users", bad.Table)
		require.Equal(t, "email", bad.Column)
		require.Equal(t, 1, bad.Row)
		require.NotZero(t, bad.KeyID)
		p.below(t, "UPDATE users SET email = ? WHERE id = 2", []byte("plaintext"))
		require.ErrorAs(t, p.queryErr(t, "SELECT email FROM users WHERE id = 2"), &bad)

		p.below(t, "UPDATE users SET email__eq = (SELECT u.email__eq FROM (SELECT * FROM users) u WHERE u.id = 1) WHERE id = 3")
		require.ErrorIs(t, p.queryErr(t, "SELECT email FROM users WHERE email = ? AND id = 3", canary), ormhooks.ErrTerm)
	})
}

func TestPlaintextIsLetThroughOnlyWhereThatIsAskedFor(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		createUsers(t, db)
		var seen []sqlcell.Event
		p := wrapped(t, db, newSchema(t, users()), celltest.Ring(t), &sqlcell.Options{
			Permissive: true, Observer: func(e sqlcell.Event) { seen = append(seen, e) },
		})
		p.fill(t, 1)
		p.below(t, "INSERT INTO users (id, email) VALUES (2, ?)", []byte("old"))
		require.Equal(t, []string{canary, "old"}, p.emails(t))
		require.Equal(t, []sqlcell.Event{{Kind: sqlcell.Permitted, Table: "users", Column: "email"}}, seen)
	})
}

func TestErrorsShowNoValues(t *testing.T) {
	each(t, func(t *testing.T, p pool) {
		p.fill(t, 1)
		for _, q := range []string{
			"INSERT INTO users (id, email) VALUES (1, '" + canary + "')",
			"INSERT INTO users (id, email) VALUES (0, '" + canary + "')",
			"SELECT * FROM users WHERE email LIKE '" + canary + "'",
			"SELECT * FROM users WHERE email = '" + canary + "' AND",
			"SELECT * FROM users WHERE email = lower('" + canary + "')",
			"INSERT INTO users (id, email) SELECT 5, '" + canary + "' FROM other",
		} {
			_, err := p.Exec(q)
			require.Error(t, err, q)
			require.Empty(t, celltest.Found([]byte(err.Error()), canary), q)
		}
		for _, args := range [][]any{{nil, canary}, {"x" + canary, canary}, {1, struct{ s string }{canary}}, {2, make(chan int)}} {
			_, err := p.Exec(p.SQL("INSERT INTO users (id, email) VALUES (?, ?)"), args...)
			require.Error(t, err)
			require.Empty(t, celltest.Found([]byte(err.Error()), canary))
		}
		p.sealedBelow(t)
	})
}
