package reseal

import (
	"context"
	"fmt"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/internal/ddl"
	"github.com/cellseal/cellseal/ormhooks/internal/door"
	"github.com/cellseal/cellseal/ormhooks/reseal/internal/under"
)

// state is what the database says of the index: where a rotation is can be seen from it alone.
type state struct {
	*under.Table
	pinTable                bool
	live, building, retired *catalog.Pin
	key                     []string // columns that name a row
}

func (r *rotation) refuse(format string, args ...any) error {
	return &IndexError{r.table.Name, r.index.Hidden(), fmt.Sprintf(format, args...)}
}

// look reads the state.
func (r *rotation) look(ctx context.Context) (*state, error) {
	s := &state{}
	var pins []catalog.Pin
	err := r.below(ctx, func(b door.Base) (err error) {
		var c *catalog.Catalog
		if s.Table, c, err = under.Load(ctx, b, r.door.Dialect, r.table.Name); err == nil {
			pins, s.pinTable = c.Pins, c.Table("", catalog.PinTable) != nil
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if s.Table == nil {
		return nil, r.refuse("the database has no such table")
	}
	for _, p := range pins {
		if p.Table != r.table.Name || p.Index != r.index.Hidden() {
			continue
		}
		at := map[catalog.State]**catalog.Pin{catalog.Live: &s.live, catalog.Building: &s.building, catalog.Retired: &s.retired}[p.State]
		if *at != nil {
			return nil, r.refuse("two of its pins are %s: the table %s was changed by somebody else", p.State, catalog.PinTable)
		}
		*at = &p
	}
	if s.live == nil && (s.building != nil || s.retired != nil) || s.building != nil && s.retired != nil {
		return nil, r.refuse("its pins are of no rotation: the table %s was changed by somebody else", catalog.PinTable)
	}
	if s.key = s.RowKey(nil); s.key == nil {
		return nil, r.refuse("the table has no primary key and no other unique one without NULL, so its rows cannot be told apart: give it one")
	}
	return s, nil
}

// writePins adds pins, all or none.
func (r *rotation) writePins(ctx context.Context, pins ...catalog.Pin) error {
	var inserts []*under.Statement
	for _, p := range pins {
		s := r.statement("INSERT INTO " + catalog.PinTable + " (table_name, index_name, column_name, key_id, state) VALUES (")
		for i, v := range []any{p.Table, p.Index, p.Column, int64(p.Key), string(p.State)} {
			if i > 0 {
				s.SQL(", ")
			}
			s.Value(v)
		}
		inserts = append(inserts, s.SQL(")"))
	}
	return r.changePins(ctx, inserts...)
}

// switchPins makes the column that was built the live one, and the live one retired. If somebody
// else has done anything meanwhile, nothing changes.
func (r *rotation) switchPins(ctx context.Context, s *state) error {
	var updates []*under.Statement
	for pin, to := range map[*catalog.Pin]catalog.State{s.live: catalog.Retired, s.building: catalog.Live} {
		updates = append(updates, is(r.statement("UPDATE "+catalog.PinTable+" SET state = ").Value(string(to)).SQL(" WHERE "), pin))
	}
	return r.changePins(ctx, updates...)
}

func (r *rotation) removePin(ctx context.Context, p *catalog.Pin) error {
	return r.changePins(ctx, is(r.statement("DELETE FROM "+catalog.PinTable+" WHERE "), p))
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

// changePins executes statements of which each is to change one row, in one transaction: a
// process reads all or nothing of it.
func (r *rotation) changePins(ctx context.Context, statements ...*under.Statement) error {
	return r.below(ctx, func(b door.Base) (err error) {
		end, err := b.Begin(ctx, false)
		if err != nil {
			return err
		}
		defer func() {
			if ended := end(err == nil); err == nil {
				err = ended
			}
		}()
		for _, s := range statements {
			result, err := b.Exec(ctx, s.Text, s.Args)
			if err != nil {
				return fmt.Errorf("cellseal: table %s: %w", catalog.PinTable, err)
			}
			if n, err := result.RowsAffected(); err == nil && n != 1 {
				return r.refuse("its pins have changed meanwhile: somebody else rotates it too; let one of you finish")
			}
		}
		return nil
	})
}

// ensurePinTable creates the table of pins if need be.
func (r *rotation) ensurePinTable(ctx context.Context, s *state) error {
	if s.pinTable {
		return nil
	}
	return r.exec(ctx, ddl.CreatePins(r.door.Dialect))
}

func (r *rotation) isPostgres() bool { return r.door.Dialect == sqltext.PostgreSQL }
