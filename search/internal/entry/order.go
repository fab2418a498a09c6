package entry

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/cellseal/cellseal/internal/value"
)

var errNaN = errors.New("NaN is neither more nor less than any number")

// Width returns the length of keys of type t, in bytes.
func Width(t value.Type) int {
	switch t {
	case value.Bool:
		return 1
	case value.Int, value.Uint, value.Float32, value.Float64:
		return 8
	case value.Time:
		return 12
	}
	return Size
}

// Complete reports whether keys of type t tell any two values apart. Keys of the
// others are cut: equal ones may be of different values.
func Complete(t value.Type) bool {
	return t != value.Text && t != value.Bytes && t != value.Decimal
}

// Order returns bytes that compare as values of type t do, of the value's bytes as
// terms are taken of them. They are not cut.
func Order(t value.Type, b []byte) ([]byte, error) {
	switch t {
	case value.Int, value.Time: // two's complement first
		out := append([]byte(nil), b...)
		out[0] ^= 0x80
		return out, nil
	case value.Float32:
		return float(float64(math.Float32frombits(binary.BigEndian.Uint32(b))))
	case value.Float64:
		return float(math.Float64frombits(binary.BigEndian.Uint64(b)))
	case value.Decimal:
		return decimal(string(b))
	}
	return b, nil
}

// float takes +0.0 and never -0.0: terms know but one zero.
func float(f float64) ([]byte, error) {
	if math.IsNaN(f) {
		return nil, errNaN
	}
	bits := math.Float64bits(f)
	if f < 0 {
		bits = ^bits
	} else {
		bits |= 1 << 63
	}
	return binary.BigEndian.AppendUint64(nil, bits), nil
}

// Key makes a key of what Order returned: cut, or filled up with what comes before
// everything that could stand there.
func Key(t value.Type, order []byte) []byte {
	key := make([]byte, Width(t))
	n := copy(key, order)
	if t == value.Decimal && order[0] == negative {
		for i := n; i < len(key); i++ {
			key[i] = 0xff
		}
	}
	return key
}

// Next returns the least key above all that begin with b, zero-filled to the length of
// a key, or nil if there is none.
func Next(t value.Type, b []byte) []byte {
	for i := len(b) - 1; i >= 0; i-- {
		if b[i] != 0xff {
			key := make([]byte, Width(t))
			copy(key, b[:i+1])
			key[i]++
			return key
		}
	}
	return nil
}
