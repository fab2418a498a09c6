package sqlcell_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks/celltest"
)

// Transactions that only write wait for one another in SQLite, as they do without the wrapper, though it reads for
// them: of those that read first, and find that another has written since, it refuses one at once.
func TestWritersWaitForOneAnother(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		if db.Dialect != testdb.SQLite {
			t.Skip("the others lock rows")
		}
		p := wrapped(t, db, newSchema(t, readings()), celltest.Ring(t), nil)
		p.create(t, readings())
		var all sync.WaitGroup
		for g := range 4 {
			all.Go(func() {
				for i := range 40 {
					tx, err := p.Begin()
					if !assert.NoError(t, err) {
						return
					}
					defer tx.Rollback()
					id := 1 + g*1000 + i
					_, err = tx.Exec("INSERT INTO docs (id, years) VALUES (?, ?)", id, i)
					assert.NoError(t, err)
					_, err = tx.Exec("UPDATE docs SET years = ? WHERE years = ? AND id = ?", i+1, i, id)
					assert.NoError(t, err)
					assert.NoError(t, tx.Commit())
				}
			})
		}
		all.Wait()
		var n int
		require.NoError(t, p.QueryRow("SELECT COUNT(*) FROM docs WHERE years > 0").Scan(&n))
		require.Equal(t, 160, n)
	})
}
