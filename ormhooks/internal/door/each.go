package door

import (
	"context"
	"database/sql/driver"

	"github.com/cellseal/cellseal/ormhooks/internal/door/bind"
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
func (s *Session) calls(ctx context.Context, st *Statement, b *bind.Binder, front []driver.NamedValue) ([]*Call, error) {
	call, err := b.Call(st.texts.Fetch, front, false)
	if err != nil {
		return nil, err
	}
	fetched, err := s.base.Query(ctx, call.Text, call.Args)
	if err != nil {
		return nil, err
	}
	for _, stored := range fetched.Rows {
		if b.Fetched = stored; len(st.Plan.Summands) > 0 {
			if err := b.Want(); err != nil {
				return nil, err
			}
		}
	}
	// All is sealed before anything is written: a value that cannot be is no half-done change.
	if err := s.wantEach(st, b, fetched.Rows); err != nil {
		return nil, err
	}
	calls, seen := []*Call{}, map[string]bool{}
	for i, stored := range fetched.Rows {
		key := row.Told(&st.Plan.Each.Was, st.texts.Main.Slots, stored)
		if seen[key] {
			continue
		}
		seen[key] = true
		b.Fetched = stored
		if b.Opened, err = s.reopen(b, stored, i); err != nil {
			return nil, err
		}
		if call, err = b.Call(st.texts.Main, front, false); err != nil {
			return nil, err
		}
		calls = append(calls, call)
	}
	if st.Plan.Out != nil && len(calls) == 0 { // nothing is found by NULL, but columns have names
		text, args := st.texts.Main.Fill(st.texts.Main.Nulls(), front)
		calls = append(calls, &Call{Text: text, Args: args})
	}
	return calls, nil
}

// wantEach has the keys of all rows asked for at once, of those that are opened and of those that are
// sealed, where a source gives them one by one.
func (s *Session) wantEach(st *Statement, b *bind.Binder, fetched [][]driver.Value) error {
	if !b.Keys.ByRow() {
		return nil
	}
	each, opener := st.Plan.Each, s.door.opener(b.Context)
	opener.Keys = b.Keys
	for _, stored := range fetched {
		var was row.State
		for _, r := range each.Reseal {
			if stored[r.At] != nil {
				opener.Want(&each.Was, &was, r.Column, stored)
			}
		}
		b.Expect(st.texts.Main, stored)
	}
	return b.Keys.Fetch()
}

// reopen opens what moves to a new identity.
func (s *Session) reopen(b *bind.Binder, fetched []driver.Value, number int) (map[int]any, error) {
	each := b.Plan.Each
	var was row.State
	opener := s.door.opener(b.Context)
	opener.Keys, opener.DestroyedAsNull = b.Keys, false // or NULL would take the cell's place
	if s.door.DestroyedAsNull && each.Was.Scope >= 0 {
		// The row may leave a scope that was destroyed.
		path, err := opener.Scope(&each.Was, &was, fetched)
		if err == nil {
			err = b.Alive(each.Was.Table, path)
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
