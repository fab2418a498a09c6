package convert

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// Elements returns the elements of an array: of a Go slice, or of PostgreSQL's text form.
// nil is NULL.
func Elements(v any) ([]any, error) {
	r := reflect.ValueOf(v)
	for r.Kind() == reflect.Pointer && !r.IsNil() {
		r = r.Elem()
	}
	if r.IsValid() {
		v = r.Interface()
	}
	if valuer, ok := v.(driver.Valuer); ok {
		next, err := valuer.Value()
		if err != nil { // left out: it may quote the value
			return nil, fmt.Errorf("the Value method of a Go %T returned an error", v)
		}
		v, r = next, reflect.ValueOf(next)
	}
	switch {
	case !r.IsValid() || r.Kind() == reflect.Pointer || r.Kind() == reflect.Slice && r.IsNil():
		return nil, nil
	case r.Kind() == reflect.String:
		return arrayLiteral(r.String())
	case r.Kind() == reflect.Slice && r.Type().Elem().Kind() == reflect.Uint8:
		return arrayLiteral(string(r.Bytes()))
	case r.Kind() == reflect.Slice || r.Kind() == reflect.Array:
		list := make([]any, r.Len())
		for i := range list {
			list[i] = r.Index(i).Interface()
		}
		return list, nil
	}
	return nil, fmt.Errorf("a Go %T is no array: want a slice, or PostgreSQL's text form of an array", v)
}

var errArray = errors.New("it is no array of one dimension in PostgreSQL's text form")

// arrayLiteral reads {a,"b,c",NULL}.
func arrayLiteral(s string) ([]any, error) {
	s = strings.TrimSpace(s)
	if len(s) < 2 || s[0] != '{' || s[len(s)-1] != '}' {
		return nil, errArray
	}
	list := []any{}
	s = s[1 : len(s)-1]
	for first := true; ; first = false {
		s = strings.TrimLeft(s, " \t\r\n")
		if s == "" && first {
			return list, nil
		}
		var b strings.Builder
		quoted := strings.HasPrefix(s, `"`)
		if quoted {
			s = s[1:]
		}
		i := 0
		for ; i < len(s); i++ {
			ch := s[i]
			if ch == '\\' && i+1 < len(s) {
				i++
				b.WriteByte(s[i])
				continue
			}
			if quoted && ch == '"' || !quoted && ch == ',' {
				break
			}
			if !quoted && (ch == '{' || ch == '}' || ch == '"') {
				return nil, errArray
			}
			b.WriteByte(ch)
		}
		element := b.String()
		if quoted {
			if i >= len(s) {
				return nil, errArray
			}
			list = append(list, element)
			s = strings.TrimLeft(s[i+1:], " \t\r\n")
		} else {
			switch element = strings.TrimRight(element, " \t\r\n"); {
			case element == "":
				return nil, errArray
			case strings.EqualFold(element, "NULL"):
				list = append(list, nil)
			default:
				list = append(list, element)
			}
			s = s[i:]
		}
		if s == "" {
			return list, nil
		}
		if s[0] != ',' {
			return nil, errArray
		}
		s = s[1:]
	}
}
