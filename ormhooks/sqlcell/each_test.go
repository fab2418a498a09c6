package sqlcell_test

import (
	"database/sql"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/internal/testdb"
)

func (p pool) fill(t testing.TB, n int) {
	t.Helper()
	for i := 1; i <= n; i++ {
		p.Run(t, "INSERT INTO users (id, email, ssn, name, age) VALUES (?, ?, ?, ?, ?)", i, canary, nil, "n", i)
	}
}

func (p pool) emails(t testing.TB) (all []string) {
	t.Helper()
	rows, err := p.Query("SELECT email FROM users ORDER BY id")
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var s string
		require.NoError(t, rows.Scan(&s))
		all = append(all, s)
	}
	require.NoError(t, rows.Err())
	return all
}

func TestAnUpdateOfManyRowsGoesRowByRow(t *testing.T) {
	each(t, func(t *testing.T, p pool) {
		p.fill(t, 3)
		result, err := p.Exec(p.SQL("UPDATE users SET email = ?, ssn = ? WHERE age >= ? AND name = 'n'"), canary+"x", canary, 2)
		require.NoError(t, err)
		n, err := result.RowsAffected()
		require.NoError(t, err)
		require.EqualValues(t, 2, n)
		require.Equal(t, []string{canary, canary + "x", canary + "x"}, p.emails(t))
		p.sealedBelow(t)
	})
}

func TestRowByRowKeepsToTheTransactionThatIsUnderWay(t *testing.T) {
	each(t, func(t *testing.T, p pool) {
		p.fill(t, 2)
		for name, begin := range map[string]func() (exec func(string, ...any) error, rollback func() error){
			"BeginTx": func() (func(string, ...any) error, func() error) {
				tx, err := p.Begin()
				require.NoError(t, err)
				return func(q string, a ...any) error { _, err := tx.Exec(p.SQL(q), a...); return err }, tx.Rollback
			},
			"BEGIN": func() (func(string, ...any) error, func() error) {
				c, err := p.Conn(ctx)
				require.NoError(t, err)
				run := func(q string, a ...any) error { _, err := c.ExecContext(ctx, p.SQL(q), a...); return err }
				require.NoError(t, run("/* by hand */ BEGIN"))
				return run, func() error { defer c.Close(); return run("ROLLBACK") }
			},
		} {
			exec, rollback := begin()
			require.NoError(t, exec("UPDATE users SET email = ? WHERE name = ?", "other", "n"), name)
			require.NoError(t, rollback(), name)
			require.Equal(t, []string{canary, canary}, p.emails(t), name)
		}
	})
}

func TestRowByRowIsAllOrNothing(t *testing.T) {
	each(t, func(t *testing.T, p pool) {
		p.fill(t, 3)
		p.below(t, "CREATE UNIQUE INDEX ages ON users (age)")
		update := p.SQL("UPDATE users SET email = ?, age = 100 WHERE name = ?")
		_, err := p.Exec(update, "other", "n")
		require.Error(t, err, "the second row has the age of the first")
		require.Equal(t, []string{canary, canary, canary}, p.emails(t))
		if p.Dialect == testdb.Postgres {
			return // there the whole transaction is lost, as ever
		}
		tx, err := p.Begin()
		require.NoError(t, err)
		_, err = tx.Exec(p.SQL("UPDATE users SET email = ? WHERE id = ?"), "mine", 3)
		require.NoError(t, err)
		_, err = tx.Exec(update, "other", "n")
		require.Error(t, err)
		require.NoError(t, tx.Commit())
		require.Equal(t, []string{canary, canary, "mine"}, p.emails(t))
	})
}

func TestRowByRowReturnsRows(t *testing.T) {
	each(t, func(t *testing.T, p pool) {
		if p.Dialect == testdb.MySQL {
			return
		}
		p.fill(t, 3)
		for name, want := range map[string]int{"n": 3, "nobody": 0} {
			rows, err := p.Query(p.SQL("UPDATE users SET email = ? WHERE name = ? RETURNING id, email AS e"), canary+"y", name)
			require.NoError(t, err)
			columns, err := rows.Columns()
			require.NoError(t, err)
			require.Equal(t, []string{"id", "e"}, columns)
			n := 0
			for ; rows.Next(); n++ {
				var id int
				var email string
				require.NoError(t, rows.Scan(&id, &email))
				require.Equal(t, canary+"y", email)
			}
			require.NoError(t, rows.Err())
			require.Equal(t, want, n)
		}
	})
}

// An error may be the door's own, of which no server knows: a row that does not open. What was done
// before it is undone, and the transaction goes on.
func TestRowByRowIsUndoneWhenARowDoesNotOpen(t *testing.T) {
	each(t, func(t *testing.T, p pool) {
		if p.Dialect == testdb.MySQL {
			return // an UPDATE returns no rows there
		}
		p.fill(t, 3)
		p.Run(t, "UPDATE users SET ssn = '1' WHERE id = 2")
		_, err := p.bare.Exec("UPDATE users SET ssn__tok = ssn WHERE id = 2")
		require.NoError(t, err)
		tx, err := p.Begin()
		require.NoError(t, err)
		rows, err := tx.Query("UPDATE users SET email = 'new' WHERE name = 'n' RETURNING id, ssn")
		if err == nil {
			for rows.Next() {
			}
			err = rows.Err()
			rows.Close()
		}
		require.ErrorIs(t, err, cell.ErrDecrypt)
		_, err = tx.Exec("UPDATE users SET name = 'still' WHERE id = 3")
		require.NoError(t, err)
		require.NoError(t, tx.Commit())
		require.Equal(t, []string{canary, canary, canary}, p.emails(t))
	})
}

func TestABoundColumnChangesByResealing(t *testing.T) {
	each(t, func(t *testing.T, p pool) {
		p.fill(t, 2)
		p.Run(t, "UPDATE users SET ssn = ? WHERE id = ?", canary, 2)
		p.Run(t, "UPDATE users SET id = ? WHERE id = ?", 7, 2)
		var email, ssn string
		p.Scan(t, "SELECT email, ssn FROM users WHERE id = 7 AND email = ?", []any{canary}, &email, &ssn)
		require.Equal(t, canary, email)
		require.Equal(t, canary, ssn)
	})
}

func TestUpsert(t *testing.T) {
	each(t, func(t *testing.T, p pool) {
		p.fill(t, 1)
		q := "INSERT INTO users (id, email) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET email = excluded.email"
		if p.Dialect == testdb.MySQL {
			q = "INSERT INTO users (id, email) VALUES (?, ?) ON DUPLICATE KEY UPDATE email = VALUES(email)"
		}
		p.Run(t, q, 1, canary+"z")
		p.Run(t, q, 2, canary)
		require.Equal(t, []string{canary + "z", canary}, p.emails(t))
		var id int
		p.Scan(t, "SELECT id FROM users WHERE email = ?", []any{canary + "Z"}, &id)
		require.Equal(t, 1, id)
		p.sealedBelow(t)
	})
}

func TestNullIsNull(t *testing.T) {
	each(t, func(t *testing.T, p pool) {
		p.Run(t, "INSERT INTO users (id, email, ssn) VALUES (?, ?, NULL)", 1, nil)
		var email, ssn sql.NullString
		p.Scan(t, "SELECT email, ssn FROM users WHERE email IS NULL", nil, &email, &ssn)
		require.False(t, email.Valid)
		require.False(t, ssn.Valid)
		rows, err := p.Query(p.SQL("SELECT id FROM users WHERE email = ?"), nil)
		require.NoError(t, err)
		require.False(t, rows.Next(), "nothing equals NULL")
		require.NoError(t, rows.Close())
		p.Run(t, "UPDATE users SET email = COALESCE(?, email) WHERE id = 1", canary)
		p.Run(t, "UPDATE users SET email = COALESCE(?, email) WHERE id = 1", nil)
		p.Scan(t, "SELECT email FROM users WHERE email = ?", []any{canary}, &email)
		require.Equal(t, canary, email.String)
	})
}

// A transaction that was begun by hand, in whatever way, is the caller's to end.
func TestRowByRowInATransactionByHand(t *testing.T) {
	each(t, func(t *testing.T, p pool) {
		for _, begin := range map[string][][]string{
			testdb.Postgres: {{"BEGIN"}, {"/* /* */ */ BEGIN"}, {"BEGIN", "COMMIT AND CHAIN"}, {"START TRANSACTION"}, {"BEGIN", "CREATE TEMPORARY TABLE scratch (a INT)"}},
			testdb.MySQL: {{"BEGIN"}, {"# c\nSTART TRANSACTION"}, {"BEGIN", "ROLLBACK AND CHAIN"}, {"SAVEPOINT s", "BEGIN"},
				{"BEGIN", "CREATE TEMPORARY TABLE scratch (a INT)", "DROP TEMPORARY TABLE scratch"}, {"BEGIN", "CREATE OR REPLACE TEMPORARY TABLE scratch (a INT)"}, {"BEGIN", "CREATE TABLE committed (temporary INT)", "DROP TABLE committed", "BEGIN"},
				{"BEGIN", "BEGIN NOT ATOMIC SET @x = 1; END"}, {"IF 1 THEN START TRANSACTION; END IF"}, {"BEGIN", "COMMIT AND CHAIN NO RELEASE"}, {"BEGIN", "FLUSH TABLES", "BEGIN"}},
			testdb.SQLite: {{"BEGIN"}, {"-- c\nBEGIN IMMEDIATE"}, {"SAVEPOINT s"}, {"SAVEPOINT a", "SAVEPOINT b", "RELEASE b"}, {"SAVEPOINT a", "RELEASE a", "BEGIN"}, {"BEGIN", "SAVEPOINT a", "RELEASE a"}, {"BEGIN", "CREATE TEMPORARY TABLE scratch (a INT)"}},
		}[p.Dialect] {
			c, err := p.DB.Conn(ctx)
			require.NoError(t, err)
			_, err = c.ExecContext(ctx, "DELETE FROM users")
			require.NoError(t, err)
			_, err = c.ExecContext(ctx, "INSERT INTO users (id, age, email) VALUES (1, 3, 'old')")
			require.NoError(t, err)
			for _, statement := range append(begin, "UPDATE users SET email = 'new' WHERE age = 3", "ROLLBACK") {
				_, err = c.ExecContext(ctx, statement)
				require.NoError(t, err, "%v: %s", begin, statement)
			}
			var email string
			require.NoError(t, c.QueryRowContext(ctx, "SELECT email FROM users WHERE id = 1").Scan(&email))
			require.Equal(t, "old", email, "%v", begin)
			require.NoError(t, c.Close())
		}
	})
}

func TestRowByRowReturnsPlainColumns(t *testing.T) {
	each(t, func(t *testing.T, p pool) {
		if p.Dialect == testdb.MySQL {
			return // MariaDB's UPDATE returns nothing
		}
		p.Run(t, "INSERT INTO users (id, age, email) VALUES (1, 3, 'a'), (2, 3, 'b')")
		rows, err := p.Query("UPDATE users SET email = 'r' WHERE age = 3 RETURNING id, age")
		require.NoError(t, err)
		defer rows.Close()
		n := 0
		for rows.Next() {
			var id, age int
			require.NoError(t, rows.Scan(&id, &age))
			n += id
		}
		require.NoError(t, rows.Err())
		require.Equal(t, 3, n)
	})
}
