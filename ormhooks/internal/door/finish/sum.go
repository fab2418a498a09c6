package finish

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"math/big"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
)

// ErrRange says that a sum does not fit its type, which is an error in the database too.
var ErrRange = errors.New("cellseal: a sum is out of the range of its type, as it would be in the database")

// A sum adds up numbers as a server does.
type sum struct {
	dialect sqltext.Dialect
	of      plan.Addend
	n       int64
	exact   decimal
	float   float64
	single  float32 // PostgreSQL's real
	lite    lite
}

// read returns a value that is to be added up as decimal, float64 or, of SQLite, int64.
func (s *sum) read(v any) (any, error) {
	floats := s.of.Type == value.Float64 || s.of.Type == value.Float32
	if b, ok := v.([]byte); ok {
		v = string(b)
	}
	switch v := v.(type) {
	case float64:
		if floats || s.dialect == sqltext.SQLite {
			return v, nil
		}
	case float32:
		if floats {
			return float64(v), nil
		}
	case bool:
		return s.integer(new(big.Int).SetInt64(truth(v))), nil
	case int64:
		return s.integer(big.NewInt(v)), nil
	case uint64:
		return s.integer(new(big.Int).SetUint64(v)), nil
	case string:
		if !floats && s.dialect != sqltext.SQLite {
			return parseDecimal(v)
		}
	}
	return nil, fmt.Errorf("cellseal: a value to be added up is a Go %T, and no number", v)
}

func (s *sum) integer(n *big.Int) any {
	switch {
	case s.dialect != sqltext.SQLite:
		return decimal{n, 0}
	case n.IsInt64():
		return n.Int64()
	}
	f, _ := new(big.Float).SetInt(n).Float64()
	return f
}

// add takes what read has given.
func (s *sum) add(v any) error {
	s.n++
	if s.dialect == sqltext.SQLite {
		s.lite.add(v)
		return nil
	}
	switch v := v.(type) {
	case decimal:
		if s.exact.n == nil {
			s.exact = decimal{new(big.Int), max(s.of.Scale, 0)}
		}
		s.exact = s.exact.add(v)
	case float64:
		next, single := s.float+v, s.single+float32(v)
		if s.dialect == sqltext.PostgreSQL && (overflows(next, s.float, v) || s.of.Type == value.Float32 && overflows(float64(single), float64(s.single), v)) {
			return ErrRange
		}
		s.float, s.single = next, single
	}
	return nil
}

func overflows(sum, x, y float64) bool {
	return math.IsInf(sum, 0) && !math.IsInf(x, 0) && !math.IsInf(y, 0)
}

// total is SUM: what the caller sees, and what it is sorted by.
func (s *sum) total() (driver.Value, any, error) {
	switch {
	case s.n == 0:
		return nil, nil, nil
	case s.dialect == sqltext.SQLite:
		return s.lite.total()
	case s.exact.n == nil && s.of.Type == value.Float32 && s.dialect == sqltext.PostgreSQL:
		return float64(s.single), float64(s.single), nil
	case s.exact.n == nil:
		return s.float, s.float, nil
	case s.of.Small:
		if !s.exact.n.IsInt64() {
			return nil, nil, ErrRange
		}
		return s.exact.n.Int64(), s.exact, nil
	}
	return s.text(s.exact)
}

// average is AVG.
func (s *sum) average() (driver.Value, any, error) {
	switch {
	case s.n == 0:
		return nil, nil, nil
	case s.dialect == sqltext.SQLite:
		f := s.lite.value() / float64(s.n)
		return f, f, nil
	case s.exact.n == nil:
		f := s.float / float64(s.n)
		return f, f, nil
	case s.dialect == sqltext.MySQL:
		return s.text(s.exact.over(s.n, s.exact.scale+4))
	}
	return s.text(s.exact.over(s.n, quotientScale(s.exact, s.n)))
}

// text is how drivers deliver a decimal.
func (s *sum) text(d decimal) (driver.Value, any, error) {
	if s.dialect == sqltext.MySQL {
		return []byte(d.String()), d, nil
	}
	return d.String(), d, nil
}
