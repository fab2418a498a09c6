package sqlcell_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
)

// fake is a driver that notes what reaches it, and answers as it is told.
type fake struct {
	log      []call
	skip     bool // Exec and Query answer ErrSkip
	fail     func(text string) error
	check    func(nv *driver.NamedValue) error
	resets   int
	invalid  bool
	rows     func(text string) driver.Rows
	numInput int
	begun    []string
	real     driver.Conn // has the tables
}

type call struct {
	how, text string
	args      []any
}

func (f *fake) note(how, text string, args []driver.NamedValue) error {
	c := call{how: how, text: text}
	for _, a := range args {
		c.args = append(c.args, a.Value)
	}
	f.log = append(f.log, c)
	if f.fail != nil {
		return f.fail(text)
	}
	return nil
}

func (f *fake) Connect(context.Context) (driver.Conn, error) {
	if f.check != nil {
		return checkingConn{fakeConn{f}}, nil
	}
	return fakeConn{f}, nil
}
func (f *fake) Driver() driver.Driver { return nil }

type fakeConn struct{ *fake }

func (c fakeConn) Prepare(text string) (driver.Stmt, error) {
	return fakeStmt{c.fake, text}, c.note("prepare", text, nil)
}
func (c fakeConn) Close() error              { return nil }
func (c fakeConn) Begin() (driver.Tx, error) { return nil, errors.New("Begin without a context") }
func (c fakeConn) BeginTx(_ context.Context, o driver.TxOptions) (driver.Tx, error) {
	c.begun = append(c.begun, "begin")
	return fakeTx(c), nil
}
func (c fakeConn) Ping(context.Context) error { return c.note("ping", "", nil) }
func (c fakeConn) ResetSession(context.Context) error {
	c.resets++
	return nil
}
func (c fakeConn) IsValid() bool { return !c.invalid }
func (c fakeConn) ExecContext(_ context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	if c.skip && len(args) > 0 {
		return nil, driver.ErrSkip
	}
	return driver.RowsAffected(1), c.note("exec", text, args)
}
func (c fakeConn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	if lower := strings.ToLower(text); strings.Contains(lower, "pragma") || strings.Contains(lower, "sqlite_") { // the door reads the catalogue
		return c.real.(driver.QueryerContext).QueryContext(ctx, text, args)
	}
	if c.skip && len(args) > 0 {
		return nil, driver.ErrSkip
	}
	if err := c.note("query", text, args); err != nil {
		return nil, err
	}
	return c.answer(text), nil
}

func (f *fake) answer(text string) driver.Rows {
	if f.rows != nil {
		if rows := f.rows(text); rows != nil {
			return rows
		}
	}
	return &fakeRows{}
}

type checkingConn struct{ fakeConn }

func (c checkingConn) CheckNamedValue(nv *driver.NamedValue) error { return c.check(nv) }

type fakeTx struct{ *fake }

func (t fakeTx) Commit() error   { t.begun = append(t.begun, "commit"); return nil }
func (t fakeTx) Rollback() error { t.begun = append(t.begun, "rollback"); return nil }

type fakeStmt struct {
	*fake
	text string
}

func (s fakeStmt) Close() error  { return s.note("close", s.text, nil) }
func (s fakeStmt) NumInput() int { return s.numInput }
func (s fakeStmt) Exec(v []driver.Value) (driver.Result, error) {
	return driver.RowsAffected(1), s.note("stmt exec", s.text, named(v))
}
func (s fakeStmt) Query(v []driver.Value) (driver.Rows, error) {
	return s.answer(s.text), s.note("stmt query", s.text, named(v))
}

func named(values []driver.Value) (args []driver.NamedValue) {
	for _, v := range values {
		args = append(args, driver.NamedValue{Value: v})
	}
	return args
}

type fakeRows struct {
	columns []string
	rows    [][]driver.Value
}

func (r *fakeRows) Columns() []string { return r.columns }
func (r *fakeRows) Close() error      { return nil }
func (r *fakeRows) Next(dst []driver.Value) error {
	if len(r.rows) == 0 {
		return io.EOF
	}
	copy(dst, r.rows[0])
	r.rows = r.rows[1:]
	return nil
}

// faked puts the door before a fake.
func faked(t testing.TB, f *fake, o *sqlcell.Options) *sql.DB {
	t.Helper()
	tables := testdb.OpenSQLite(t)
	createUsers(t, tables)
	var err error
	f.real, err = tables.Connector.Connect(ctx)
	require.NoError(t, err)
	t.Cleanup(func() { f.real.Close() })
	if f.numInput == 0 {
		f.numInput = -1
	}
	db := sql.OpenDB(sqlcell.WrapOptions(f, newSchema(t, users()), celltest.Ring(t), sqlcell.SQLite, o))
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	return db
}
