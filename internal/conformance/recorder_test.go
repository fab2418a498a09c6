package conformance

import (
	"bytes"
	"context"
	"database/sql/driver"
	"fmt"
	"sync"
)

// A recorder stands between the door and a driver, and keeps every text and every
// argument that comes down.
type recorder struct {
	base driver.Connector
	mu   sync.Mutex
	log  bytes.Buffer
}

// taken returns what was recorded since the last call.
func (r *recorder) taken() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := bytes.Clone(r.log.Bytes())
	r.log.Reset()
	return all
}

func (r *recorder) note(what, text string, args ...driver.NamedValue) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Fprintf(&r.log, "%s %s\n", what, text)
	for _, a := range args {
		switch v := a.Value.(type) {
		case []byte:
			r.log.Write(v)
		case string:
			r.log.WriteString(v)
		default:
			fmt.Fprintf(&r.log, "%v %+v", v, v)
		}
		r.log.WriteByte('\n')
	}
}

func (r *recorder) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := r.base.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &recordedConn{c, r}, nil
}

func (r *recorder) Driver() driver.Driver { return r.base.Driver() }

// recordedConn has every optional interface, with the answers of database/sql where its
// driver has none.
type recordedConn struct {
	driver.Conn
	r *recorder
}

func (c *recordedConn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	c.r.note("prepare", text)
	st, err := c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	return &recordedStmt{st, c}, nil
}

func (c *recordedConn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	c.r.note("exec", text, args...)
	return c.Conn.(driver.ExecerContext).ExecContext(ctx, text, args)
}

func (c *recordedConn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	c.r.note("query", text, args...)
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, text, args)
}

func (c *recordedConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	c.r.note("begin", "")
	return c.Conn.(driver.ConnBeginTx).BeginTx(ctx, o)
}

func (c *recordedConn) CheckNamedValue(nv *driver.NamedValue) error {
	c.r.note("check", "", *nv)
	if checker, ok := c.Conn.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(nv)
	}
	return driver.ErrSkip
}

func (c *recordedConn) Ping(ctx context.Context) error {
	if p, ok := c.Conn.(driver.Pinger); ok {
		return p.Ping(ctx)
	}
	return nil
}

func (c *recordedConn) ResetSession(ctx context.Context) error {
	if s, ok := c.Conn.(driver.SessionResetter); ok {
		return s.ResetSession(ctx)
	}
	return nil
}

func (c *recordedConn) IsValid() bool {
	if v, ok := c.Conn.(driver.Validator); ok {
		return v.IsValid()
	}
	return true
}

type recordedStmt struct {
	driver.Stmt
	c *recordedConn
}

func (s *recordedStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	s.c.r.note("exec prepared", "", args...)
	return s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
}

func (s *recordedStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	s.c.r.note("query prepared", "", args...)
	return s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
}

func (s *recordedStmt) CheckNamedValue(nv *driver.NamedValue) error {
	s.c.r.note("check", "", *nv)
	if checker, ok := s.Stmt.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(nv)
	}
	return driver.ErrSkip
}
