package sqlcell

import (
	"context"
	"database/sql/driver"
	"errors"

	"github.com/cellseal/cellseal/ormhooks/internal/door"
	"github.com/cellseal/cellseal/ormhooks/sqlcell/internal/below"
)

// stmt is a prepared statement. What it becomes may change while it lives, with the index
// keys that are enabled or with the tables; it is then prepared anew.
type stmt struct {
	conn  *conn
	query string
	st    *door.Statement
	base  driver.Stmt // nil if the server has none
	text  string      // of base
	pass  bool        // arguments were checked as the driver does
}

var (
	_ driver.StmtExecContext   = (*stmt)(nil)
	_ driver.StmtQueryContext  = (*stmt)(nil)
	_ driver.NamedValueChecker = (*stmt)(nil)
)

// Prepare implements driver.Conn.
func (c *conn) Prepare(query string) (driver.Stmt, error) {
	return c.PrepareContext(context.Background(), query)
}

// PrepareContext implements driver.ConnPrepareContext.
func (c *conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	st, err := c.session.Statement(ctx, query)
	if err != nil {
		return nil, err
	}
	s := &stmt{conn: c, query: query, st: st, pass: st.Plan.Pass}
	switch {
	case st.Plan.Pass:
		err = s.prepare(ctx, query)
	case !st.Plan.Steps():
		err = c.session.Run(ctx, st, false, func() error { return s.prepare(ctx, st.Prepared()) })
		if err == nil {
			break
		}
		if again, ok := c.session.Failed(ctx, st, err); ok {
			s.st = again
			err = s.prepare(ctx, again.Prepared())
		}
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// prepare makes text what the server has prepared.
func (s *stmt) prepare(ctx context.Context, text string) error {
	if s.base != nil && s.text == text {
		return nil
	}
	next, err := s.conn.below.Prepare(ctx, text)
	if err != nil {
		return err
	}
	if s.base != nil {
		s.base.Close()
	}
	s.base, s.text = next, text
	return nil
}

// Close implements driver.Stmt.
func (s *stmt) Close() error {
	if s.base == nil {
		return nil
	}
	err := s.base.Close()
	s.base = nil
	return err
}

// NumInput implements driver.Stmt: the arguments that the caller gives, and not what
// becomes of them.
func (s *stmt) NumInput() int {
	if s.pass && s.base != nil {
		return s.base.NumInput()
	}
	return s.st.NumInput()
}

// CheckNamedValue implements driver.NamedValueChecker.
func (s *stmt) CheckNamedValue(nv *driver.NamedValue) error {
	if !s.pass || s.base == nil {
		return nil
	}
	return below.CheckerOf(s.conn.below.Conn, s.base).Check(nv)
}

var errNoContext = errors.New("cellseal: a statement is executed with a context here")

// Exec implements driver.Stmt.
func (s *stmt) Exec([]driver.Value) (driver.Result, error) { return nil, errNoContext }

// Query implements driver.Stmt.
func (s *stmt) Query([]driver.Value) (driver.Rows, error) { return nil, errNoContext }

// ExecContext implements driver.StmtExecContext.
func (s *stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (result driver.Result, err error) {
	if err := s.refresh(ctx); err != nil {
		return nil, err
	}
	if s.st.Plan.Steps() {
		return s.conn.carry(ctx, s.st, args)
	}
	err = s.run(ctx, args, func(_ *door.Call, args []driver.NamedValue) error {
		result, err = below.StmtExec(ctx, s.base, args)
		return err
	})
	return result, err
}

// QueryContext implements driver.StmtQueryContext.
func (s *stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (rows driver.Rows, err error) {
	if err := s.refresh(ctx); err != nil {
		return nil, err
	}
	if s.st.Plan.Steps() {
		return s.conn.carryRows(ctx, s.st, args)
	}
	err = s.run(ctx, args, func(call *door.Call, args []driver.NamedValue) error {
		if rows, err = below.StmtQuery(ctx, s.base, args); err != nil || call == nil {
			return err
		}
		rows, err = newRows(rows, nil, s.conn.connector.door, s.st.Reader(ctx, call))
		return err
	})
	if err != nil {
		return nil, err
	}
	return rows, nil
}

// refresh asks again what the statement becomes, which costs a look at the cache.
func (s *stmt) refresh(ctx context.Context) error {
	st, err := s.conn.session.Statement(ctx, s.query)
	if err == nil {
		s.st = st
	}
	return err
}

// run executes the prepared statement, prepared anew if need be.
func (s *stmt) run(ctx context.Context, args []driver.NamedValue, execute func(*door.Call, []driver.NamedValue) error) error {
	if s.st.Plan.Pass {
		return s.runPassing(ctx, args, execute)
	}
	return s.conn.session.Attempt(ctx, s.st, args, false, true, func(call *door.Call, st *door.Statement) error {
		s.st = st
		if err := s.prepare(ctx, call.Text); err != nil {
			return err
		}
		given, err := below.Checked(s.conn.below.Conn, s.base, call.Args)
		if err != nil {
			return err
		}
		return execute(call, given)
	})
}

func (s *stmt) runPassing(ctx context.Context, args []driver.NamedValue, execute func(*door.Call, []driver.NamedValue) error) error {
	err := s.prepare(ctx, s.query)
	if err == nil && !s.pass {
		args, err = below.Checked(s.conn.below.Conn, s.base, args)
	}
	if err == nil {
		err = execute(nil, args)
	}
	s.conn.passed(s.st, err)
	return err
}
