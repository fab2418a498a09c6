package row

import (
	"fmt"

	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// TooLarge refuses what a slot's column does not hold.
func TooLarge(t *schema.Table, s *plan.Slot, n int) error {
	e := &ormhooks.ColumnError{Table: t.Name}
	switch {
	case s.Kind == plan.Cell:
		e.Column = s.Column.Name
	case s.Kind == plan.Hidden:
		e.Column = s.Column.Hidden()
	default:
		e.Column = s.Index.Hidden()
	}
	e.Err = fmt.Errorf("%d bytes are to be stored, and the column holds %d, so that the server might cut them: make it wider; sqlcell.Check says how wide", n, s.Room)
	return e
}
