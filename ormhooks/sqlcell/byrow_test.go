package sqlcell_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// Behind a source that gives single rows the door asks for the rows of a statement at once, and for no
// more of a result than is read.
func TestByRow(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		createUsers(t, db)
		source := celltest.NewByRow(celltest.Ring(t))
		p := wrapped(t, db, newSchema(t, users()), source, nil)
		asked := func(what string, times, rows int) {
			t.Helper()
			gotTimes, gotRows := source.Asked()
			require.Equal(t, []int{times, rows}, []int{gotTimes, gotRows}, what)
		}
		var values []string
		for i := range 1000 {
			values = append(values, fmt.Sprintf("(%d, '%s %d', '%s')", i+1, canary, i+1, canary))
		}
		p.Run(t, "INSERT INTO users (id, email, ssn) VALUES "+strings.Join(values, ", "))
		asked("an INSERT", 1, 1000)
		p.sealedBelow(t)

		local := wrapped(t, db, newSchema(t, users()), celltest.Ring(t), nil)
		var email string
		require.NoError(t, local.QueryRow("SELECT email FROM users WHERE id = 7").Scan(&email))
		require.Equal(t, canary+" 7", email)

		rows, err := p.Query("SELECT id, email, ssn FROM users ORDER BY id")
		require.NoError(t, err)
		n := 0
		for rows.Next() {
			var id int
			var ssn string
			require.NoError(t, rows.Scan(&id, &email, &ssn))
			n++
			require.Equal(t, []any{n, fmt.Sprintf("%s %d", canary, n), canary}, []any{id, email, ssn})
		}
		require.NoError(t, rows.Err())
		require.Equal(t, 1000, n)
		asked("a scan: 1, 10, 100, and 250 at a time", 7, 1000)

		require.NoError(t, p.QueryRow("SELECT email FROM users ORDER BY id").Scan(&email))
		asked("the first row alone", 1, 1)
		require.NoError(t, p.QueryRow("SELECT email FROM users WHERE email = '"+canary+" 500'").Scan(&email))
		asked("a look-up", 1, 1)
		require.NoError(t, p.QueryRow("SELECT count(*) FROM users").Scan(&n))
		asked("what opens nothing", 0, 0)
		p.Run(t, "UPDATE users SET email = 'x' WHERE id = 3")
		asked("an update", 1, 1)
		p.Run(t, "UPDATE users SET id = 5950 WHERE id = 950")
		asked("the row that was, and that is to be", 1, 2)
		require.NoError(t, local.QueryRow("SELECT email FROM users WHERE id = 5950").Scan(&email))
		require.Equal(t, canary+" 950", email)
		p.Run(t, "UPDATE users SET email = 'y' WHERE id > 900 AND id <= 940")
		asked("forty rows", 1, 40)

		source.Deny(&keys.DeniedError{Path: "t:users c:default", Capability: "cells"})
		require.ErrorAs(t, p.QueryRow("SELECT email FROM users").Scan(&email), new(*keys.DeniedError))
		_, err = p.Exec("INSERT INTO users (id, email) VALUES (9999, '" + canary + "')")
		require.ErrorAs(t, err, new(*keys.DeniedError))
	})
}

// A random row key is drawn once for a row, whose keys are asked for before it is sealed.
func TestRowKeysByRow(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		db.Run(t, "CREATE TABLE logs (id "+db.Types.Int+", line "+db.Types.Blob+", cellseal_row "+db.Types.Term+")")
		table := schema.Table{Name: "logs", Bind: schema.Binding{Kind: schema.BindRowKey}, Columns: []*schema.Column{
			{Name: "id", Type: "int"}, {Name: "line", Mode: schema.ModeSeal, Type: "text"}}}
		source := celltest.NewByRow(celltest.Ring(t))
		p := wrapped(t, db, newSchema(t, table), source, nil)
		p.Run(t, "INSERT INTO logs (id, line) VALUES (1, 'a'), (2, 'b'), (3, 'c')")
		times, rows := source.Asked()
		require.Equal(t, []int{1, 3}, []int{times, rows})
		local := wrapped(t, db, newSchema(t, table), celltest.Ring(t), nil)
		for _, through := range []pool{p, local} {
			var all []string
			found, err := through.Query("SELECT line FROM logs ORDER BY id")
			require.NoError(t, err)
			for found.Next() {
				var line string
				require.NoError(t, found.Scan(&line))
				all = append(all, line)
			}
			require.NoError(t, found.Err())
			require.Equal(t, []string{"a", "b", "c"}, all)
		}
	})
}
