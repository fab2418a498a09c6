package pgxcell

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/cellseal/cellseal/ormhooks/internal/door"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/pgxcell/internal/result"
)

// below is what statements are sent to: a pool, a connection, a transaction or a part of one.
type below interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
	CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource) (int64, error)
	Begin(ctx context.Context) (pgx.Tx, error)
}

// A gate is a door and a way to reach its database besides the connections in use.
type gate struct {
	door    *door.Door
	quoting quoting
	pool    *pgxpool.Pool // nil if there is none
	// apart returns a connection of its own, and what gives it up.
	apart func(context.Context) (*pgx.Conn, func(), error)
}

// A link is the way of one connection through the door, or of one call to a pool. It is
// used by one goroutine at a time, as a connection is.
type link struct {
	*gate
	session *door.Session
	on      below
	conn    *pgx.Conn // nil for a pool
	inTx    bool
	names   map[string]string // statements that were prepared through the door
	carried *request          // what is carried out in several steps just now
}

func (g *gate) link(on below, conn *pgx.Conn) *link {
	l := &link{gate: g, on: on, conn: conn}
	l.session = g.door.Session(l)
	return l
}

func (l *link) enter() {
	l.inTx = true
	l.session.Begun()
}

func (l *link) leave() {
	l.inTx = false
	l.session.Ended()
}

// sync looks whether a transaction was begun or ended by hand.
func (l *link) sync() {
	if l.conn == nil {
		return
	}
	switch in := !l.idle(); {
	case in && !l.inTx:
		l.enter()
	case !in && l.inTx:
		l.leave()
	}
}

func (l *link) idle() bool { return l.conn.PgConn().TxStatus() == 'I' }

// statement returns what a request becomes.
func (l *link) statement(ctx context.Context, r *request) (*door.Statement, error) {
	if err := l.settle(ctx); err != nil {
		return nil, err
	}
	l.sync()
	name := r.text
	text, named := l.names[name]
	if named {
		r.text = text
	}
	st, err := l.session.Statement(ctx, r.text)
	if err == nil && st.Plan.Pass && named {
		r.text = name
	}
	return st, err
}

// passed notes what a statement that passed has done to tables and transactions.
func (l *link) passed(st *door.Statement) {
	l.sync()
	l.session.Passed(st)
	if slices.Contains(st.Plan.Effects, plan.Undoes) {
		l.session.Undone()
	}
}

func (l *link) exec(ctx context.Context, text string, args []any) (said pgconn.CommandTag, err error) {
	r, err := l.request(ctx, text, args, inExec)
	if err != nil {
		return said, err
	}
	st, err := l.statement(ctx, &r)
	switch {
	case err != nil:
		return said, err
	case st.Plan.Pass:
		if said, err = l.on.Exec(ctx, r.text, r.all(r.formats, r.args)...); err == nil {
			l.passed(st)
		}
		return said, err
	case st.Plan.Steps():
		done, err := l.carry(ctx, st, &r)
		if err != nil {
			return said, err
		}
		return tag(done), nil
	}
	if st.Plan.Finish != nil { // the tag tells how many rows there would be
		rows, err := l.query(ctx, text, args)
		if err == nil {
			rows.Close()
			said, err = rows.CommandTag(), rows.Err()
		}
		return said, err
	}
	// Without arguments pgx uses the simple protocol, and so it does with literals.
	err = l.session.Attempt(ctx, st, named(r.args), true, false, func(call *door.Call, _ *door.Statement) (err error) {
		said, err = l.on.Exec(ctx, call.Text, r.all(nil, values(call.Args))...)
		return err
	})
	return said, err
}

func (l *link) query(ctx context.Context, text string, args []any) (pgx.Rows, error) {
	r, err := l.request(ctx, text, args, inQuery)
	if err != nil {
		return result.Failed(err)
	}
	st, err := l.statement(ctx, &r)
	switch {
	case err != nil:
		return result.Failed(err)
	case st.Plan.Pass:
		rows, err := l.on.Query(ctx, r.text, r.all(r.formats, r.args)...)
		if err == nil {
			l.passed(st)
		}
		return rows, err
	case st.Plan.Steps():
		done, err := l.carry(ctx, st, &r)
		if err != nil {
			return result.Failed(err)
		}
		return result.Done(done, tag(done))
	}
	var opened pgx.Rows
	err = l.session.Attempt(ctx, st, named(r.args), false, true, func(call *door.Call, st *door.Statement) error {
		formats, err := formatsBelow(st, r.formats)
		if err != nil {
			return err
		}
		base, err := l.on.Query(ctx, call.Text, r.all(formats, values(call.Args))...)
		if err != nil {
			return err
		}
		if opened, err = result.Open(ctx, base, st, call); err == nil && st.Plan.Retry {
			opened, err = result.Begun(opened) // for the server to refuse it now
		}
		return err
	})
	if err != nil {
		return result.Failed(err)
	}
	return opened, nil
}

func (l *link) queryRow(ctx context.Context, text string, args []any) pgx.Row {
	rows, _ := l.query(ctx, text, args)
	return result.Row{Rows: rows}
}

// copyFrom asks the door about the COPY that pgx would write.
func (l *link) copyFrom(ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource) (int64, error) {
	st, err := l.statement(ctx, &request{text: fmt.Sprintf("COPY %s FROM STDIN", table.Sanitize())})
	if err != nil {
		return 0, err
	}
	if !st.Plan.Pass {
		panic("cellseal/ormhooks/pgxcell: a COPY was rewritten")
	}
	return l.on.CopyFrom(ctx, table, columns, rows)
}

func named(args []any) []driver.NamedValue {
	all := make([]driver.NamedValue, len(args))
	for i, a := range args {
		all[i] = driver.NamedValue{Ordinal: i + 1, Value: a}
	}
	return all
}

func values(args []driver.NamedValue) []any {
	all := make([]any, len(args))
	for i, a := range args {
		all[i] = a.Value
	}
	return all
}
