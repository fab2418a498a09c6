package sqlcell

import (
	"context"
	"database/sql/driver"
	"slices"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/door"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
)

// tx tells the session when a transaction is over.
type tx struct {
	driver.Tx
	conn *conn
}

// Begin implements driver.Conn.
func (c *conn) Begin() (driver.Tx, error) {
	return c.BeginTx(context.Background(), driver.TxOptions{})
}

// BeginTx implements driver.ConnBeginTx.
func (c *conn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	if err := c.session.Beginning(ctx); err != nil {
		return nil, err
	}
	base, err := c.below.Begin(ctx, o)
	if err != nil {
		return nil, err
	}
	c.session.Begun()
	return tx{base, c}, nil
}

// Commit implements driver.Tx.
func (t tx) Commit() error {
	err := t.Tx.Commit()
	t.conn.ended()
	return err
}

// Rollback implements driver.Tx.
func (t tx) Rollback() error {
	err := t.Tx.Rollback()
	t.conn.ended()
	return err
}

func (c *conn) ended() {
	c.session.Ended()
	c.saved = 0
	if c.manual {
		c.session.Begun()
	}
}

// passed notes what a statement that passed has done to the session: tables that changed,
// and transactions that were begun or ended by hand.
func (c *conn) passed(st *door.Statement, err error) {
	if err != nil {
		if c.connector.door.Dialect == sqltext.PostgreSQL && slices.Contains(st.Plan.Effects, plan.Ends) {
			c.ended() // a COMMIT that fails has rolled back
		}
		return
	}
	c.session.Passed(st)
	for _, e := range st.Plan.Effects {
		switch e {
		case plan.Begins:
			c.session.Begun()
		case plan.Ends:
			c.ended()
		case plan.Undoes:
			c.session.Undone()
		case plan.Saves:
			if c.saved > 0 || !c.session.InTx() {
				c.saved++
			}
			c.session.Begun()
		case plan.Releases:
			if c.saved--; c.saved == 0 {
				c.ended()
			}
			c.saved = max(c.saved, 0)
		case plan.Manual: // until the session is reset: to take it for on again would risk a commit
			c.manual = true
			c.session.Begun()
		}
	}
}

// base is a connection as package door needs it.
type base struct{ *conn }

// Begin implements door.Base. SQLite is to take its lock for writing at once, for it cannot do
// so after another has written.
func (b base) Begin(ctx context.Context, inside bool) (end func(commit bool) error, err error) {
	ctx = context.WithoutCancel(ctx) // or it could not be rolled back any more
	if b.connector.door.Dialect == sqltext.MySQL {
		inside = b.inTransaction(ctx, inside)
	}
	switch {
	case inside:
		return b.byHand(ctx, "SAVEPOINT cellseal_each", "RELEASE SAVEPOINT cellseal_each", "ROLLBACK TO SAVEPOINT cellseal_each")
	case b.isSQLite():
		return b.byHand(ctx, "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")
	}
	t, err := b.below.Begin(ctx, driver.TxOptions{})
	if err != nil {
		return nil, err
	}
	return func(commit bool) error {
		if commit {
			return t.Commit()
		}
		return t.Rollback()
	}, nil
}

// inTransaction asks MariaDB, which knows: much begins or ends a transaction there, also inside
// of blocks and after errors, and to begin another commits the application's. MySQL does not
// say, and supposed holds.
func (b base) inTransaction(ctx context.Context, supposed bool) bool {
	result, err := b.Query(ctx, "SELECT CAST(@@in_transaction AS CHAR), CAST(@@autocommit AS CHAR)", nil)
	if err != nil || len(result.Rows) != 1 {
		return supposed
	}
	return asText(result.Rows[0][0]) == "1" || asText(result.Rows[0][1]) == "0"
}

func (b base) byHand(ctx context.Context, begin, commit, rollback string) (func(bool) error, error) {
	if _, err := b.below.Execute(ctx, begin, nil); err != nil {
		return nil, err
	}
	return func(whole bool) error {
		if whole {
			_, err := b.below.Execute(ctx, commit, nil)
			if err == nil {
				return nil
			}
			b.below.Execute(ctx, rollback, nil) // a COMMIT that found the database busy has ended nothing
			return err
		}
		_, err := b.below.Execute(ctx, rollback, nil)
		return err
	}, nil
}
