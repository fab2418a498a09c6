package sum

import (
	"errors"
	"math/big"
	"strconv"

	"github.com/cellseal/cellseal/search"
)

var errDriver = errors.New("cellseal/sum: the database returned something that is no whole number")

// Mod64 reads a whole number of any length as a driver delivers it, as int64, []byte or string, and
// returns it modulo 2^64: the SUM of a BIGINT column is a NUMERIC in PostgreSQL and a DECIMAL in
// MySQL.
func Mod64(v any) (uint64, error) {
	switch v := v.(type) {
	case int64:
		return uint64(v), nil
	case []byte:
		return mod64(string(v))
	case string:
		return mod64(v)
	}
	return 0, errDriver
}

// maxDigits is what the sum of 2^63 rows may have.
const maxDigits = 40

func mod64(s string) (uint64, error) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return uint64(n), nil
	}
	if len(s) > maxDigits {
		return 0, errDriver
	}
	n, ok := new(big.Int).SetString(s, 10)
	if !ok {
		return 0, errDriver
	}
	low := new(big.Int).And(n, new(big.Int).SetUint64(1<<64-1)) // as in two's complement
	return low.Uint64(), nil
}

func asInt(v any) (int64, error) {
	switch v := v.(type) {
	case int64:
		return v, nil
	case []byte:
		return parseInt(string(v))
	case string:
		return parseInt(v)
	}
	return 0, errDriver
}

func parseInt(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, errDriver
	}
	return n, nil
}

// fromDriver returns a group column's value as its declared type wants it, where a database has no
// such type or its driver delivers text. What it cannot read it leaves to [Index.Group] to refuse.
func fromDriver(t search.Type, v any) any {
	text, isText := v.(string)
	if b, ok := v.([]byte); ok {
		text, isText = string(b), true
	}
	switch t {
	case search.Bool:
		if n, err := asInt(v); err == nil && (n == 0 || n == 1) {
			return n == 1
		}
	case search.Int:
		if n, err := strconv.ParseInt(text, 10, 64); isText && err == nil {
			return n
		}
	case search.Uint:
		if n, err := strconv.ParseUint(text, 10, 64); isText && err == nil {
			return n
		}
	case search.Text:
		if isText {
			return text
		}
	}
	return v
}
