package door

import (
	"context"
	"database/sql/driver"

	"github.com/cellseal/cellseal/ormhooks/internal/door/answer"
	"github.com/cellseal/cellseal/ormhooks/internal/door/bind"
	"github.com/cellseal/cellseal/ormhooks/internal/door/listed"
	"github.com/cellseal/cellseal/ormhooks/internal/door/template"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
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
	return listed.Conn{Execute: s.base.Exec, All: func(ctx context.Context, text string, args []driver.NamedValue) ([][]driver.Value, error) {
		result, err := s.base.Query(ctx, text, args)
		if err != nil {
			return nil, err
		}
		return result.Rows, nil
	}}
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

// Lists returns all listed indexes of the schema. scopes are the ids, by kind, of scopes that no column
// names.
func (s *Session) Lists(ctx context.Context, scopes map[string][]string) ([]*segment.Index, error) {
	every := &listed.Every{Schema: s.door.Schema, Source: s.door.Source, Dialect: s.door.Dialect, Shelf: s.door.shelf, Read: s.conn().All, Scopes: scopes}
	return every.Indexes(ctx)
}
