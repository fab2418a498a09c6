package codec

import (
	"database/sql/driver"
	"fmt"
	"math"
	"reflect"
	"strconv"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/internal/gostruct"
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// Encode returns the plaintext that is encrypted of a Go value, or that it is NULL.
func Encode(c *schema.Column, v reflect.Value) (plaintext []byte, null bool, err error) {
	typ, _ := c.Declared()
	if typ == value.JSON {
		inner, null := follow(v)
		if null {
			return nil, true, nil // a nil slice or map is none: the JSON null is a value
		}
		plaintext, err = value.FromJSON(inner.Addr().Interface())
	} else {
		var plain any
		if plain, err = Limited(c, v); err == nil && plain == nil {
			return nil, true, nil
		} else if err == nil {
			plaintext = value.Encode(typ, plain)
		}
	}
	if err == nil && len(plaintext) > cell.MaxPlaintext-c.Pad {
		err = fmt.Errorf("%d bytes are more than a cell holds, which is 1 GiB", len(plaintext))
	}
	return plaintext, false, err
}

// Limited returns v as the column's declared type and size have it; nil for NULL.
// Terms are taken of this, so that a look-up is rounded as the stored value was.
func Limited(c *schema.Column, v reflect.Value) (any, error) {
	typ, limit := c.Declared()
	plain, null, err := value.From(typ, Interface(v))
	if err != nil || null {
		return nil, err
	}
	return limit.Apply(plain)
}

// Interface returns what v holds, for value.From: a pointer to it if only the
// pointer has the Valuer, which would be passed by else.
func Interface(v reflect.Value) any {
	if !v.IsValid() {
		return nil
	}
	t := v.Type()
	for t.Kind() == reflect.Pointer || gostruct.IsNull(t) {
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		} else {
			t = t.Field(0).Type
		}
	}
	if t.PkgPath() == "" || t.Implements(valuer) || !reflect.PointerTo(t).Implements(valuer) {
		return v.Interface()
	}
	inner, null := follow(v)
	if null {
		return nil
	}
	return inner.Addr().Interface()
}

var valuer = reflect.TypeFor[driver.Valuer]()

// follow goes through pointers and database/sql's Null types to an addressable
// value, or to NULL.
func follow(v reflect.Value) (inner reflect.Value, null bool) {
	for {
		switch {
		case v.Kind() == reflect.Pointer:
			if v.IsNil() {
				return v, true
			}
			v = v.Elem()
		case gostruct.IsNull(v.Type()):
			if !v.FieldByName("Valid").Bool() {
				return v, true
			}
			v = v.Field(0)
		default:
			return addressable(v), false
		}
	}
}

// IsNull reports whether v is NULL for sure: of a type of its own that is a Valuer only Encode
// knows.
func IsNull(v reflect.Value) bool {
	if !v.IsValid() {
		return true
	}
	_, null := follow(v)
	return null
}

// addressable returns v or a copy of it, for methods with a pointer receiver.
func addressable(v reflect.Value) reflect.Value {
	if v.CanAddr() {
		return v
	}
	p := reflect.New(v.Type()).Elem()
	p.Set(v)
	return p
}

// Scratch is room for the plaintext of one value after the other. The zero Scratch is ready
// for use, by one goroutine.
type Scratch struct{ room []byte }

// Decode opens a stored value and returns what Encode was given, as far as the declared type
// goes.
func (x *Scratch) Decode(c *schema.Column, row *cell.Row, s Stored) (any, error) {
	typ, _ := c.Declared()
	if typ == value.Bytes || typ == value.JSON { // the plaintext becomes the value's own
		plaintext, err := Open(c, row, s, []byte{})
		if err != nil {
			return nil, err
		}
		return value.Decode(typ, plaintext)
	}
	plaintext, err := Open(c, row, s, x.room[:0])
	if err != nil {
		return nil, err
	}
	x.room = plaintext
	return value.Decode(typ, plaintext)
}

// A Stored is what a column and the hidden column beside it store of one value.
type Stored struct {
	Value  any // []byte or string; nil is NULL
	Hidden any // []byte token or int64 key id, empty or 0 for NULL; nil if there is none, or it was not read
}

// Null reports whether a value is NULL, and so is not opened. If one half alone is,
// somebody has taken away the other.
func (s Stored) Null() bool {
	switch hidden := s.Hidden.(type) {
	case []byte:
		return s.Value == nil && len(hidden) == 0
	case int64:
		return s.Value == nil && hidden == 0
	}
	return s.Value == nil
}

// Seal encrypts a plaintext as the column's mode says.
func Seal(c *schema.Column, row *cell.Row, plaintext []byte) (Stored, error) {
	switch c.Mode {
	case schema.ModeToken:
		ciphertext, token := row.Protect(c.Label(), plaintext)
		return Stored{ciphertext, token}, nil
	case schema.ModeImprint:
		imprinted, err := row.Imprint(c.Label(), plaintext, imprintOptions(c, 0))
		if err != nil {
			return Stored{}, err
		}
		if c.Alphabet != nil {
			return Stored{string(imprinted), int64(row.PrimaryID())}, nil
		}
		return Stored{imprinted, int64(row.PrimaryID())}, nil
	}
	var sealed []byte
	if c.Pad > 0 {
		sealed = row.SealPadded(c.Label(), plaintext, c.Pad)
	} else {
		sealed = row.Seal(c.Label(), plaintext)
	}
	if c.Text {
		return Stored{cell.Text(sealed), nil}, nil
	}
	return Stored{sealed, nil}, nil
}

// Open is the inverse of Seal. What it returns may or may not be in dst's room.
func Open(c *schema.Column, row *cell.Row, s Stored, dst []byte) ([]byte, error) {
	stored, err := binary(c, s.Value)
	if err != nil {
		return nil, err
	}
	switch c.Mode {
	case schema.ModeToken:
		token, err := tokenIn(c, s)
		if err != nil {
			return nil, err
		}
		return row.OpenProtected(c.Label(), stored, token)
	case schema.ModeImprint:
		id, err := keyIDIn(c, s)
		if err != nil {
			return nil, err
		}
		return row.Reveal(c.Label(), stored, imprintOptions(c, id))
	}
	return row.AppendOpen(dst, c.Label(), stored)
}

// KeyID returns the root key a stored value says it is under, or 0, without any key.
func KeyID(c *schema.Column, s Stored) (uint32, error) {
	switch c.Mode {
	case schema.ModeToken:
		token, err := tokenIn(c, s)
		if err != nil {
			return 0, err
		}
		info, err := cell.Inspect(token)
		return info.KeyID, err
	case schema.ModeImprint:
		return keyIDIn(c, s)
	}
	sealed, err := binary(c, s.Value)
	if err != nil {
		return 0, err
	}
	info, err := cell.Inspect(sealed)
	return info.KeyID, err
}

func tokenIn(c *schema.Column, s Stored) ([]byte, error) {
	token, ok := s.Hidden.([]byte)
	if !ok {
		return nil, fmt.Errorf("its token was not read: select %s along with it", c.Hidden())
	}
	return token, nil
}

func keyIDIn(c *schema.Column, s Stored) (uint32, error) {
	id, ok := s.Hidden.(int64)
	if !ok {
		return 0, fmt.Errorf("its key id was not read: select %s along with it", c.Hidden())
	}
	if id <= 0 || id > math.MaxUint32 {
		return 0, cell.ErrDecrypt
	}
	return uint32(id), nil
}

// binary returns a stored value's bytes, in whatever form the driver delivered them.
func binary(c *schema.Column, stored any) ([]byte, error) {
	var text string
	switch v := stored.(type) {
	case string:
		text = v
	case []byte:
		if !c.Text {
			return v, nil
		}
		text = string(v)
	default:
		return nil, cell.ErrDecrypt
	}
	if c.Text {
		return cell.ParseText(text)
	}
	return []byte(text), nil
}

func imprintOptions(c *schema.Column, keyID uint32) *cell.ImprintOptions {
	return &cell.ImprintOptions{Alphabet: c.Alphabet, KeepOthers: c.KeepOthers, KeyID: keyID}
}

// HiddenOf returns what a driver delivered of a column's token or key id, for Stored.Hidden.
// Of what is neither it makes one that does not open.
func HiddenOf(c *schema.Column, v any) any {
	if c.Mode == schema.ModeToken {
		switch v := v.(type) {
		case []byte:
			return v
		case string:
			return []byte(v)
		}
		return []byte(nil)
	}
	switch v := v.(type) {
	case int64:
		return v
	case uint64: // go-sql-driver/mysql, of a BIGINT UNSIGNED
		if v <= math.MaxInt64 {
			return int64(v)
		}
	case []byte:
		return keyIDText(string(v))
	case string:
		return keyIDText(v)
	case nil:
		return int64(0)
	}
	return int64(-1)
}

func keyIDText(s string) int64 {
	id, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return -1
	}
	return id
}
