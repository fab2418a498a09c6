package finish

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/search"
)

// valueOf returns a row's value of a key, fit for compare and appendKey: nil, int64, uint64, float64,
// string, bool, time.Time or decimal.
func valueOf(k plan.Key, get Get) (any, error) {
	if k.Column == nil {
		v, err := get(k.Rank)
		if err != nil || v == nil {
			return nil, err
		}
		return rank(v)
	}
	v, err := get(k.At)
	if err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case string:
		if typ, _ := k.Column.Declared(); typ == value.Decimal {
			return parseDecimal(v)
		}
		s, err := search.Collated(v, k.Collation...)
		if err != nil {
			table, _, _ := strings.Cut(k.Column.Label(), ".")
			return nil, &ormhooks.ColumnError{Table: table, Column: k.Column.Name, Err: err}
		}
		return s, nil
	case []byte:
		return string(v), nil
	case [16]byte:
		return string(v[:]), nil
	case float32:
		return float64(v), nil
	}
	return v, nil
}

// rank reads the number that the server has given a row.
func rank(v any) (any, error) {
	if b, ok := v.([]byte); ok {
		v = string(b)
	}
	switch v := v.(type) {
	case int64:
		return v, nil
	case uint64:
		return int64(v), nil
	case string:
		if n, err := strconv.ParseInt(v, 10, 64); err == nil {
			return n, nil
		}
	}
	return nil, fmt.Errorf("cellseal: the server has numbered rows with a Go %T that is no number", v)
}

// compare compares two values of one key that are not NULL. Of SQLite's some may be text: they are
// greater than numbers.
func compare(a, b any) int {
	if _, text := b.(string); text {
		if s, also := a.(string); also {
			return strings.Compare(s, b.(string))
		}
		return -1
	}
	switch a := a.(type) {
	case int64:
		if f, ok := b.(float64); ok { // sums of SQLite, which may be either
			return -compare(f, a)
		}
		return cmp.Compare(a, b.(int64))
	case uint64:
		return cmp.Compare(a, b.(uint64))
	case float64:
		if n, ok := b.(int64); ok {
			if math.IsNaN(a) || math.IsInf(a, 0) {
				return cmp.Compare(a, float64(n))
			}
			return big.NewFloat(a).Cmp(new(big.Float).SetInt64(n))
		}
		b := b.(float64)
		switch { // NaN is the greatest
		case math.IsNaN(a) && math.IsNaN(b):
			return 0
		case math.IsNaN(a):
			return 1
		case math.IsNaN(b):
			return -1
		}
		return cmp.Compare(a, b)
	case string:
		return 1
	case bool:
		return cmp.Compare(truth(a), truth(b.(bool)))
	case time.Time:
		return a.Compare(b.(time.Time))
	case decimal:
		return a.compare(b.(decimal))
	}
	panic(fmt.Sprintf("cellseal: finish: a Go %T", a))
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// appendKey appends what is the same for values that compare as equal, and for no others.
func appendKey(key []byte, v any) []byte {
	var b []byte
	switch v := v.(type) {
	case nil:
		return append(key, 0)
	case int64:
		b = binary.BigEndian.AppendUint64(nil, uint64(v))
	case uint64:
		b = binary.BigEndian.AppendUint64(nil, v)
	case float64:
		b = value.EncodeTerm(value.Float64, v)
	case string:
		b = []byte(v)
	case bool:
		b = []byte{byte(truth(v))}
	case time.Time:
		b = value.Encode(value.Time, v)
	case decimal:
		b = []byte(v.canonical())
	default:
		panic(fmt.Sprintf("cellseal: finish: a Go %T", v))
	}
	return append(binary.AppendUvarint(append(key, 1), uint64(len(b))), bytes.Clone(b)...)
}
