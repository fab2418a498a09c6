package gofield

import (
	"fmt"
	"reflect"

	"github.com/cellseal/cellseal/internal/gostruct"
	"github.com/cellseal/cellseal/internal/value"
)

// Fits returns why values of a Go type cannot be written as the declared type, or
// would not come back.
func Fits(t reflect.Type, declared value.Type) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case gostruct.IsNull(t):
		return Fits(t.Field(0).Type, declared)
	case gostruct.IsCustom(t):
		return nil // its Scan method takes what it likes
	case declared == value.JSON:
		return fitsJSON(t)
	}
	is, _, err := gostruct.TypeOf(t)
	switch {
	case err != nil || is == declared:
		return err
	case is == value.Text && declared == value.Decimal:
	case is == value.Bytes && (declared == value.Text || declared == value.Decimal):
	case is == value.Float32 && declared == value.Float64, is == value.Float64 && declared == value.Float32:
	default:
		return fmt.Errorf("a Go %v cannot be stored as %v: leave type= out, or change the Go type", t, declared)
	}
	return nil
}

func fitsJSON(t reflect.Type) error {
	switch t.Kind() {
	case reflect.Chan, reflect.Func, reflect.UnsafePointer, reflect.Complex64, reflect.Complex128:
		return fmt.Errorf("a Go %v cannot be stored", t)
	case reflect.Interface:
		if t.NumMethod() > 0 {
			return fmt.Errorf("a Go %v cannot be read back from JSON: name the type that is stored", t)
		}
	}
	return nil
}
