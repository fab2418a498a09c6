package sqlcell_test

import (
	"context"
	"fmt"
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

// numbered adds users whose addresses sort the other way round than their ids.
func (p pool) numbered(t testing.TB, n int) {
	t.Helper()
	for id := range n {
		p.Run(t, "INSERT INTO users (id, email, ssn, name, age) VALUES (?, ?, ?, ?, ?)", id+1, fmt.Sprintf("%s%02d", canary, n-id), fmt.Sprint("s", id%3), fmt.Sprint("n", id%2), id)
	}
}

// list is the first column of a result, as text.
func (p pool) list(t testing.TB, text string, args ...any) (all []string) {
	t.Helper()
	rows, err := p.Query(p.SQL(text), args...)
	require.NoError(t, err, text)
	defer rows.Close()
	for rows.Next() {
		var v string
		require.NoError(t, rows.Scan(&v))
		all = append(all, strings.TrimPrefix(v, canary))
	}
	require.NoError(t, rows.Err())
	return all
}

func TestFinishedStatements(t *testing.T) {
	each(t, func(t *testing.T, p pool) {
		p.numbered(t, 9)
		require.Equal(t, []string{"9", "8"}, p.list(t, "SELECT id FROM users ORDER BY email LIMIT 2"))
		for _, c := range [][]int{{2, 0}, {1, 3}, {0, 0}, {100, 8}, {1, 100}} { // one plan, many executions
			want := []string(nil)
			for id := 9 - c[1]; id > 0 && len(want) < c[0]; id-- {
				want = append(want, fmt.Sprint(id))
			}
			require.Equal(t, want, p.list(t, "SELECT id FROM users ORDER BY email LIMIT ? OFFSET ?", c[0], c[1]))
		}
		require.Equal(t, []string{"06", "09", "05", "08", "07"}, p.list(t, "SELECT email FROM users WHERE id < ? ORDER BY ssn, email", 6))
		require.Equal(t, []string{"01", "02"}, p.list(t, "SELECT DISTINCT email FROM users ORDER BY email LIMIT 2"))
		require.Equal(t, []string{"3", "3", "3"}, p.list(t, "SELECT COUNT(*) FROM users GROUP BY ssn"))
	})
}

func TestFinishedInTheHandsOfDatabaseSQL(t *testing.T) {
	each(t, func(t *testing.T, p pool) {
		p.numbered(t, 9)
		st, err := p.Prepare(p.SQL("SELECT ssn, COUNT(*) AS n, MAX(email) FROM users WHERE age >= ? GROUP BY ssn ORDER BY ssn LIMIT ?"))
		require.NoError(t, err)
		defer st.Close()
		for range 2 {
			var ssn, most string
			var n int
			require.NoError(t, st.QueryRow(3, 1).Scan(&ssn, &n, &most))
			require.Equal(t, []any{"s0", 2, canary + "06"}, []any{ssn, n, most})
		}
		tx, err := p.Begin()
		require.NoError(t, err)
		_, err = tx.Exec(p.SQL("UPDATE users SET email = ? WHERE id = 5"), canary)
		require.NoError(t, err)
		var id int
		require.NoError(t, tx.QueryRow("SELECT id FROM users ORDER BY email LIMIT 1").Scan(&id))
		require.Equal(t, 5, id, "as the transaction sees it")
		rows, err := tx.Query("SELECT id, email FROM users ORDER BY email")
		require.NoError(t, err)
		require.True(t, rows.Next())
		require.NoError(t, rows.Close(), "before the end")
		require.NoError(t, tx.QueryRow("SELECT COUNT(DISTINCT email) FROM users").Scan(&id), "the connection goes on")
		require.Equal(t, 9, id)
		require.NoError(t, tx.Rollback())
		require.Equal(t, []string{"9"}, p.list(t, "SELECT id FROM users ORDER BY email LIMIT 1"))
		canceled, cancel := context.WithCancel(ctx)
		cancel()
		_, err = p.QueryContext(canceled, "SELECT id FROM users ORDER BY email")
		require.ErrorIs(t, err, context.Canceled)
		for _, bad := range []any{-1, "x", 1.5} {
			if p.Dialect == testdb.SQLite && bad == -1 { // no limit
				require.Len(t, p.list(t, "SELECT id FROM users ORDER BY email LIMIT ?", bad), 9)
				continue
			}
			_, err = p.Query(p.SQL("SELECT id FROM users ORDER BY email LIMIT ?"), bad)
			require.ErrorContains(t, err, "LIMIT and OFFSET take")
		}
		rows, err = p.Query("SELECT COUNT(email), email AS e, SUM(age) FROM users GROUP BY email")
		require.NoError(t, err)
		types, err := rows.ColumnTypes()
		require.NoError(t, err)
		require.Equal(t, "e", types[1].Name())
		require.Equal(t, "TEXT", types[1].DatabaseTypeName())
		require.Contains(t, []string{"INT8", "BIGINT", ""}, types[0].DatabaseTypeName())
		require.NoError(t, rows.Close())
		e, err := sqlcell.Explain(ctx, p.DB.DB, "SELECT id FROM users WHERE age > 3 ORDER BY email DESC LIMIT 2")
		require.NoError(t, err)
		require.Contains(t, e.String(), "then, here: order by users.email desc nulls")
		require.Contains(t, e.String(), ", limit 2")
		require.Equal(t, []string{"users.email"}, e.Opened)
		_, err = p.Exec("SELECT id FROM users ORDER BY email")
		require.NoError(t, err)
		p.sealedBelow(t)
	})
}

// A cell that was moved is no value to sort by, or to count.
func TestFinishedRowsAreOpened(t *testing.T) {
	each(t, func(t *testing.T, p pool) {
		p.numbered(t, 3)
		_, err := p.bare.Exec("UPDATE users SET email = (SELECT e FROM (SELECT email AS e FROM users WHERE id = 1) t) WHERE id = 2")
		require.NoError(t, err)
		for _, text := range []string{"SELECT id FROM users ORDER BY email", "SELECT COUNT(*) FROM users GROUP BY email", "SELECT COUNT(email), MAX(ssn) FROM users", "SELECT MIN(email) FROM users"} {
			rows, err := p.Query(text)
			var cell *ormhooks.CellError
			require.ErrorAs(t, err, &cell, text)
			require.Nil(t, rows)
			require.Equal(t, "email", cell.Column)
		}
		require.Len(t, p.list(t, "SELECT id FROM users ORDER BY ssn"), 3, "what is not asked for is not opened")
	})
}

// Short terms find false rows, which are gone before anything is counted or cut.
func TestShortTermsAreFinished(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		createUsers(t, db)
		table := users()
		table.Indexes = []*schema.Index{{Kind: "exact", Bits: 2, Columns: []search.Column{{Name: "email"}}}}
		p := wrapped(t, db, newSchema(t, table), celltest.Ring(t), nil)
		p.numbered(t, 24)
		for id := range 24 {
			email := fmt.Sprintf("%s%02d", canary, 24-id)
			require.Equal(t, []string{fmt.Sprint(id + 1)}, p.list(t, "SELECT id FROM users WHERE email = ? ORDER BY id LIMIT 1", email))
			require.Equal(t, []string{"1"}, p.list(t, "SELECT COUNT(*) FROM users WHERE email = ?", email))
			require.Equal(t, []string{fmt.Sprint(id)}, p.list(t, "SELECT SUM(age) FROM users WHERE email = ?", email))
		}
		require.Empty(t, p.list(t, "SELECT id FROM users WHERE email = ? LIMIT 3", canary))
		require.Equal(t, []string{"0"}, p.list(t, "SELECT COUNT(id) FROM users WHERE email = ?", canary))
	})
}
