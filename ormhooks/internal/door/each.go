package door

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/internal/door/convert"
	"github.com/cellseal/cellseal/ormhooks/internal/door/row"
	"github.com/cellseal/cellseal/ormhooks/internal/door/template"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
)

// A Result is all rows of a statement, as a server delivered them.
type Result struct {
	Columns []string
	Rows    [][]driver.Value
}

// A Done is what a statement that goes row by row has done.
type Done struct {
	Affected int64
	// Returned are the rows of RETURNING, opened; nil if there is none.
	Returned *Result
	Reader   *Reader
}

// Each carries out a statement row by row, in the transaction that is under way or in one of
// its own.
func (s *Session) Each(ctx context.Context, st *Statement, args []driver.NamedValue) (done *Done, err error) {
	front, byParam, err := template.Match(st.Plan.Params, st.inputs, args)
	if err != nil {
		return nil, err
	}
	inside := s.inTx
	end, err := s.atomic(ctx)
	if err != nil {
		return nil, err
	}
	finished := false
	defer func() {
		if s.door.Dialect == sqltext.PostgreSQL && inside && serverSays(err) {
			return // the transaction is aborted, as it is after any error there
		}
		if ended := end(finished); ended != nil && (err == nil || errors.Is(ended, driver.ErrBadConn)) {
			done, err = nil, errors.Join(err, ended)
		}
	}()
	var calls []*Call
	err = codec.Reloading(ctx, s.door.Source, func() error {
		calls, err = s.calls(ctx, st, front, byParam)
		return err
	})
	if err != nil {
		return nil, err
	}
	done = &Done{}
	for _, call := range calls {
		if err = s.one(ctx, st, call, done); err != nil {
			return nil, err
		}
	}
	finished = true
	return done, nil
}

// atomic begins what is carried out as a whole or not at all, as a single statement is: a
// transaction, or a part of the one that is under way. PostgreSQL lets nothing more happen after
// an error of its own, but an error may be the door's: a row that does not open.
func (s *Session) atomic(ctx context.Context) (end func(commit bool) error, err error) {
	inside := s.inTx
	begun, err := s.base.Begin(ctx, inside)
	if err != nil {
		return nil, err
	}
	s.inTx = true
	return func(commit bool) error {
		s.inTx = inside
		return begun(commit)
	}, nil
}

// calls reads and locks the rows, and returns what is to be sent for each.
func (s *Session) calls(ctx context.Context, st *Statement, front []driver.NamedValue, args []any) ([]*Call, error) {
	b := &binder{st: st, ctx: ctx, args: args, keys: codec.NewKeys(ctx, s.door.Source)}
	call, err := b.call(st.fetch, front, false)
	if err != nil {
		return nil, err
	}
	fetched, err := s.base.Query(ctx, call.Text, call.Args)
	if err != nil {
		return nil, err
	}
	// All is sealed before anything is written: a value that cannot be is no half-done change.
	calls, seen := []*Call{}, map[string]bool{}
	for i, row := range fetched.Rows {
		key := st.eachKey(row)
		if seen[key] {
			continue
		}
		seen[key] = true
		b.fetched = row
		if b.opened, err = s.reopen(b, row, i); err != nil {
			return nil, err
		}
		if call, err = b.call(st.main, front, false); err != nil {
			return nil, err
		}
		calls = append(calls, call)
	}
	if st.Plan.Out != nil && len(calls) == 0 { // nothing is found by NULL, but columns have names
		text, args := st.main.Fill(st.main.Nulls(), front)
		calls = append(calls, &Call{Text: text, Args: args})
	}
	return calls, nil
}

// one executes the statement for one row.
func (s *Session) one(ctx context.Context, st *Statement, call *Call, done *Done) error {
	if st.Plan.Out == nil {
		result, err := s.base.Exec(ctx, call.Text, call.Args)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		done.Affected += n
		return err
	}
	rows, err := s.base.Query(ctx, call.Text, call.Args)
	if err != nil {
		return err
	}
	if done.Returned == nil {
		done.Reader = st.Reader(ctx, call)
		names, err := done.Reader.Columns(rows.Columns)
		if err != nil {
			return err
		}
		done.Returned = &Result{Columns: names}
	}
	for _, stored := range rows.Rows {
		done.Affected++
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

// reopen opens what moves to a new identity.
func (s *Session) reopen(b *binder, fetched []driver.Value, number int) (map[int]any, error) {
	each := b.st.Plan.Each
	if len(each.Reseal) == 0 {
		return nil, nil
	}
	var was row.State
	opener := s.door.opener(b.ctx)
	opener.Keys = b.keys
	opened := map[int]any{}
	for _, r := range each.Reseal {
		v, err := opener.Open(&each.Was, &was, r.Column, r.At, r.Hidden, fetched, number)
		if err != nil {
			return nil, err
		}
		if p, ok := v.(convert.Plaintext); ok {
			v = p.Stored
		}
		opened[r.At] = v
	}
	return opened, nil
}

// eachKey tells fetched rows apart by what their execution takes from them: a join may have
// brought one up twice.
func (st *Statement) eachKey(row []driver.Value) string {
	var b strings.Builder
	add := func(at int) {
		if at >= 0 && at < len(row) {
			s := fmt.Sprintf("%T %v", row[at], row[at])
			fmt.Fprintf(&b, "%d:%d:%s", at, len(s), s)
		}
	}
	was := st.Plan.Each.Was
	if was.Table != nil {
		for _, c := range was.Table.Columns {
			if at, ok := was.Bound[c.Logical]; ok {
				add(at)
			}
		}
		add(was.Scope)
		add(was.RowKey)
	}
	for _, s := range st.main.Slots {
		if s.Kind == plan.Fetched {
			add(s.At)
		}
	}
	return b.String()
}
