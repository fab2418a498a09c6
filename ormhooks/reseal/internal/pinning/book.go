// Package pinning writes the table that says which key the terms of an index are under.
package pinning

import (
	"context"
	"database/sql"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/internal/door"
	"github.com/cellseal/cellseal/ormhooks/reseal/internal/under"
)

// A Book is the table catalog.PinTable of a database.
type Book struct {
	DB      *sql.DB // through the door
	Dialect sqltext.Dialect
	Changed error // what it is if pins are not as they were read
}

func (w *Book) statement(text string) *under.Statement {
	return &under.Statement{Dialect: w.Dialect, Text: text}
}

// Add adds pins, all or none.
func (w *Book) Add(ctx context.Context, pins ...catalog.Pin) error {
	var inserts []*under.Statement
	for _, p := range pins {
		s := w.statement("INSERT INTO " + catalog.PinTable + " (table_name, index_name, column_name, key_id, state) VALUES (")
		for i, v := range []any{p.Table, p.Index, p.Column, int64(p.Key), string(p.State)} {
			if i > 0 {
				s.SQL(", ")
			}
			s.Value(v)
		}
		inserts = append(inserts, s.SQL(")"))
	}
	return w.change(ctx, inserts...)
}

// Switch makes the column that was built the live one, and the live one retired. If somebody
// else has done anything meanwhile, nothing changes.
func (w *Book) Switch(ctx context.Context, live, building *catalog.Pin) error {
	var updates []*under.Statement
	for pin, to := range map[*catalog.Pin]catalog.State{live: catalog.Retired, building: catalog.Live} {
		updates = append(updates, is(w.statement("UPDATE "+catalog.PinTable+" SET state = ").Value(string(to)).SQL(" WHERE "), pin))
	}
	return w.change(ctx, updates...)
}

// Remove removes a pin.
func (w *Book) Remove(ctx context.Context, p *catalog.Pin) error {
	return w.change(ctx, is(w.statement("DELETE FROM "+catalog.PinTable+" WHERE "), p))
}

// is adds the condition that a pin is as it was read.
func is(s *under.Statement, p *catalog.Pin) *under.Statement {
	for i, c := range []struct {
		column string
		v      any
	}{{"table_name", p.Table}, {"index_name", p.Index}, {"column_name", p.Column}, {"key_id", int64(p.Key)}, {"state", string(p.State)}} {
		if i > 0 {
			s.SQL(" AND ")
		}
		s.Equals(c.column, c.v)
	}
	return s
}

func (w *Book) change(ctx context.Context, statements ...*under.Statement) error {
	return under.Below(ctx, w.DB, func(_ *door.Door, b door.Base) error {
		return under.Change(ctx, b, catalog.PinTable, w.Changed, statements...)
	})
}
