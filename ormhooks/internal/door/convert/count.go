package convert

import (
	"database/sql/driver"
	"errors"
	"math"
	"strconv"

	"github.com/cellseal/cellseal/internal/sqltext"
)

var errCount = errors.New("cellseal: LIMIT and OFFSET take whole numbers that are not negative")

// Count returns the number that LIMIT or OFFSET is given. None is what NULL stands for in PostgreSQL,
// and a negative number in SQLite; other servers refuse them.
func Count(d sqltext.Dialect, v any, none int64) (int64, error) {
	v, err := driver.DefaultParameterConverter.ConvertValue(v)
	if err != nil {
		return 0, errCount
	}
	if b, ok := v.([]byte); ok {
		v = string(b)
	}
	n := int64(-1)
	switch v := v.(type) {
	case nil:
		if d == sqltext.PostgreSQL {
			return none, nil
		}
		return 0, errCount
	case int64:
		n = v
	case string:
		if n, err = strconv.ParseInt(v, 10, 64); err != nil {
			return 0, errCount
		}
	case float64:
		if v != math.Trunc(v) || math.Abs(v) >= 1<<53 {
			return 0, errCount
		}
		n = int64(v)
	default:
		return 0, errCount
	}
	switch {
	case n >= 0:
		return n, nil
	case d == sqltext.SQLite:
		return none, nil
	}
	return 0, errCount
}
