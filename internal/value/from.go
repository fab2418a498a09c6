package value

import (
	"database/sql/driver"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// From returns v as the Go type that stands for t. It follows pointers, kinds
// and driver.Valuer; a nil at the end of that is null. Its errors name types and
// never the value.
func From(t Type, v any) (out any, null bool, err error) {
	if stands(t, v) {
		return v, false, nil
	}
	v, err = resolve(t, v)
	if err != nil {
		return nil, false, err
	}
	if v == nil {
		return nil, true, nil
	}
	out, ok := convert(t, reflect.ValueOf(v))
	if !ok {
		return nil, false, fmt.Errorf("a Go %T is no %v", v, t)
	}
	if t == Decimal {
		if out, err = CanonicalDecimal(out.(string)); err != nil {
			return nil, false, err
		}
	}
	return out, false, nil
}

// stands reports whether v is of the Go type that stands for t already, as what drivers
// deliver of a row's key is: each row of a result is asked.
func stands(t Type, v any) (ok bool) {
	switch t {
	case Text:
		_, ok = v.(string)
	case Int:
		_, ok = v.(int64)
	case UUID:
		_, ok = v.([16]byte)
	}
	return ok
}

// resolve follows pointers and Valuers to a value or nil. What already has the
// shape of t is taken as it is: a UUID type's Valuer would only turn it to text.
func resolve(t Type, v any) (any, error) {
	for range 10 { // a Valuer that returns itself must not hang us
		r := reflect.ValueOf(v)
		pointer := r.Kind() == reflect.Pointer
		switch {
		case !r.IsValid() || pointer && r.IsNil():
			return nil, nil
		case isTime(r) || t == UUID && IsUUID(r.Type()):
			return v, nil
		}
		valuer, ok := v.(driver.Valuer)
		switch {
		case isNull(r.Type()):
			// Its own Value would refuse what no driver takes: arrays, large uint64s.
			if !r.FieldByName("Valid").Bool() {
				return nil, nil
			}
			v = r.Field(0).Interface()
		case pointer && (!ok || isNull(r.Type().Elem()) || t == UUID && IsUUID(r.Type().Elem())):
			v = r.Elem().Interface()
		case ok:
			next, err := valuer.Value()
			if err != nil {
				// Left out: it may quote the value.
				return nil, fmt.Errorf("the Value method of a Go %T returned an error", v)
			}
			v = next
		case r.Kind() == reflect.Slice && r.IsNil():
			return nil, nil // a nil []byte is NULL to database/sql too
		default:
			return v, nil
		}
	}
	return nil, fmt.Errorf("a Go %T resolves to no plain value", v)
}

// IsUUID reports whether t is 16 bytes in an array, as every UUID library has it.
func IsUUID(t reflect.Type) bool {
	return t.Kind() == reflect.Array && t.Len() == 16 && t.Elem() == reflect.TypeFor[byte]()
}

func isTime(r reflect.Value) bool { return r.Type() == reflect.TypeFor[time.Time]() }

// isNull reports whether t is one of database/sql's Null types.
func isNull(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.PkgPath() == "database/sql" && strings.HasPrefix(t.Name(), "Null")
}

func convert(t Type, r reflect.Value) (any, bool) {
	switch t {
	case Text, Decimal:
		if r.Kind() == reflect.String {
			return r.String(), true
		}
		if b, ok := byteSlice(r); ok {
			return string(b), true
		}
		if t == Decimal && r.CanInt() {
			return strconv.FormatInt(r.Int(), 10), true
		}
		if t == Decimal && r.CanUint() {
			return strconv.FormatUint(r.Uint(), 10), true
		}
	case Bytes, JSON:
		if r.Kind() == reflect.String {
			return []byte(r.String()), true
		}
		b, ok := byteSlice(r)
		return b, ok
	case Bool:
		return r.Kind() == reflect.Bool && r.Bool(), r.Kind() == reflect.Bool
	case Int:
		if r.CanUint() && r.Uint() <= math.MaxInt64 {
			return int64(r.Uint()), true
		}
		return intOf(r)
	case Uint:
		if r.CanInt() && r.Int() >= 0 {
			return uint64(r.Int()), true
		}
		if r.CanUint() {
			return r.Uint(), true
		}
	case Float32:
		if r.CanFloat() && (r.Kind() == reflect.Float32 || float64(float32(r.Float())) == r.Float() || math.IsNaN(r.Float())) {
			return float32(r.Float()), true
		}
	case Float64:
		if r.CanFloat() {
			return r.Float(), true
		}
	case Time:
		if isTime(r) {
			return r.Interface().(time.Time).UTC(), true
		}
	case UUID:
		return uuidOf(r)
	}
	return nil, false
}

func intOf(r reflect.Value) (any, bool) {
	if r.CanInt() {
		return r.Int(), true
	}
	return nil, false
}

func byteSlice(r reflect.Value) ([]byte, bool) {
	if r.Kind() == reflect.Slice && r.Type().Elem().Kind() == reflect.Uint8 {
		return r.Bytes(), true
	}
	return nil, false
}

func uuidOf(r reflect.Value) (any, bool) {
	if IsUUID(r.Type()) {
		return r.Convert(reflect.TypeFor[[16]byte]()).Interface(), true
	}
	if b, ok := byteSlice(r); ok {
		if len(b) == 16 {
			return [16]byte(b), true
		}
		return parseUUID(string(b))
	}
	if r.Kind() == reflect.String {
		return parseUUID(r.String())
	}
	return nil, false
}

// parseUUID reads the canonical form of RFC 9562, in either case.
func parseUUID(s string) (any, bool) {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return nil, false
	}
	b, err := hex.DecodeString(strings.ReplaceAll(s, "-", ""))
	if err != nil || len(b) != 16 {
		return nil, false
	}
	return [16]byte(b), true
}

// FromJSON marshals v for a JSON column.
func FromJSON(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		// The error of a type's own MarshalJSON may quote what it was given.
		return nil, fmt.Errorf("a Go %T cannot be marshalled to JSON", v)
	}
	return b, nil
}
