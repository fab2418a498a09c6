package door

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"time"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/internal/ddl"
	"github.com/cellseal/cellseal/ormhooks/internal/door/listed"
	"github.com/cellseal/cellseal/ormhooks/internal/door/ordered"
	"github.com/cellseal/cellseal/ormhooks/internal/door/state"
	"github.com/cellseal/cellseal/ormhooks/internal/door/template"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// A Done is what a statement that takes several steps has done.
type Done struct {
	// Statement is what was carried out: another than was given, if the catalogue turned out to be old.
	Statement *Statement
	Affected  int64
	// Result is the server's, of a statement that was sent once and has no rows; else nil.
	Result driver.Result
	// Returned are its rows, opened; nil if there are none.
	Returned *Result
	Reader   *Reader
}

// Carry carries out a statement that takes several steps (plan.Plan.Steps), as a whole or not at all. rows
// says that the caller wants its rows, and not how many there were.
func (s *Session) Carry(ctx context.Context, st *Statement, args []driver.NamedValue, rows bool) (*Done, error) {
	done, err := s.carry(ctx, st, args, rows)
	if err == nil {
		return done, nil
	}
	next, ok := s.Failed(ctx, st, err)
	if !ok {
		return nil, err
	}
	return s.carry(ctx, next, args, rows)
}

func (s *Session) carry(ctx context.Context, st *Statement, args []driver.NamedValue, returns bool) (done *Done, err error) {
	front, byParam, err := template.Match(st.Plan.Params, st.inputs, args)
	if err != nil {
		return nil, err
	}
	inside := s.inTx
	end, err := s.stage(ctx, st)
	if err != nil {
		return nil, err
	}
	finished := false
	defer func() {
		if s.door.Dialect == sqltext.PostgreSQL && inside && state.Says(err) {
			return // the transaction is aborted, as it is after any error there
		}
		if ended := end(finished); ended != nil && (err == nil || errors.Is(ended, driver.ErrBadConn)) {
			done, err = nil, errors.Join(err, ended)
		}
	}()
	var calls []*Call
	var walk *ordered.Walk
	var rows []listed.Doomed
	done = &Done{Statement: st}
	err = codec.Reloading(ctx, s.door.Source, func() error {
		b := s.binder(ctx, st, byParam)
		if err := s.settle(b, front, inside); err != nil {
			return err
		}
		if st.Plan.Each != nil {
			calls, err = s.calls(ctx, st, b, front)
			return err
		}
		if err := b.Want(); err != nil {
			return err
		}
		if st.Plan.Doomed != nil {
			if rows, err = s.doomed(ctx, st, b, front); err != nil {
				return err
			}
		}
		call, err := b.Call(st.texts.Main, front, st.inline)
		switch {
		case err == nil && st.Plan.Walk != nil:
			walk, err = s.walk(st, b, call, front, done)
		case err == nil && st.Plan.Totals != nil:
			finished, err = s.totals(st, b, call, front, done)
		}
		calls = []*Call{call}
		return err
	})
	if err != nil {
		return nil, err
	}
	if finished {
		return done, nil
	}
	if walk != nil {
		done.Returned.Rows, err = walk.Rows()
		finished = err == nil
		return done, err
	}
	if err = s.begin(ctx, calls, rows); err != nil {
		return nil, err
	}
	for _, call := range calls {
		if err = s.one(ctx, st, call, done, returns); err != nil {
			return nil, err
		}
	}
	for i := range rows {
		if err = rows[i].Bury(ctx, s.conn()); err != nil {
			return nil, err
		}
	}
	finished = true
	return done, nil
}

// stage begins that in which all steps are one. A statement that reads sees one state of the
// database in all of them, if it may begin the transaction itself; in SQLite it must
// not take the lock for writing.
func (s *Session) stage(ctx context.Context, st *Statement) (end func(commit bool) error, err error) {
	reads := !st.Plan.Writes && st.Plan.Each == nil
	switch {
	case reads && s.inTx:
		return func(bool) error { return nil }, nil
	case reads && s.door.Dialect == sqltext.SQLite:
		if _, err := s.base.Exec(ctx, "BEGIN", nil); err != nil {
			return nil, err
		}
		s.since = s.door.moment()
		return func(bool) error {
			s.since = time.Time{}
			_, err := s.base.Exec(context.WithoutCancel(ctx), "COMMIT", nil)
			return err
		}, nil
	}
	if s.inTx && s.door.Dialect == sqltext.SQLite {
		if err := s.lock(ctx, st); err != nil {
			return nil, err
		}
	}
	if reads && s.door.Dialect == sqltext.MySQL { // refused where a transaction is under way, which has its own
		s.base.Exec(ctx, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", nil)
	}
	if end, err = s.atomic(ctx); err != nil || !reads || s.door.Dialect != sqltext.PostgreSQL {
		return end, err
	}
	if _, err := s.base.Exec(ctx, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY", nil); err != nil {
		return nil, errors.Join(err, end(false))
	}
	return end, nil
}

// lock takes SQLite's lock for writing before anything is read, and waits for it as long as busy_timeout says. A transaction
// that has read first, while another one wrote, is refused the lock at once: the caller's, that would only write,
// must not come to that because the door reads for it.
func (s *Session) lock(ctx context.Context, st *Statement) error {
	var t *schema.Table // one as good as another
	switch p := st.Plan; {
	case p.Each != nil:
		t = p.Each.Was.Table
	case p.Doomed != nil:
		t = p.Doomed.Was.Table
	default:
		t = p.Rows[0].Table
	}
	_, err := s.base.Exec(ctx, "DELETE FROM "+ddl.Quote(sqltext.SQLite, t.Name)+" WHERE 0", nil)
	return err
}

// atomic begins what is carried out as a whole or not at all, as a single statement is: a
// transaction, or a part of the one that is under way. PostgreSQL lets nothing more happen after
// an error of its own, but an error may be the door's: a row that does not open.
func (s *Session) atomic(ctx context.Context) (end func(commit bool) error, err error) {
	inside, since := s.inTx, s.since
	if !inside {
		since = s.door.moment()
	}
	begun, err := s.base.Begin(ctx, inside)
	if err != nil {
		return nil, err
	}
	s.inTx, s.since = true, since
	return func(commit bool) error {
		s.inTx = inside
		switch {
		case !inside:
			s.since = time.Time{}
		case !commit:
			s.since = s.since.Add(1) // see Undone
		}
		return begun(commit)
	}, nil
}

// query sends a statement that has rows.
func (s *Session) query(ctx context.Context, st *Statement, call *Call) (rows *Result, err error) {
	err = s.Run(ctx, st, false, func() (err error) {
		rows, err = s.base.Answer(ctx, st, 0, call.Text, call.Args)
		return err
	})
	return rows, err
}

// one sends the statement once, and writes what comes after it.
func (s *Session) one(ctx context.Context, st *Statement, call *Call, done *Done, wantsRows bool) error {
	if st.Plan.Out == nil && !(wantsRows && st.Plan.Returns) {
		var n int64
		err := s.Run(ctx, st, false, func() error {
			result, err := s.base.Exec(ctx, call.Text, call.Args)
			if err != nil {
				return err
			}
			if st.Plan.Each == nil {
				done.Result = result
			}
			n, err = result.RowsAffected()
			return err
		})
		done.Affected += n
		if err != nil {
			return err
		}
		return s.write(ctx, call, n)
	}
	rows, err := s.query(ctx, st, call)
	if err != nil {
		return err
	}
	if err := s.write(ctx, call, int64(len(rows.Rows))); err != nil {
		return err
	}
	done.Affected += int64(len(rows.Rows))
	if st.Plan.Out == nil {
		done.Returned = rows
		return nil
	}
	if done.Returned == nil {
		done.Reader = st.Reader(ctx, call)
		names, err := done.Reader.Columns(rows.Columns)
		if err != nil {
			return err
		}
		done.Returned = &Result{Columns: names, Below: rows.Below}
	}
	if done.Reader.Finishes() {
		left := rows.Rows
		done.Returned.Rows, err = done.Reader.Finish(func(stored []driver.Value) error {
			if len(left) == 0 {
				return io.EOF
			}
			copy(stored, left[0])
			left = left[1:]
			return nil
		})
		return err
	}
	if err := done.Reader.Expect(rows.Rows); err != nil {
		return err
	}
	for _, stored := range rows.Rows {
		visible := make([]driver.Value, st.Shape.Visible())
		seen, err := done.Reader.Open(stored, visible)
		if err != nil {
			return err
		}
		if seen {
			done.Returned.Rows = append(done.Returned.Rows, visible)
		}
	}
	return nil
}
