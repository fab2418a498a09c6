package convert

import (
	"database/sql/driver"
	"errors"
	"math"
	"strconv"

	"github.com/cellseal/cellseal/internal/sqltext"
)

var errWhole = errors.New("cellseal: HAVING compares a count with a whole number")

var errCount = errors.New("cellseal: LIMIT and OFFSET take whole numbers that are not negative")

// Whole returns a whole number that an argument is; null is true for NULL.
func Whole(v any) (n int64, null bool, err error) {
	v, err = driver.DefaultParameterConverter.ConvertValue(v)
	if err != nil {
		return 0, false, errWhole
	}
	if b, ok := v.([]byte); ok {
		v = string(b)
	}
	switch v := v.(type) {
	case nil:
		return 0, true, nil
	case int64:
		return v, false, nil
	case string:
		if n, err = strconv.ParseInt(v, 10, 64); err == nil {
			return n, false, nil
		}
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int64(v), false, nil
		}
	}
	return 0, false, errWhole
}

// Count returns the number that LIMIT or OFFSET is given. None is what NULL stands for in PostgreSQL,
// and a negative number in SQLite; other servers refuse them.
func Count(d sqltext.Dialect, v any, none int64) (int64, error) {
	n, null, err := Whole(v)
	switch {
	case err == nil && null && d == sqltext.PostgreSQL, err == nil && n < 0 && d == sqltext.SQLite:
		return none, nil
	case err != nil || null || n < 0:
		return 0, errCount
	}
	return n, nil
}
