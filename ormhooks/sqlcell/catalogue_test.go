package sqlcell_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
)

func TestTablesMayBeMadeThroughTheDoor(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		p := wrapped(t, db, newSchema(t, users()), celltest.Ring(t), nil)
		createUsers(t, p.DB)
		p.fill(t, 1)
		require.Equal(t, []string{canary}, p.emails(t))
		p.Run(t, "ALTER TABLE users ADD COLUMN note "+p.Types.Text)
		rows, err := p.Query("SELECT * FROM users")
		require.NoError(t, err)
		columns, err := rows.Columns()
		require.NoError(t, err)
		require.NoError(t, rows.Close())
		require.Equal(t, []string{"id", "email", "ssn", "name", "age", "note"}, columns)
		p.sealedBelow(t)
	})
}

func TestTablesMayBeMadeInATransaction(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		p := wrapped(t, db, newSchema(t, users()), celltest.Ring(t), nil)
		tx, err := p.Begin()
		require.NoError(t, err)
		run := func(q string, args ...any) {
			t.Helper()
			_, err := tx.Exec(p.SQL(q), args...)
			require.NoError(t, err)
		}
		ty := db.Types
		run("CREATE TABLE users (id " + ty.Int + " PRIMARY KEY, email " + ty.Blob + ", ssn " + ty.Blob + ", ssn__tok " + ty.Term + ", email__eq " + ty.Term + ")")
		run("INSERT INTO users VALUES (?, ?, ?)", 1, canary, nil)
		var email string
		require.NoError(t, tx.QueryRow("SELECT email FROM users").Scan(&email))
		require.Equal(t, canary, email)
		require.NoError(t, tx.Commit())
		require.Equal(t, []string{canary}, p.emails(t))
		p.sealedBelow(t)
	})
}

func TestManyAtOnce(t *testing.T) {
	each(t, func(t *testing.T, p pool) {
		p.SetMaxOpenConns(4)
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				for j := range 5 {
					_, err := p.Exec(p.SQL("INSERT INTO users (id, email) VALUES (?, ?)"), 1+i*10+j, canary)
					assert.NoError(t, err)
					var email string
					assert.NoError(t, p.QueryRow(p.SQL("SELECT email FROM users WHERE id = ?"), 1+i*10+j).Scan(&email))
					assert.Equal(t, canary, email)
				}
			})
		}
		wg.Wait()
		p.sealedBelow(t)
	})
}

func TestTablesMayChangeBehindTheDoor(t *testing.T) {
	each(t, func(t *testing.T, p pool) {
		p.fill(t, 1)
		star := func() (columns []string) {
			rows, err := p.Query("SELECT * FROM users")
			if err != nil {
				return nil
			}
			defer rows.Close()
			columns, err = rows.Columns()
			require.NoError(t, err)
			return columns
		}
		require.Equal(t, []string{"id", "email", "ssn", "name", "age"}, star())
		p.below(t, "ALTER TABLE users DROP COLUMN age")
		require.Eventually(t, func() bool { return len(star()) == 4 }, 3*patience, patience/4, "the door reads anew what the server refuses")
		p.Run(t, "INSERT INTO users VALUES (?, ?, ?, ?)", 2, canary, canary, "n")
		p.sealedBelow(t)
	})
}

const patience = time.Second

func TestExplain(t *testing.T) {
	each(t, func(t *testing.T, p pool) {
		e, err := sqlcell.Explain(ctx, p.DB.DB, "UPDATE users SET email = 'new' WHERE email = '"+canary+"'")
		require.NoError(t, err)
		require.Equal(t, []string{"users.email"}, e.Sealed)
		require.Equal(t, []string{"users.email__eq"}, e.Sought)
		require.Empty(t, celltest.Found([]byte(e.String()), canary))
		e, err = sqlcell.Explain(ctx, p.DB.DB, "SELECT 1")
		require.NoError(t, err)
		require.True(t, e.Pass)
		_, err = sqlcell.Explain(ctx, p.DB.DB, "SELECT upper(email) FROM users")
		require.Error(t, err)
		_, err = sqlcell.Explain(ctx, p.bare, "SELECT 1")
		require.Error(t, err)
	})
}

// A deferred transaction of SQLite that has read may not write once somebody else has: the
// door must not be what reads.
func TestTransactionsBeginWithTheirWrite(t *testing.T) {
	db := testdb.OpenSQLite(t)
	createUsers(t, db)
	p := wrapped(t, db, newSchema(t, users()), celltest.Ring(t), &sqlcell.Options{Lease: time.Millisecond})
	for i := range 20 {
		tx, err := p.BeginTx(ctx, nil)
		require.NoError(t, err)
		time.Sleep(2 * time.Millisecond) // past the lease
		_, err = p.bare.Exec("INSERT INTO users (id, name) VALUES (?, 'another')", 100+i)
		require.NoError(t, err)
		_, err = tx.Exec("INSERT INTO users (id, email) VALUES (?, ?)", 1+i, canary)
		require.NoError(t, err)
		require.NoError(t, tx.Commit())
	}
}

func TestWhatIsRolledBackToASavepointIsForgotten(t *testing.T) {
	each(t, func(t *testing.T, p pool) {
		if p.Dialect == testdb.MySQL {
			return // which commits before it alters
		}
		tx, err := p.BeginTx(ctx, nil)
		require.NoError(t, err)
		defer tx.Rollback()
		for _, statement := range []string{"SAVEPOINT s", "ALTER TABLE users ADD COLUMN extra INTEGER", "INSERT INTO users VALUES (1, 'a', 'b', 'c', 5, 6)", "ROLLBACK TO s", "INSERT INTO users VALUES (1, 'a', 'b', 'c', 5)"} {
			_, err := tx.Exec(statement)
			require.NoError(t, err, statement)
		}
	})
}

// A program that asks before the migration ran is not refused for ever after.
func TestWhatWasRefusedIsAskedAgain(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		p := wrapped(t, db, newSchema(t, users()), celltest.Ring(t), nil)
		const all, column = "SELECT * FROM users", "SELECT age, email FROM users"
		_, err := p.Query(all)
		require.Error(t, err)
		ty := db.Types
		db.Run(t, "CREATE TABLE users (id "+ty.Int+" PRIMARY KEY, email "+ty.Blob+", ssn "+ty.Blob+", name "+ty.Text+", ssn__tok "+ty.Term+", email__eq "+ty.Term+")")
		require.Eventually(t, func() bool { return answers(p, all) }, 5*time.Second, 100*time.Millisecond)
		_, err = p.Query(column)
		require.Error(t, err)
		db.Run(t, "ALTER TABLE users ADD COLUMN age "+ty.Int)
		require.Eventually(t, func() bool { return answers(p, column) }, 5*time.Second, 100*time.Millisecond)
	})
}

func answers(p pool, query string) bool {
	rows, err := p.Query(query)
	if err != nil {
		return false
	}
	rows.Close()
	return true
}
