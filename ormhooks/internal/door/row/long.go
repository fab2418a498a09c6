package row

import (
	"database/sql/driver"
	"fmt"
	"unicode/utf8"

	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
)

// TooLong refuses text for a key that the column cannot hold: PostgreSQL and MariaDB cut spaces off
// its end, and would find the row under another key.
func TooLong(r *plan.Row, logical string, v any) error {
	n := r.Lengths[logical]
	if n == 0 {
		return nil
	}
	plain, err := driver.DefaultParameterConverter.ConvertValue(v)
	if err != nil {
		return nil // which is told where it is bound
	}
	if b, ok := plain.([]byte); ok {
		plain = string(b)
	}
	if s, ok := plain.(string); ok && utf8.RuneCountInString(s) > n {
		return &ormhooks.ColumnError{Table: r.Table.Name, Column: logical, Err: fmt.Errorf("rows are told apart by it, and it holds %d characters: what is given is longer", n)}
	}
	return nil
}
