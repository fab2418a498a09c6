package gostruct

import (
	"database/sql/driver"
	"fmt"
	"reflect"
	"time"

	"github.com/cellseal/cellseal/internal/value"
)

// TypeOf finds the declared type of a Go type, and whether it can be NULL.
func TypeOf(t reflect.Type) (typ value.Type, nullable bool, err error) {
	if t.Kind() == reflect.Pointer {
		typ, _, err = TypeOf(t.Elem())
		return typ, true, err
	}
	switch {
	case IsNull(t):
		typ, _, err = TypeOf(t.Field(0).Type)
		return typ, true, err
	case t == reflect.TypeFor[time.Time]():
		return value.Time, false, nil
	case value.IsUUID(t):
		return value.UUID, false, nil
	case IsCustom(t):
		typ, err = probe(t)
		return typ, false, err
	}
	switch t.Kind() {
	case reflect.String:
		return value.Text, false, nil
	case reflect.Bool:
		return value.Bool, false, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return value.Int, false, nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return value.Uint, false, nil
	case reflect.Float32:
		return value.Float32, false, nil
	case reflect.Float64:
		return value.Float64, false, nil
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return value.Bytes, false, nil
		}
		fallthrough
	case reflect.Struct, reflect.Map, reflect.Array:
		return 0, false, fmt.Errorf("a Go %v can be stored as JSON only: add the option json", t)
	}
	return 0, false, fmt.Errorf("a Go %v cannot be stored", t)
}

// probe asks the zero value of a type with its own Valuer what it yields.
func probe(t reflect.Type) (typ value.Type, err error) {
	unclear := fmt.Errorf("what the Valuer of a Go %v yields is not known beforehand: add type=, as in type=text", t)
	defer func() {
		if recover() != nil {
			err = unclear
		}
	}()
	v, verr := reflect.New(t).Interface().(driver.Valuer).Value()
	if verr != nil {
		return 0, unclear
	}
	switch v.(type) {
	case string:
		return value.Text, nil
	case []byte:
		return value.Bytes, nil
	case bool:
		return value.Bool, nil
	case int64:
		return value.Int, nil
	case float64:
		return value.Float64, nil
	case time.Time:
		return value.Time, nil
	}
	return 0, unclear
}
