package lock

import (
	"math"
	"strings"

	"github.com/cellseal/cellseal/internal/value"
)

// Declared is a type with its size, in one spelling.
func Declared(typ value.Type, limit value.Limit) string {
	if size := limit.String(); size != "" {
		return size
	}
	return typ.String()
}

// Identity names a column that rows are told apart by, with what of its type
// matters to how it is written there: integers are decimal text, signed or not.
func Identity(name string, typ value.Type) string {
	if typ == value.Int || typ == value.Uint {
		return name + " integer"
	}
	return name + " " + typ.String()
}

// sameType reports whether cells of one declared type can be read as the other: a
// size is enforced when values are written, and changes nothing of what is stored.
func sameType(old, now string) bool {
	a, _, errA := value.ParseDeclared(old)
	b, _, errB := value.ParseDeclared(now)
	return errA == nil && errB == nil && a == b
}

// sameTerms reports whether stored terms of some declared types are found under the
// others. Whoever rounds more than before looks for values that were stored unrounded.
func sameTerms(old, now string) bool {
	a, b := strings.Split(old, "+"), strings.Split(now, "+")
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !sameType(a[i], b[i]) {
			return false
		}
		_, was, _ := value.ParseDeclared(a[i])
		_, is, _ := value.ParseDeclared(b[i])
		if places(is) < places(was) {
			return false
		}
	}
	return true
}

// places returns how many digits behind the point a size keeps.
func places(l value.Limit) int {
	switch {
	case l.Kind == "numeric":
		return l.B
	case l.Kind == "timestamp" && l.A < 9: // of nanoseconds, nine are all
		return l.A
	}
	return math.MaxInt
}
