package reseal_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks/reseal"
)

// short is for tests in which nothing else happens meanwhile.
const short = 20 * time.Millisecond

func TestARotationThatDiedGoesOnWhereItWas(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		create(t, db, accounts())
		now, was := ring(t)
		p := newProcess(t, db, now, short, accounts())
		n := 0
		write := func() {
			n++
			p.Run(t, insert, n, fmt.Sprintf("%d@example.com", n))
			require.True(t, isDuplicate(p.try(insert, -n, fmt.Sprintf("%d@Example.com", n))))
		}
		for range 5 {
			write()
		}
		require.NoError(t, reseal.PinUnique(ctx, p.DB.DB, "accounts", "email__eq", &reseal.Options{Settle: short}))
		for _, old := range []reseal.Old{reseal.Clear, reseal.Drop} {
			next, key := added(t, now)
			p.live.Swap(next)
			o := &reseal.Options{Settle: short, Batch: 3, Old: old}
			for _, dies := range []reseal.Stage{
				reseal.Preparing, reseal.Announcing, reseal.Filling, reseal.Indexing, reseal.Verifying, reseal.Settling, reseal.Switching, reseal.Retiring, reseal.Dropping,
			} {
				if old == reseal.Drop {
					break // from email__eq2 back to email__eq in one go
				}
				dying, cancel := context.WithCancel(ctx)
				o.Progress = func(p reseal.Progress) {
					if p.Stage == dies {
						cancel()
					}
				}
				err := reseal.RotateUnique(dying, p.DB.DB, "accounts", "email__eq", key, o)
				require.ErrorIs(t, err, context.Canceled, "%s", dies)
				write()
				p.Run(t, "UPDATE accounts SET email = ? WHERE id = ?", fmt.Sprintf("moved-%s@example.com", dies), n)
				write()
				p.findsAll(t)
			}
			o.Progress = nil
			require.NoError(t, reseal.RotateUnique(ctx, p.DB.DB, "accounts", "email__eq", key, o))
			require.NoError(t, reseal.RotateUnique(ctx, p.DB.DB, "accounts", "email__eq", key, o), "once more")
			now = without(t, next, was, key)
			p.live.Swap(now)
			was = key
			time.Sleep(short)
			p.findsAll(t)
			write()
			require.Len(t, p.all(t), n)
		}
		_, err := db.Exec("SELECT email__eq2 FROM accounts")
		require.Error(t, err, "it was dropped")
		columns, err := p.Query("SELECT * FROM accounts")
		require.NoError(t, err)
		defer columns.Close()
		names, err := columns.Columns()
		require.NoError(t, err)
		require.Equal(t, []string{"id", "email"}, names, "whatever a rotation has left is hidden")
	})
}

// A process that cannot read its pins any more must not go on as if they were the old ones.
func TestWithoutItsPinsAProcessRefuses(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		if db.Dialect == testdb.SQLite {
			return // it reads them over the connection that it has
		}
		create(t, db, accounts())
		now, _ := ring(t)
		cut := &cutOff{Connector: db.Connector}
		db.Connector = cut
		p := newProcess(t, db, now, lease, accounts())
		p.Run(t, insert, 1, "a@example.com")
		c, err := p.Conn(ctx)
		require.NoError(t, err)
		defer c.Close()
		cut.off.Store(true)
		time.Sleep(lease)
		for _, q := range []string{
			"INSERT INTO accounts (id, email) VALUES (2, 'b@example.com')", "UPDATE accounts SET email = NULL WHERE id = 1",
			"SELECT id FROM accounts WHERE email = 'a@example.com'", "DELETE FROM accounts WHERE email = 'a@example.com'",
			"SELECT a.id FROM accounts a JOIN accounts b ON a.email = b.email",
		} {
			_, err := c.ExecContext(ctx, q)
			require.ErrorIs(t, err, errCutOff, q)
		}
		_, err = c.ExecContext(ctx, "DELETE FROM accounts WHERE id = 1")
		require.NoError(t, err, "it needs no pins")
	})
}
