package convert

import (
	"database/sql/driver"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// Limited returns an argument or a constant as the column's declared type and size have
// it; nil for NULL. What it takes beyond package codec is what servers take: a number as
// text, a time as text, 0 and 1 as truth values.
func Limited(d sqltext.Dialect, c *schema.Column, v any) (any, error) {
	typ, _ := c.Declared()
	if typ == value.JSON {
		return jsonText(v)
	}
	v, err := bytea(d, typ, v)
	if err != nil {
		return nil, err
	}
	plain, err := codec.Limited(c, reflect.ValueOf(v))
	if err == nil {
		return plain, nil
	}
	if other, ok := coerced(typ, v); ok {
		return codec.Limited(c, reflect.ValueOf(other))
	}
	return nil, unread(typ, v, err)
}

// Asked returns an argument or a constant that a column is compared with in order, as its type has
// it; nil for NULL. It is not rounded to the column's size: 1.005 is less than 1.01.
func Asked(d sqltext.Dialect, typ value.Type, v any) (any, error) {
	v, err := bytea(d, typ, v)
	if err != nil {
		return nil, err
	}
	plain, null, err := value.From(typ, codec.Interface(reflect.ValueOf(v)))
	if err == nil && null {
		return nil, nil
	}
	if err == nil {
		return plain, nil
	}
	if other, ok := coerced(typ, v); ok {
		plain, _, err = value.From(typ, other)
	}
	return plain, unread(typ, v, err)
}

// unread says of a text that is no time how times are written.
func unread(typ value.Type, v any, err error) error {
	if _, ok := v.(string); ok && err != nil && typ == value.Time {
		return errors.New("this text is no time: write it as 2006-01-02 15:04:05.999999Z, as 2006-01-02T15:04:05+02:00 or as 2006-01-02, where what names no zone is in UTC; or give a time.Time")
	}
	return err
}

// Encoded returns what is encrypted of an argument or a constant.
func Encoded(d sqltext.Dialect, c *schema.Column, v any) (plaintext []byte, null bool, err error) {
	plain, err := Limited(d, c, v)
	if err != nil || plain == nil {
		return nil, err == nil, err
	}
	typ, _ := c.Declared()
	if plaintext = value.Encode(typ, plain); len(plaintext) > cell.MaxPlaintext-c.Pad {
		return nil, false, fmt.Errorf("%d bytes are more than a cell holds, which is 1 GiB", len(plaintext))
	}
	return plaintext, false, nil
}

// jsonText takes a string or bytes for the JSON text itself, as a server does, and marshals
// anything else.
func jsonText(v any) (any, error) {
	text, null, err := value.From(value.JSON, v)
	if null {
		return nil, nil
	}
	if err != nil {
		return value.FromJSON(v)
	}
	if !json.Valid(text.([]byte)) {
		return nil, errors.New("it is no JSON")
	}
	return text, nil
}

// bytea reads a string that is given for bytes, as PostgreSQL does.
func bytea(d sqltext.Dialect, typ value.Type, v any) (any, error) {
	s, ok := v.(string)
	if !ok || typ != value.Bytes || d != sqltext.PostgreSQL || !strings.Contains(s, `\`) {
		return v, nil
	}
	if digits, ok := strings.CutPrefix(s, `\x`); ok {
		if b, err := hex.DecodeString(digits); err == nil {
			return b, nil
		}
	}
	return nil, errors.New(`a string for bytes is written \x… in hex: give bytes`)
}

// coerced returns v as another Go type of the same value, for a column of type typ.
func coerced(typ value.Type, v any) (any, bool) {
	v, err := driver.DefaultParameterConverter.ConvertValue(v)
	if err != nil {
		return nil, false
	}
	if b, ok := v.([]byte); ok {
		v = string(b)
	}
	switch v := v.(type) {
	case string:
		return parsed(typ, v)
	case int64:
		switch typ {
		case value.Bool:
			return v == 1, v == 0 || v == 1
		case value.Float32, value.Float64:
			return float64(v), int64(float64(v)) == v
		}
	case float64:
		switch {
		case typ == value.Decimal && !math.IsInf(v, 0) && !math.IsNaN(v):
			return strconv.FormatFloat(v, 'f', -1, 64), true
		case (typ == value.Int || typ == value.Uint) && math.Trunc(v) == v && math.Abs(v) < 1<<53:
			return int64(v), true
		case typ == value.Float32:
			return float32(v), true
		}
	}
	return nil, false
}

func parsed(typ value.Type, s string) (v any, ok bool) {
	var err error
	switch typ {
	case value.Int:
		v, err = strconv.ParseInt(s, 10, 64)
	case value.Uint:
		v, err = strconv.ParseUint(s, 10, 64)
	case value.Float64:
		v, err = strconv.ParseFloat(s, 64)
	case value.Float32:
		var f float64
		f, err = strconv.ParseFloat(s, 32)
		v = float32(f)
	case value.Bool:
		v, ok = truth[strings.ToLower(s)]
		return v, ok
	case value.Time:
		return parsedTime(s)
	case value.Decimal, value.Text:
		return s, true
	default:
		return nil, false
	}
	return v, err == nil
}

var truth = map[string]bool{"t": true, "true": true, "1": true, "f": false, "false": false, "0": false}

// layouts are how times are written as text. What names no zone is in UTC.
var layouts = []string{
	"2006-01-02 15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999Z07:00",
	"2006-01-02 15:04:05.999999999Z07", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999", "2006-01-02",
}

func parsedTime(s string) (any, bool) {
	for _, layout := range layouts {
		if at, err := time.Parse(layout, s); err == nil {
			return at, true
		}
	}
	return nil, false
}

// Bound returns a plain column's value in an identity, from an argument or from a result.
func Bound(c *schema.Column, v any) (codec.Bound, error) {
	typ, _ := c.Declared()
	if s, ok := v.(string); ok && typ == value.Bytes && strings.Contains(s, `\`) {
		return codec.Bound{}, errors.New("rows are told apart by its bytes, and servers differ in how they read a string for them: give bytes")
	}
	b, err := codec.Bind(c, codec.Interface(reflect.ValueOf(v)))
	if err == nil {
		return b, nil
	}
	if other, ok := coerced(typ, v); ok {
		return codec.Bind(c, other)
	}
	return b, err
}

// IsNull reports whether an argument or a constant is NULL, of whatever type it is.
func IsNull(v any) bool {
	plain, err := driver.DefaultParameterConverter.ConvertValue(v)
	if b, ok := plain.([]byte); ok {
		return b == nil
	}
	return plain == nil && err == nil
}
