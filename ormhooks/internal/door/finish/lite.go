package finish

import (
	"database/sql/driver"
	"math"
)

// A lite adds up as SQLite does: integers, and from the first float on floats, with Neumaier's
// compensation (func.c of SQLite 3.43 and later).
type lite struct {
	whole    int64
	floats   bool
	overflow bool
	sum, err float64
}

const large = 1 << 52 // from where on an integer is added in two parts

func (l *lite) add(v any) {
	n, integer := v.(int64)
	switch {
	case integer && !l.floats:
		sum := l.whole + n
		if (sum > l.whole) == (n > 0) {
			l.whole = sum
			return
		}
		l.overflow = true
		l.begin()
		l.integer(n)
	case integer:
		l.integer(n)
	default:
		if !l.floats {
			l.begin()
		}
		l.overflow = false
		l.step(v.(float64))
	}
}

// begin goes over to floats.
func (l *lite) begin() {
	l.floats = true
	if l.whole <= -large || l.whole >= large {
		rest := l.whole % 16384
		l.sum, l.err = float64(l.whole-rest), float64(rest)
		return
	}
	l.sum = float64(l.whole)
}

func (l *lite) integer(n int64) {
	if n <= -large || n >= large {
		rest := n % 16384
		l.step(float64(n - rest))
		l.step(float64(rest))
		return
	}
	l.step(float64(n))
}

func (l *lite) step(v float64) {
	s, t := l.sum, l.sum+v
	if math.Abs(s) > math.Abs(v) {
		l.err += (s - t) + v
	} else {
		l.err += (v - t) + s
	}
	l.sum = t
}

// value is the sum as a float.
func (l *lite) value() float64 {
	switch {
	case !l.floats:
		return float64(l.whole)
	case math.IsNaN(l.err):
		return l.sum
	}
	return l.sum + l.err
}

func (l *lite) total() (driver.Value, any, error) {
	switch {
	case l.floats && l.overflow:
		return nil, nil, ErrRange
	case l.floats:
		return l.value(), l.value(), nil
	}
	return l.whole, l.whole, nil
}
