package door

import (
	"context"
	"database/sql/driver"

	"github.com/cellseal/cellseal/ormhooks/internal/door/listed"
	"github.com/cellseal/cellseal/ormhooks/internal/door/template"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search/segment"
)

// find answers the statement's questions: see plan.Find.
func (s *Session) find(b *binder) error {
	p := b.st.Plan
	if len(p.Finds) == 0 {
		return nil
	}
	b.rows = make([]rowState, len(p.Rows))
	b.found = map[*plan.Find]template.Value{}
	for _, f := range p.Finds {
		t := p.Rows[f.Row].Table
		if f.Ask == plan.Equal && f.Indexes[0].Smoothed() {
			var err error
			if b.found[f], err = s.equal(b, f); err != nil {
				return listed.Of(t, f.Column, err)
			}
			continue
		}
		values, known, err := listed.Given(s.door.Dialect, f, b.value)
		if err == nil && known {
			w := &listed.Search{
				Context: b.ctx, Dialect: s.door.Dialect, Conn: s.conn(), Shelf: s.door.shelf, Opener: s.door.opener(b.ctx), Find: f, Table: t,
				Limit: s.door.MaxRows, Lock: p.Writes || p.Each != nil,
			}
			w.Opener.Keys = b.keys
			w.Scope, w.Unscoped = b.scope(f.Row)
			b.found[f], err = w.Keys(values)
		} else if err == nil {
			b.found[f] = template.Value{} // NULL
		}
		if err != nil {
			return listed.Of(t, f.Column, err)
		}
	}
	return nil
}

// conn is the connection, as lists are searched and written over it.
func (s *Session) conn() listed.Conn {
	return listed.Conn{Since: s.since, Execute: s.base.Exec, All: func(ctx context.Context, text string, args []driver.NamedValue) ([][]driver.Value, error) {
		result, err := s.base.Query(ctx, text, args)
		if err != nil {
			return nil, err
		}
		return result.Rows, nil
	}}
}

// begin begins the indexes that are written after a statement, before it.
func (s *Session) begin(ctx context.Context, calls []*Call, doomed []listed.Doomed) error {
	for _, call := range calls {
		for _, e := range call.entries {
			if err := e.Begin(ctx, s.conn()); err != nil {
				return err
			}
		}
	}
	for _, row := range doomed {
		for _, e := range row.Entries {
			if err := e.Begin(ctx, s.conn()); err != nil {
				return err
			}
		}
	}
	return nil
}

// write writes what comes after a statement.
func (s *Session) write(ctx context.Context, call *Call, affected int64) error {
	for _, e := range call.entries {
		if err := e.Write(ctx, s.conn(), affected); err != nil {
			return err
		}
	}
	return nil
}

// entries returns what is written after the statement, for the row that the binder has at hand.
func (b *binder) entries() (all []*listed.Entry, err error) {
	for i := range b.st.Plan.Entries {
		e := &b.st.Plan.Entries[i]
		m := &listed.Maker{Dialect: b.st.door.Dialect, Shelf: b.st.door.shelf, Keys: b.keys, Context: b.ctx}
		var made *listed.Entry
		if e.Was {
			made, err = m.Was(e, b.st.was(), b.fetched)
		} else {
			made, err = b.entry(m, e)
		}
		if err != nil {
			return nil, err
		}
		if made != nil {
			all = append(all, made)
		}
	}
	return all, nil
}

func (b *binder) entry(m *listed.Maker, e *plan.Entry) (made *listed.Entry, err error) {
	r := &b.st.Plan.Rows[e.Row]
	var given any
	if e.Value.Kind != 0 {
		if given, err = b.value(e.Value); err != nil {
			return nil, err
		}
	}
	scope, unscoped := b.scope(e.Row)
	return m.Entry(e, r.Table, given, scope, unscoped, func(logical string) (any, error) { return b.value(r.Bound[logical]) }, func() ([]byte, error) { return b.rowKey(e.Row) })
}

// Lists returns all listed indexes of the schema, or those of a table if it is not nil. scopes are the ids, by kind, of
// scopes that no column names.
func (s *Session) Lists(ctx context.Context, scopes map[string][]string, table *schema.Table) ([]*segment.Index, error) {
	every := &listed.Every{Schema: s.door.Schema, Source: s.door.Source, Dialect: s.door.Dialect, Shelf: s.door.shelf, Read: s.conn().All, Scopes: scopes, Table: table}
	return every.Indexes(ctx)
}
