package value

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

type (
	namedString  string
	namedBytes   []byte
	namedBool    bool
	namedInt     int
	namedInt8    int8
	namedUint    uint
	namedUint8   uint8
	namedFloat32 float32
	namedFloat64 float64
	namedArray   [16]byte
)

var (
	someUUID     = [16]byte{0xf8, 0x1d, 0x4f, 0xae, 0x7d, 0xec, 0x11, 0xd0, 0xa7, 0x65, 0x00, 0xa0, 0xc9, 0x1e, 0x6b, 0xf6}
	someUUIDText = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
)

func TestFromTakesEveryKind(t *testing.T) {
	at := time.Unix(1, 2).UTC()
	for _, c := range []struct {
		typ      Type
		in, want any
	}{
		{Text, "a", "a"},
		{Text, "", ""},
		{Text, namedString("a"), "a"},
		{Text, []byte("a"), "a"},
		{Text, namedBytes("a"), "a"},
		{Text, json.RawMessage("a"), "a"},
		{Bytes, []byte{1}, []byte{1}},
		{Bytes, []byte{}, []byte{}},
		{Bytes, namedBytes{1}, []byte{1}},
		{Bytes, "a", []byte("a")},
		{Bytes, "", []byte{}},
		{Bytes, []namedUint8{1}, []byte{1}},
		{JSON, json.RawMessage(`{}`), []byte(`{}`)},
		{JSON, namedString("1"), []byte("1")},
		{Bool, true, true},
		{Bool, namedBool(false), false},
		{Int, 1, int64(1)},
		{Int, int8(math.MinInt8), int64(math.MinInt8)},
		{Int, int16(math.MinInt16), int64(math.MinInt16)},
		{Int, int32(math.MinInt32), int64(math.MinInt32)},
		{Int, int64(math.MinInt64), int64(math.MinInt64)},
		{Int, namedInt(-3), int64(-3)},
		{Int, namedInt8(-3), int64(-3)},
		{Int, 'a', int64(97)},
		{Int, uint(1), int64(1)},
		{Int, uint8(math.MaxUint8), int64(math.MaxUint8)},
		{Int, uint16(math.MaxUint16), int64(math.MaxUint16)},
		{Int, uint32(math.MaxUint32), int64(math.MaxUint32)},
		{Int, uint64(math.MaxInt64), int64(math.MaxInt64)},
		{Int, uintptr(7), int64(7)},
		{Int, time.Second, int64(1e9)},
		{Uint, 0, uint64(0)},
		{Uint, int8(math.MaxInt8), uint64(math.MaxInt8)},
		{Uint, int64(math.MaxInt64), uint64(math.MaxInt64)},
		{Uint, uint64(math.MaxUint64), uint64(math.MaxUint64)},
		{Uint, namedUint(3), uint64(3)},
		{Uint, namedUint8(3), uint64(3)},
		{Float32, float32(0.1), float32(0.1)},
		{Float32, namedFloat32(0.1), float32(0.1)},
		{Float32, 0.5, float32(0.5)},
		{Float32, math.Inf(-1), float32(math.Inf(-1))},
		{Float64, 0.1, 0.1},
		{Float64, float32(0.5), 0.5},
		{Float64, namedFloat64(-1), float64(-1)},
		{Time, at, at},
		{Time, at.In(time.FixedZone("", 3600)), at},
		{UUID, someUUID, someUUID},
		{UUID, namedArray(someUUID), someUUID},
		{UUID, someUUID[:], someUUID},
		{UUID, namedBytes(someUUID[:]), someUUID},
		{UUID, someUUIDText, someUUID},
		{UUID, "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6", someUUID},
		{UUID, namedString(someUUIDText), someUUID},
		{UUID, []byte(someUUIDText), someUUID},
		{UUID, [16]byte{}, [16]byte{}},
		{Decimal, "1.50", "1.5"},
		{Decimal, []byte("1e3"), "1000"},
		{Decimal, json.Number("-0"), "0"},
		{Decimal, 150, "150"},
		{Decimal, int64(math.MinInt64), "-9223372036854775808"},
		{Decimal, uint64(math.MaxUint64), "18446744073709551615"},
		{Decimal, namedUint8(0), "0"},
	} {
		out, null, err := From(c.typ, c.in)
		require.NoError(t, err, "%v of %T", c.typ, c.in)
		require.False(t, null)
		require.Equal(t, c.want, out, "%v of %T", c.typ, c.in)

		once := ptr(c.in)
		for _, p := range []any{once, ptr(once), ptr(any(ptr(once)))} {
			out, null, err = From(c.typ, p)
			require.NoError(t, err, "%v of %T", c.typ, p)
			require.False(t, null)
			require.Equal(t, c.want, out, "%v of %T", c.typ, p)
		}
	}
}

func TestFromTakesNaN(t *testing.T) {
	for _, in := range []any{math.NaN(), float32(math.NaN()), namedFloat64(math.NaN())} {
		for _, typ := range []Type{Float32, Float64} {
			out, _, err := From(typ, in)
			require.NoError(t, err)
			require.True(t, isNaN(out), "%v of %T", typ, in)
		}
	}
}

func TestWhatIsNull(t *testing.T) {
	for _, typ := range allTypes {
		for _, in := range []any{
			nil, []byte(nil), namedBytes(nil), json.RawMessage(nil), []int(nil), (*string)(nil), (*int)(nil),
			(*[]byte)(nil), (**string)(nil), ptr((*string)(nil)), ptr(ptr((*time.Time)(nil))), ptr(any(nil)),
			ptr([]byte(nil)), (*namedArray)(nil), (*[16]byte)(nil),
		} {
			out, null, err := From(typ, in)
			require.NoError(t, err, "%v of %T", typ, in)
			require.True(t, null, "%v of %T", typ, in)
			require.Nil(t, out)
		}
	}
}

func TestFromRefuses(t *testing.T) {
	for _, c := range []struct {
		typ Type
		in  any
		why string
	}{
		{Int, uint64(math.MaxInt64) + 1, "a Go uint64 is no int"},
		{Int, 1.0, "a Go float64 is no int"},
		{Int, "1", "a Go string is no int"},
		{Int, true, "a Go bool is no int"},
		{Uint, -1, "a Go int is no uint"},
		{Uint, int8(-1), "a Go int8 is no uint"},
		{Uint, int64(math.MinInt64), "a Go int64 is no uint"},
		{Uint, "1", "a Go string is no uint"},
		{Float32, 0.1, "a Go float64 is no float32"},
		{Float32, math.MaxFloat64, "a Go float64 is no float32"},
		{Float32, 1, "a Go int is no float32"},
		{Float64, 1, "a Go int is no float64"},
		{Float64, "1", "a Go string is no float64"},
		{Bool, 1, "a Go int is no bool"},
		{Bool, "true", "a Go string is no bool"},
		{Text, 1, "a Go int is no text"},
		{Text, []int{1}, "a Go []int is no text"},
		{Text, [16]byte{}, "a Go [16]uint8 is no text"},
		{Text, time.Time{}, "a Go time.Time is no text"},
		{Bytes, 1, "a Go int is no bytes"},
		{Bytes, [3]byte{}, "a Go [3]uint8 is no bytes"},
		{JSON, struct{ A int }{1}, "a Go struct { A int } is no json"},
		{Time, "2024-01-01T00:00:00Z", "a Go string is no time"},
		{Time, 0, "a Go int is no time"},
		{UUID, [15]byte{}, "a Go [15]uint8 is no uuid"},
		{UUID, make([]byte, 15), "a Go []uint8 is no uuid"},
		{UUID, "f81d4fae7dec11d0a76500a0c91e6bf6", "a Go string is no uuid"},
		{UUID, "{f81d4fae-7dec-11d0-a765-00a0c91e6bf6}", "a Go string is no uuid"},
		{UUID, "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "a Go string is no uuid"},
		{UUID, "f81d4fae-7dec-11d0-a765-00a0c91e6bfg", "a Go string is no uuid"},
		{UUID, "f81d4fae-7dec-11d0-a765-00a0c91e6b-6", "a Go string is no uuid"},
		{UUID, "f81d4fae07dec-11d0-a765-00a0c91e6bf6", "a Go string is no uuid"},
		{UUID, "f81d4fa-e7dec-11d0-a765-00a0c91e6bf6", "a Go string is no uuid"},
		{UUID, "f81d4fae-7de-c11d0-a765-00a0c91e6bf6", "a Go string is no uuid"},
		{UUID, "f81d4fae-7dec-11d-0a765-00a0c91e6bf6", "a Go string is no uuid"},
		{UUID, "f81d4fae-7dec-11d0-a7650-0a0c91e6bf6", "a Go string is no uuid"},
		{UUID, "", "a Go string is no uuid"},
		{UUID, 1, "a Go int is no uuid"},
		{Decimal, 1.5, "a Go float64 is no decimal"},
		{Decimal, true, "a Go bool is no decimal"},
		{Decimal, "1,5", errDecimal.Error()},
		{Decimal, "", errDecimal.Error()},
		{Text, map[string]int(nil), "a Go map[string]int is no text"},
		{Text, func() {}, "a Go func() is no text"},
		{Text, complex(1, 2), "a Go complex128 is no text"},
		{JSON + 1, "a", "a Go string is no Type(11)"},
	} {
		out, null, err := From(c.typ, c.in)
		require.EqualError(t, err, c.why)
		require.False(t, null)
		require.Nil(t, out)
	}
}

// An unlikely depth, but a loop of pointers must not hang us.
func TestPointersHaveABottom(t *testing.T) {
	var loop any
	loop = &loop
	_, _, err := From(Text, loop)
	require.EqualError(t, err, "a Go *interface {} resolves to no plain value")
}

func ptr[T any](v T) *T { return &v }
