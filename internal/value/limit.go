package value

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"time"
	"unicode/utf8"
)

// A Limit is a column's declared size, enforced when values are written, because
// the server sees only ciphertext and no longer can. The zero Limit is none.
type Limit struct {
	Kind string // "numeric", "timestamp", "varchar" or ""
	A, B int    // precision and scale; digits of the second; characters
}

var declared = regexp.MustCompile(`^([a-z0-9]+)(?:\(([0-9]{1,6})(?:,([0-9]{1,6}))?\))?$`)

const wantType = "want text, bytes, bool, int, uint, float32, float64, time, uuid, decimal, json, numeric(p,s), timestamp(p) or varchar(n)"

// ParseDeclared reads the value of a tag's type= option.
func ParseDeclared(s string) (Type, Limit, error) {
	m := declared.FindStringSubmatch(s)
	if m == nil {
		return 0, Limit{}, fmt.Errorf("type=%s: %s", s, wantType)
	}
	if t, ok := ParseType(m[1]); ok && m[2] == "" {
		return t, Limit{}, nil
	}
	a, errA := strconv.Atoi(m[2])
	b, errB := 0, error(nil)
	if m[3] != "" {
		b, errB = strconv.Atoi(m[3])
	}
	l := Limit{m[1], a, b}
	switch {
	case errA != nil || errB != nil:
	case l.Kind == "numeric" && a >= 1 && b <= a:
		return Decimal, l, nil
	case l.Kind == "timestamp" && m[3] == "" && a <= 9:
		return Time, l, nil
	case l.Kind == "varchar" && m[3] == "" && a >= 1:
		return Text, l, nil
	}
	return 0, Limit{}, fmt.Errorf("type=%s: %s", s, wantType)
}

func (l Limit) String() string {
	switch l.Kind {
	case "":
		return ""
	case "numeric":
		return fmt.Sprintf("numeric(%d,%d)", l.A, l.B)
	}
	return fmt.Sprintf("%s(%d)", l.Kind, l.A)
}

// Apply does to a value, of the Go type that From gives, what the server would
// have done: numerics and timestamps are rounded, what does not fit is an error.
func (l Limit) Apply(v any) (any, error) {
	switch l.Kind {
	case "numeric":
		return RoundDecimal(v.(string), l.A, l.B)
	case "timestamp":
		return v.(time.Time).Round(time.Duration(math.Pow10(9 - l.A))), nil
	case "varchar":
		if s := v.(string); !utf8.ValidString(s) {
			return nil, errors.New("it is not valid UTF-8")
		} else if n := utf8.RuneCountInString(s); n > l.A {
			return nil, fmt.Errorf("it has %d characters, and %v holds fewer", n, l)
		}
	}
	return v, nil
}

// MaxValues estimates how many different values the limit allows, or is 0 where
// that is no use. A character counts as one of 36, as in package search.
func (l Limit) MaxValues() uint64 {
	switch {
	case l.Kind == "numeric" && l.A <= 18:
		return 2*uint64(math.Pow10(l.A)) - 1
	case l.Kind == "varchar" && l.A <= 8:
		return uint64(math.Pow(36, float64(l.A)))
	}
	return 0
}
