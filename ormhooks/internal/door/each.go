package door

import (
	"context"
	"database/sql/driver"

	"github.com/cellseal/cellseal/ormhooks/internal/door/convert"
	"github.com/cellseal/cellseal/ormhooks/internal/door/row"
)

// A Result is all rows of a statement, as a server delivered them.
type Result struct {
	Columns []string
	Rows    [][]driver.Value
	// Below is what a Base says of them besides.
	Below any
}

// calls reads and locks the rows, and returns what is to be sent for each.
func (s *Session) calls(ctx context.Context, b *binder, front []driver.NamedValue) ([]*Call, error) {
	st := b.st
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
	for i, stored := range fetched.Rows {
		key := row.Told(&st.Plan.Each.Was, st.main.Slots, stored)
		if seen[key] {
			continue
		}
		seen[key] = true
		b.fetched = stored
		if b.opened, err = s.reopen(b, stored, i); err != nil {
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

// reopen opens what moves to a new identity.
func (s *Session) reopen(b *binder, fetched []driver.Value, number int) (map[int]any, error) {
	each := b.st.Plan.Each
	var was row.State
	opener := s.door.opener(b.ctx)
	opener.Keys, opener.DestroyedAsNull = b.keys, false                       // or NULL would take the cell's place
	if s.door.DestroyedAsNull && each.Was.Scope >= 0 && len(b.st.cells) > 0 { // the row may leave a scope that was destroyed
		path, err := opener.Scope(&each.Was, &was, fetched)
		if err == nil {
			err = b.alive(each.Was.Table, path, b.st.cells[0].column.Compartment)
		}
		if err != nil {
			return nil, err
		}
	}
	if len(each.Reseal) == 0 {
		return nil, nil
	}
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
