package door

import (
	"context"
	"database/sql/driver"
	"errors"
	"reflect"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/internal/door/answer"
	"github.com/cellseal/cellseal/ormhooks/internal/door/bind"
	"github.com/cellseal/cellseal/ormhooks/internal/door/listed"
	"github.com/cellseal/cellseal/ormhooks/internal/door/template"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search/segment"
)

// settle answers the statement's questions. Where rows are written of which it is asked what is false, they
// are locked and it is asked again, until the answer stays: see plan.Plan.Locks. inside says that the
// transaction is the caller's.
func (s *Session) settle(b *bind.Binder, front []driver.NamedValue, inside bool) error {
	if err := s.find(b, inside); err != nil || b.Locks == nil {
		return err
	}
	for range retries {
		before := b.Found
		call, err := b.Call(b.Locks, front, false)
		if err != nil {
			return err
		}
		// Its rows are read, if only to be forgotten: go-sql-driver's Exec of a prepared SELECT reads columns that MariaDB has
		// not sent again, and waits for more for ever.
		if _, err = s.base.Query(b.Context, call.Text, call.Args); err != nil {
			return err
		}
		if err = s.find(b, true); err != nil || reflect.DeepEqual(before, b.Found) {
			return err
		}
	}
	return errors.New("cellseal: the rows that the statement asks about change faster than they can be locked: try again")
}

// find answers the statement's questions: see plan.Find. late says that the transaction may have read before:
// in MySQL it sees what was there then, and writes what is there now.
func (s *Session) find(b *bind.Binder, late bool) error {
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
		if late && w.Lock && s.door.Dialect == sqltext.MySQL {
			w.Latest = s.latest(b.Context)
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

// latest returns what calls use with a connection of its own, which sees what was committed last.
func (s *Session) latest(ctx context.Context) func(use func(answer.Query) error) error {
	return func(use func(answer.Query) error) error {
		return s.base.Catalogue(ctx, false, func(q catalog.Querier) error {
			return use(func(ctx context.Context, text string, args []driver.NamedValue) ([][]driver.Value, error) {
				given := make([]any, len(args))
				for i, a := range args {
					given[i] = a.Value
				}
				found, err := q(ctx, text, given...)
				rows := make([][]driver.Value, len(found))
				for i, row := range found {
					for _, v := range row {
						rows[i] = append(rows[i], v)
					}
				}
				return rows, err
			})
		})
	}
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
