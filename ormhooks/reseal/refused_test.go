package reseal_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/reseal"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
)

var errCutOff = errors.New("the database is out of reach")

// cutOff makes no new connections once it is off.
type cutOff struct {
	driver.Connector
	off atomic.Bool
}

func (c *cutOff) Connect(ctx context.Context) (driver.Conn, error) {
	if c.off.Load() {
		return nil, errCutOff
	}
	return c.Connector.Connect(ctx)
}

func TestDuplicatesAreNamedByTheirKeys(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		create(t, db, accounts())
		now, _ := ring(t)
		p := newProcess(t, db, now, short, accounts())
		p.Run(t, insert, 1, "canary@example.com")
		next, key := added(t, now)
		o := &reseal.Options{Settle: short, Progress: func(g reseal.Progress) {
			if g.Stage == reseal.Announcing { // somebody takes the constraint away
				drop := "DROP INDEX accounts_email__eq"
				if db.Dialect == testdb.MySQL {
					drop += " ON accounts"
				}
				db.Run(t, drop)
				p.Run(t, insert, 7, "Canary@example.com")
				p.Run(t, insert, 8, "other@example.com")
			}
		}}
		require.NoError(t, reseal.PinUnique(ctx, p.DB.DB, "accounts", "email__eq", o))
		p.live.Swap(next)
		err := reseal.RotateUnique(ctx, p.DB.DB, "accounts", "email__eq", key, o)
		var dup *reseal.DuplicateError
		require.ErrorAs(t, err, &dup)
		require.Len(t, dup.Rows, 2)
		require.ErrorContains(t, err, "id=1; id=7")
		require.NotContains(t, err.Error(), "canary")

		o.Progress = nil
		p.Run(t, "DELETE FROM accounts WHERE id = 7")
		require.NoError(t, reseal.RotateUnique(ctx, p.DB.DB, "accounts", "email__eq", key, o))
		require.True(t, isDuplicate(p.try(insert, 9, "CANARY@example.com")))
		p.findsAll(t)
	})
}

func TestWhatIsRefusedBeforeAnythingChanges(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		create(t, db, accounts())
		now, first := ring(t)
		p := newProcess(t, db, now, short, accounts())
		p.Run(t, insert, 1, "a@example.com")
		o := &reseal.Options{Settle: short}
		rotate := func(key uint32) error {
			return reseal.RotateUnique(ctx, p.DB.DB, "accounts", "email__eq", key, o)
		}
		var index *reseal.IndexError
		require.ErrorIs(t, reseal.RotateUnique(ctx, db.DB, "accounts", "email__eq", 1, o), sqlcell.ErrNoDoor)
		require.ErrorAs(t, reseal.RotateUnique(ctx, p.DB.DB, "nobody", "email__eq", 1, o), &index)
		require.ErrorAs(t, reseal.RotateUnique(ctx, p.DB.DB, "accounts", "id", 1, o), &index)

		var unknown *keys.UnknownKeyError
		require.ErrorAs(t, rotate(12345), &unknown, "a key that the ring has not")
		next, key := added(t, now)
		more, other := added(t, next)
		p.live.Swap(more)
		require.ErrorContains(t, rotate(key), "Options.PresentKey", "one of three")
		o.PresentKey = other
		require.ErrorIs(t, rotate(key), ormhooks.ErrTerm, "a present key that is none")
		o.PresentKey = first
		require.NoError(t, reseal.PinUnique(ctx, p.DB.DB, "accounts", "email__eq", o))
		require.NoError(t, reseal.PinUnique(ctx, p.DB.DB, "accounts", "email__eq", o), "once more")

		dying, cancel := context.WithCancel(ctx)
		o.Progress = func(g reseal.Progress) {
			if g.Stage == reseal.Announcing {
				cancel()
			}
		}
		require.ErrorIs(t, reseal.RotateUnique(dying, p.DB.DB, "accounts", "email__eq", key, o), context.Canceled)
		require.ErrorContains(t, rotate(other), "finish that rotation first")

		// A term that somebody has moved to another row is not carried on.
		o.Progress = nil
		db.Run(t, "UPDATE accounts SET email__eq = ? WHERE id = 1", make([]byte, 32))
		var row *reseal.RowError
		require.ErrorAs(t, rotate(key), &row)
		require.Equal(t, "id=1", row.Row.String())
		require.ErrorIs(t, row, ormhooks.ErrTerm)
	})
}

func TestWithoutItsConstraintAnIndexIsNotMoved(t *testing.T) {
	db := testdb.OpenSQLite(t)
	create(t, db, accounts())
	db.Run(t, "DROP INDEX accounts_email__eq")
	now, _ := ring(t)
	now, key := added(t, now)
	p := newProcess(t, db, now, short, accounts())
	require.ErrorContains(t, reseal.RotateUnique(ctx, p.DB.DB, "accounts", "email__eq", key, &reseal.Options{Settle: short}), "no unique index on (email__eq)")
	db.Run(t, "DROP TABLE accounts")
	db.Run(t, "CREATE TABLE accounts (id INTEGER PRIMARY KEY, email BLOB, email__eq BLOB UNIQUE, cellseal_row BLOB)")
	require.ErrorContains(t, reseal.RotateUnique(ctx, p.DB.DB, "accounts", "email__eq", key, &reseal.Options{Settle: short}), "CREATE TABLE")
}

// TestOtherShapes: keys of several columns, tenants with keys of their own, a condition.
func TestOtherShapes(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		table := accounts()
		table.Scope = schema.Scope{Kind: "tenant", Column: "tenant_id"}
		table.Bind = schema.Binding{Kind: schema.BindColumns, Columns: []string{"tenant_id", "id"}}
		table.Columns = append(table.Columns, &schema.Column{Name: "tenant_id", Type: "varchar(20)"}, &schema.Column{Name: "gone", Type: "int", Nullable: true})
		table.Columns[1].Mode = schema.ModeToken
		x := table.Indexes[0]
		x.UniqueWith = []string{"tenant_id"}
		if db.Dialect != testdb.MySQL {
			x.UniqueWhere = "gone IS NULL"
		}
		create(t, db, table)
		now, _ := ring(t)
		p := newProcess(t, db, now, short, table)
		for i, tenant := range []string{"one", "one", "Two", "Two"} {
			p.Run(t, "INSERT INTO accounts (tenant_id, id, email) VALUES (?, ?, ?)", tenant, i+1, []string{"a@b", "c@d"}[i%2])
		}
		o := &reseal.Options{Settle: short, Batch: 1}
		require.NoError(t, reseal.PinUnique(ctx, p.DB.DB, "accounts", "email__eq", &reseal.Options{PresentKey: now.IndexKeys().Primary(), Settle: short}))
		next, key := added(t, now)
		p.live.Swap(next)
		require.NoError(t, reseal.RotateUnique(ctx, p.DB.DB, "accounts", "email__eq", key, o))
		p.live.Swap(without(t, next, now.IndexKeys().Primary(), key))
		of := ormhooks.WithScope(ctx, "tenant", "Two")
		var id int
		require.NoError(t, p.QueryRowContext(of, p.SQL("SELECT id FROM accounts WHERE tenant_id = ? AND email = ?"), "Two", "C@d").Scan(&id))
		require.Equal(t, 4, id)
		again := "INSERT INTO accounts (tenant_id, id, email, gone) VALUES (?, ?, ?, ?)"
		require.True(t, isDuplicate(p.try(again, "Two", 9, "A@b", nil)))
		require.NoError(t, p.try(again, "Three", 9, "A@b", nil))
		if db.Dialect != testdb.MySQL {
			require.NoError(t, p.try(again, "Two", 9, "A@b", 1))
		}
	})
}

// A process that does not keep to the lease writes without the new term for ever.
func TestAProcessThatKnowsOfNoPinsIsNoticed(t *testing.T) {
	db := testdb.OpenSQLite(t)
	create(t, db, accounts())
	now, _ := ring(t)
	p := newProcess(t, db, now, short, accounts())
	p.Run(t, insert, 1, "a@example.com")
	require.NoError(t, reseal.PinUnique(ctx, p.DB.DB, "accounts", "email__eq", &reseal.Options{Settle: short}))
	next, key := added(t, now)
	p.live.Swap(next)
	stale, n := newProcess(t, db, next, time.Hour, accounts()), 0
	write := func() {
		n--
		stale.Run(t, insert, n, fmt.Sprintf("%d@example.com", n))
	}
	write()
	o := &reseal.Options{Settle: short, Progress: func(g reseal.Progress) {
		if g.Rows > 0 {
			write()
		}
	}}
	var unsettled *reseal.UnsettledError
	require.ErrorAs(t, reseal.RotateUnique(ctx, p.DB.DB, "accounts", "email__eq", key, o), &unsettled)
	p.findsAll(t)
	stale.Close()
	o.Progress = nil
	require.NoError(t, reseal.RotateUnique(ctx, p.DB.DB, "accounts", "email__eq", key, o))
	p.findsAll(t)
}
