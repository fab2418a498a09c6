package sqlcell

import (
	"context"
	"database/sql/driver"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/internal/door"
	"github.com/cellseal/cellseal/ormhooks/sqlcell/internal/below"
)

// conn is a wrapped connection.
type conn struct {
	below     below.Conn
	connector *connector
	session   *door.Session
	manual    bool // MySQL's autocommit is off: a transaction is always under way
	saved     int  // savepoints of SQLite's in a transaction that the first of them began, or more
}

var (
	_ driver.Conn               = (*conn)(nil)
	_ driver.ConnPrepareContext = (*conn)(nil)
	_ driver.ConnBeginTx        = (*conn)(nil)
	_ driver.ExecerContext      = (*conn)(nil)
	_ driver.QueryerContext     = (*conn)(nil)
	_ driver.NamedValueChecker  = (*conn)(nil)
	_ driver.Pinger             = (*conn)(nil)
	_ driver.SessionResetter    = (*conn)(nil)
	_ driver.Validator          = (*conn)(nil)
	_ door.Base                 = base{}
)

// CheckNamedValue implements driver.NamedValueChecker. It lets everything pass: what the
// driver would convert an argument to is asked when it is known whether the driver
// gets to see it.
func (c *conn) CheckNamedValue(*driver.NamedValue) error { return nil }

// ExecContext implements driver.ExecerContext.
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if query == probe {
		return driver.RowsAffected(0), nil
	}
	st, err := c.session.Statement(ctx, query)
	switch {
	case err != nil:
		return nil, err
	case st.Plan.Pass:
		result, err := c.below.Exec(ctx, query, args)
		c.passed(st, err)
		return result, err
	case st.Plan.Steps():
		return c.carry(ctx, st, args)
	}
	var result driver.Result
	err = c.session.Attempt(ctx, st, args, true, false, func(call *door.Call, _ *door.Statement) (err error) {
		result, err = c.below.Execute(ctx, call.Text, call.Args)
		return err
	})
	return result, err
}

// QueryContext implements driver.QueryerContext.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if query == probe {
		return probeAnswer(), nil
	}
	st, err := c.session.Statement(ctx, query)
	switch {
	case err != nil:
		return nil, err
	case st.Plan.Pass:
		rows, err := c.below.Query(ctx, query, args)
		c.passed(st, err)
		return rows, err
	case st.Plan.Steps():
		return c.carryRows(ctx, st, args)
	}
	var opened driver.Rows
	err = c.session.Attempt(ctx, st, args, true, true, func(call *door.Call, st *door.Statement) error {
		rows, closing, err := c.below.Rows(ctx, call.Text, call.Args)
		if err != nil {
			return err
		}
		opened, err = newRows(rows, closing, c.connector.door, st.Reader(ctx, call))
		return err
	})
	return opened, err
}

// carry carries out what takes several steps.
func (c *conn) carry(ctx context.Context, st *door.Statement, args []driver.NamedValue) (driver.Result, error) {
	done, err := c.session.Carry(ctx, st, args, false)
	switch {
	case err != nil:
		return nil, err
	case done.Result != nil:
		return done.Result, nil
	}
	return driver.RowsAffected(done.Affected), nil
}

func (c *conn) carryRows(ctx context.Context, st *door.Statement, args []driver.NamedValue) (driver.Rows, error) {
	done, err := c.session.Carry(ctx, st, args, true)
	if err != nil {
		return nil, err
	}
	return doneRows(done, c.connector.door), nil
}

// Close implements driver.Conn.
func (c *conn) Close() error { return c.below.Close() }

// Ping implements driver.Pinger.
func (c *conn) Ping(ctx context.Context) error {
	if p, ok := c.below.Conn.(driver.Pinger); ok {
		return p.Ping(ctx)
	}
	return nil
}

// ResetSession implements driver.SessionResetter.
func (c *conn) ResetSession(ctx context.Context) error {
	c.session.Ended()
	c.manual, c.saved = false, 0
	if r, ok := c.below.Conn.(driver.SessionResetter); ok {
		return r.ResetSession(ctx)
	}
	return nil
}

// IsValid implements driver.Validator.
func (c *conn) IsValid() bool {
	if v, ok := c.below.Conn.(driver.Validator); ok {
		return v.IsValid()
	}
	return true
}

// Exec implements door.Base.
func (c *conn) Exec(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	return c.below.Execute(ctx, text, args)
}

// Query implements door.Base.
func (c *conn) Query(ctx context.Context, text string, args []driver.NamedValue) (*door.Result, error) {
	return c.below.All(ctx, text, args)
}

// Answer implements door.Base.
func (c *conn) Answer(ctx context.Context, _ *door.Statement, _ int, text string, args []driver.NamedValue) (*door.Result, error) {
	return c.below.All(ctx, text, args)
}

// Catalogue implements door.Base.
func (c *conn) Catalogue(ctx context.Context, here bool, use func(catalog.Querier) error) error {
	over := c.below
	if !here {
		own, err := c.connector.base.Connect(ctx)
		if err != nil {
			return err
		}
		defer own.Close()
		over = below.Conn{Conn: own}
	}
	return use(func(ctx context.Context, query string, args ...any) ([][]any, error) {
		named := make([]driver.NamedValue, len(args))
		for i, a := range args {
			named[i] = driver.NamedValue{Ordinal: i + 1, Value: a}
		}
		result, err := over.All(ctx, query, named)
		if err != nil {
			return nil, err
		}
		rows := make([][]any, len(result.Rows))
		for i, row := range result.Rows {
			for _, v := range row {
				rows[i] = append(rows[i], v)
			}
		}
		return rows, nil
	})
}

// Below gives package reseal, by (*sql.Conn).Raw, the door and the connection under it.
func (c *conn) Below() (*door.Door, door.Base) { return c.connector.door, base{c} }

func (c *conn) isSQLite() bool { return c.connector.door.Dialect == sqltext.SQLite }
