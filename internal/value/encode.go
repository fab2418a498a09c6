package value

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"
)

// The one NaN that is stored: quiet, positive, without payload.
const (
	nan32 = 0x7FC00000
	nan64 = 0x7FF8000000000000
)

// Encode returns the bytes of v, which must be of the Go type that stands for t;
// [From] makes it so.
func Encode(t Type, v any) []byte {
	switch t {
	case Text, Decimal:
		return []byte(v.(string))
	case Bytes, JSON:
		return v.([]byte)
	case Bool:
		if v.(bool) {
			return []byte{1}
		}
		return []byte{0}
	case Int:
		return binary.BigEndian.AppendUint64(nil, uint64(v.(int64)))
	case Uint:
		return binary.BigEndian.AppendUint64(nil, v.(uint64))
	case Float32:
		bits := math.Float32bits(v.(float32))
		if v.(float32) != v.(float32) {
			bits = nan32
		}
		return binary.BigEndian.AppendUint32(nil, bits)
	case Float64:
		bits := math.Float64bits(v.(float64))
		if math.IsNaN(v.(float64)) {
			bits = nan64
		}
		return binary.BigEndian.AppendUint64(nil, bits)
	case Time:
		at := v.(time.Time)
		b := binary.BigEndian.AppendUint64(nil, uint64(at.Unix()))
		return binary.BigEndian.AppendUint32(b, uint32(at.Nanosecond()))
	case UUID:
		u := v.([16]byte)
		return u[:]
	}
	panic(fmt.Sprintf("cellseal: value of unknown %v", t))
}

// EncodeTerm is Encode for a search term, where -0.0 equals +0.0.
func EncodeTerm(t Type, v any) []byte {
	switch {
	case t == Float32 && v.(float32) == 0:
		v = float32(0)
	case t == Float64 && v.(float64) == 0:
		v = float64(0)
	}
	return Encode(t, v)
}

// Decode is the inverse of Encode. b becomes the value's own.
func Decode(t Type, b []byte) (any, error) {
	if want := t.size(); want != 0 && len(b) != want {
		return nil, fmt.Errorf("%d bytes are no %v, which has %d", len(b), t, want)
	}
	switch t {
	case Text, Decimal:
		return string(b), nil
	case Bytes, JSON:
		return b, nil
	case Bool:
		if b[0] > 1 {
			return nil, errors.New("a byte other than 0 and 1 is no bool")
		}
		return b[0] == 1, nil
	case Int:
		return int64(binary.BigEndian.Uint64(b)), nil
	case Uint:
		return binary.BigEndian.Uint64(b), nil
	case Float32:
		return math.Float32frombits(binary.BigEndian.Uint32(b)), nil
	case Float64:
		return math.Float64frombits(binary.BigEndian.Uint64(b)), nil
	case Time:
		nanos := binary.BigEndian.Uint32(b[8:])
		if nanos >= 1e9 {
			return nil, errors.New("a second has fewer nanoseconds than that")
		}
		return time.Unix(int64(binary.BigEndian.Uint64(b)), int64(nanos)).UTC(), nil
	case UUID:
		return [16]byte(b), nil
	}
	panic(fmt.Sprintf("cellseal: value of unknown %v", t))
}

// size is how many bytes a type has, or 0 if they vary.
func (t Type) size() int {
	switch t {
	case Bool:
		return 1
	case Float32:
		return 4
	case Int, Uint, Float64:
		return 8
	case Time:
		return 12
	case UUID:
		return 16
	}
	return 0
}
