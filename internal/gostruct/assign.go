package gostruct

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"

	"github.com/cellseal/cellseal/internal/value"
)

var errOverflow = errors.New("the stored number does not fit the Go field's type")

// Assign puts an opened value, of the Go type that stands for typ, into dst. v is
// nil for NULL.
func Assign(dst reflect.Value, typ value.Type, v any) error {
	t := dst.Type()
	switch {
	case v == nil && (t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map):
		dst.SetZero()
		return nil
	case t.Kind() == reflect.Pointer:
		p := reflect.New(t.Elem())
		if err := Assign(p.Elem(), typ, v); err != nil {
			return err
		}
		dst.Set(p)
		return nil
	case IsNull(t):
		if v == nil {
			dst.SetZero()
			return nil
		}
		if err := Assign(dst.Field(0), typ, v); err != nil {
			return err
		}
		dst.FieldByName("Valid").SetBool(true)
		return nil
	case typ == value.JSON && v != nil:
		if json.Unmarshal(v.([]byte), dst.Addr().Interface()) != nil {
			return fmt.Errorf("the stored JSON does not fit a Go %v", t)
		}
		return nil
	case typ == value.UUID && value.IsUUID(t) && v != nil:
		dst.Set(reflect.ValueOf(v).Convert(t))
		return nil
	case IsCustom(t):
		form, other := scannable(v)
		scanner := dst.Addr().Interface().(sql.Scanner)
		if scanner.Scan(form) != nil && (other == nil || !takes(scanner, other)) {
			return fmt.Errorf("the Scan method of a Go %v refused the stored value", t)
		}
		return nil
	case v == nil:
		return fmt.Errorf("the column is NULL, which a Go %v cannot hold: use a pointer or sql.Null", t)
	}
	return assignPlain(dst, v)
}

// scannable returns v as a driver would deliver it to a Scanner, and the other form
// that drivers have for it or nil: some Scanners know only one.
func scannable(v any) (form, other any) {
	switch v := v.(type) {
	case string:
		return v, []byte(v)
	case []byte:
		return v, string(v)
	case uint64:
		if v <= math.MaxInt64 {
			return int64(v), nil
		}
		return strconv.FormatUint(v, 10), nil
	case float32:
		return float64(v), nil
	case [16]byte:
		return UUIDText(v), v[:]
	}
	return v, nil
}

// takes tries a form that the Scanner may never have been meant to see.
func takes(s sql.Scanner, form any) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	return s.Scan(form) == nil
}

func assignPlain(dst reflect.Value, v any) error {
	src := reflect.ValueOf(v)
	switch {
	case src.CanInt() && dst.CanInt():
		if dst.OverflowInt(src.Int()) {
			return errOverflow
		}
		dst.SetInt(src.Int())
	case src.CanUint() && dst.CanUint():
		if dst.OverflowUint(src.Uint()) {
			return errOverflow
		}
		dst.SetUint(src.Uint())
	case src.CanFloat() && dst.CanFloat():
		f := src.Float()
		if dst.Kind() == reflect.Float32 && float64(float32(f)) != f && !math.IsNaN(f) {
			return errOverflow // it would become another number
		}
		dst.SetFloat(f)
	case src.Kind() == reflect.String && dst.Kind() == reflect.String:
		dst.SetString(src.String())
	case src.Kind() == dst.Kind() && src.CanConvert(dst.Type()):
		dst.Set(src.Convert(dst.Type()))
	case src.Kind() == reflect.String && dst.Kind() == reflect.Slice && dst.Type().Elem().Kind() == reflect.Uint8:
		dst.SetBytes([]byte(src.String()))
	default:
		return fmt.Errorf("a stored %T does not fit a Go %v", v, dst.Type())
	}
	return nil
}

// UUIDText is the canonical form of RFC 9562.
func UUIDText(u [16]byte) string {
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}
