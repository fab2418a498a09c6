package door

import (
	"context"
	"database/sql/driver"

	"github.com/cellseal/cellseal/ormhooks/internal/door/answer"
	"github.com/cellseal/cellseal/ormhooks/internal/door/bind"
	"github.com/cellseal/cellseal/ormhooks/internal/door/listed"
	"github.com/cellseal/cellseal/ormhooks/internal/door/template"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search/segment"
)

// find answers the statement's questions: see plan.Find.
func (s *Session) find(b *bind.Binder) error {
	p := b.Plan
	if len(p.Finds) == 0 {
		return nil
	}
	b.Found = map[*plan.Find]template.Value{}
	for _, f := range p.Finds {
		t := p.Rows[f.Row].Table
		w := &answer.Search{
			Context: b.Context, Dialect: s.door.Dialect, All: s.conn().All, Opener: s.door.opener(b.Context), Find: f, Table: t,
			Limit: s.door.MaxRows, Lock: p.Writes || p.Each != nil,
		}
		w.Opener.Keys = b.Keys
		w.Scope, w.Unscoped = b.Scope(f.Row)
		var err error
		if f.Ask == plan.Equal && f.Indexes[0].Smoothed() {
			b.Found[f], err = s.door.profiles.Answer(w, s.base, b.Value)
		} else {
			b.Found[f], err = s.door.shelf.Answer(w, s.conn(), b.Value)
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
		for _, e := range call.Entries {
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
	for _, e := range call.Entries {
		if err := e.Write(ctx, s.conn(), affected); err != nil {
			return err
		}
	}
	return nil
}

// Lists returns all listed indexes of the schema, or those of a table if it is not nil. scopes are the ids, by kind, of
// scopes that no column names.
func (s *Session) Lists(ctx context.Context, scopes map[string][]string, table *schema.Table) ([]*segment.Index, error) {
	every := &listed.Every{Schema: s.door.Schema, Source: s.door.Source, Dialect: s.door.Dialect, Shelf: s.door.shelf, Read: s.conn().All, Scopes: scopes, Table: table}
	return every.Indexes(ctx)
}
