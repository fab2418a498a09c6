package gofield

import (
	"reflect"

	"github.com/cellseal/cellseal/internal/gostruct"
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
