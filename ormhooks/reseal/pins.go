package reseal

import (
	"context"
	"fmt"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/internal/ddl"
	"github.com/cellseal/cellseal/ormhooks/internal/door"
	"github.com/cellseal/cellseal/ormhooks/reseal/internal/pinning"
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

// pins is where the index's pins are written.
func (r *rotation) pins() *pinning.Book {
	return &pinning.Book{DB: r.db, Dialect: r.door.Dialect, Changed: r.refuse("its pins have changed meanwhile: somebody else rotates it too; let one of you finish")}
}

// ensurePinTable creates the table of pins if need be.
func (r *rotation) ensurePinTable(ctx context.Context, s *state) error {
	if s.pinTable {
		return nil
	}
	return r.exec(ctx, ddl.CreatePins(r.door.Dialect))
}

func (r *rotation) isPostgres() bool { return r.door.Dialect == sqltext.PostgreSQL }
