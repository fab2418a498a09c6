package row

import (
	"fmt"
	"unicode/utf8"

	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// Size is the length of what is stored, in bytes, and of text in characters; an integer has its
// place.
func Size(stored any) int {
	switch v := stored.(type) {
	case []byte:
		return len(v)
	case string:
		return utf8.RuneCountInString(v)
	}
	return 0
}

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
