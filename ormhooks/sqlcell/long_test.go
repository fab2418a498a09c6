package sqlcell_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks"
)

// A long result comes in order, fails at the row that does not open, and lets a reader go that has
// had enough.
func TestLongResults(t *testing.T) {
	const n = 500
	each(t, func(t *testing.T, p pool) {
		tx, err := p.BeginTx(ctx, nil)
		require.NoError(t, err)
		for i := 1; i <= n; i++ {
			var email any
			if i%7 != 0 {
				email = fmt.Sprint(canary, i)
			}
			_, err := tx.Exec(p.SQL("INSERT INTO users (id, email, ssn, name) VALUES (?, ?, ?, ?)"), i, email, fmt.Sprint("ssn", i), fmt.Sprint("n", i))
			require.NoError(t, err)
		}
		require.NoError(t, tx.Commit())

		read := func(stop int) (got int, err error) {
			rows, err := p.Query("SELECT id, email, ssn, name FROM users ORDER BY id")
			require.NoError(t, err)
			defer rows.Close()
			for rows.Next() && got < stop {
				var id int
				var email *string
				var ssn, name string
				require.NoError(t, rows.Scan(&id, &email, &ssn, &name))
				got++
				require.Equal(t, got, id)
				require.Equal(t, fmt.Sprint("ssn", id), ssn)
				require.Equal(t, fmt.Sprint("n", id), name)
				require.Equal(t, id%7 == 0, email == nil)
				if email != nil {
					require.Equal(t, fmt.Sprint(canary, id), *email)
				}
			}
			return got, rows.Err()
		}
		got, err := read(n)
		require.NoError(t, err)
		require.Equal(t, n, got)
		for _, stop := range []int{1, 31, 32, 33, 95, 96, 97, 200} {
			got, err = read(stop)
			require.NoError(t, err)
			require.Equal(t, stop, got)
		}

		for _, bad := range []int{20, 33, 300} {
			p.below(t, "UPDATE users SET ssn__tok = (SELECT u.ssn__tok FROM (SELECT * FROM users) u WHERE u.id = ?) WHERE id = ?", bad+1, bad)
			got, err = read(n)
			var cell *ormhooks.CellError
			require.ErrorAs(t, err, &cell)
			require.Equal(t, bad-1, got, "the rows before it are delivered")
			require.Equal(t, bad-1, cell.Row)
			p.Run(t, "UPDATE users SET ssn = ? WHERE id = ?", fmt.Sprint("ssn", bad), bad)
		}
		got, err = read(n)
		require.NoError(t, err)
		require.Equal(t, n, got)
	})
}
