package gofield

import (
	"cmp"
	"math/bits"
	"reflect"

	"github.com/cellseal/cellseal/internal/gostruct"
	"github.com/cellseal/cellseal/internal/value"
)

// Few returns how many values a small integer type has, else 0.
func Few(t reflect.Type) uint64 {
	for t.Kind() == reflect.Pointer || gostruct.IsNull(t) {
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		} else {
			t = t.Field(0).Type
		}
	}
	switch t.Kind() {
	case reflect.Int8, reflect.Uint8:
		return 1 << 8
	case reflect.Int16, reflect.Uint16:
		return 1 << 16
	}
	return 0
}

// Times multiplies how many different values there are with those of one more column: few of its Go type, if
// they are, and else those of its declared one. 0 is no bound.
func Times(product uint64, typ value.Type, few uint64, limit value.Limit) uint64 {
	n := cmp.Or(few, limit.MaxValues())
	if typ == value.Bool {
		n = 2
	}
	over, low := bits.Mul64(product, n) // 0 stays 0
	if over != 0 {
		return 0
	}
	return low
}
