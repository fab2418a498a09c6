package value

import (
	"encoding/hex"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The bytes are written out by hand from FORMAT.md §8.
func TestEncodings(t *testing.T) {
	zone := time.FixedZone("+05:45", 20700)
	for _, c := range []struct {
		typ  Type
		in   any
		want string
	}{
		{Text, "", ""},
		{Text, "héllo", "68c3a96c6c6f"},
		{Text, "\xff\x00", "ff00"},
		{Bytes, []byte{}, ""},
		{Bytes, []byte{0, 0xff}, "00ff"},
		{JSON, []byte(`{"a":1}`), "7b2261223a317d"},
		{Bool, false, "00"},
		{Bool, true, "01"},
		{Int, int64(0), "0000000000000000"},
		{Int, int64(1), "0000000000000001"},
		{Int, int64(-1), "ffffffffffffffff"},
		{Int, int64(math.MaxInt64), "7fffffffffffffff"},
		{Int, int64(math.MinInt64), "8000000000000000"},
		{Uint, uint64(258), "0000000000000102"},
		{Uint, uint64(math.MaxUint64), "ffffffffffffffff"},
		{Float32, float32(1.5), "3fc00000"},
		{Float32, float32(math.Copysign(0, -1)), "80000000"},
		{Float32, float32(math.Inf(-1)), "ff800000"},
		{Float32, float32(math.SmallestNonzeroFloat32), "00000001"},
		{Float64, 1.5, "3ff8000000000000"},
		{Float64, math.Copysign(0, -1), "8000000000000000"},
		{Float64, math.Inf(1), "7ff0000000000000"},
		{Float64, math.MaxFloat64, "7fefffffffffffff"},
		{Time, time.Unix(0, 0), "000000000000000000000000"},
		{Time, time.Unix(1, 999999999), "00000000000000013b9ac9ff"},
		{Time, time.Unix(-1, 1), "ffffffffffffffff00000001"},
		{Time, time.Date(1970, 1, 1, 5, 45, 0, 0, zone), "000000000000000000000000"},
		{Time, time.Time{}, "fffffff1886e090000000000"},
		{UUID, [16]byte{0: 0x12, 15: 0x34}, "12000000000000000000000000000034"},
		{Decimal, "-12.5", "2d31322e35"},
	} {
		t.Run(fmt.Sprintf("%v %v", c.typ, c.want), func(t *testing.T) {
			require.Equal(t, c.want, hex.EncodeToString(Encode(c.typ, c.in)))
		})
	}
}

func TestEveryNaNIsStoredAsOne(t *testing.T) {
	for _, bits := range []uint64{0x7FF8000000000000, 0x7FF8000000000001, 0xFFF8000000000000, 0x7FF0000000000001, 0xFFFFFFFFFFFFFFFF} {
		require.Equal(t, "7ff8000000000000", hex.EncodeToString(Encode(Float64, math.Float64frombits(bits))), "%x", bits)
	}
	for _, bits := range []uint32{0x7FC00000, 0x7FC00001, 0xFFC00000, 0x7F800001, 0xFFFFFFFF} {
		require.Equal(t, "7fc00000", hex.EncodeToString(Encode(Float32, math.Float32frombits(bits))), "%x", bits)
	}
}

// A cell keeps the sign of zero, a term cannot: -0.0 = 0.0 in every SQL.
func TestTermsOfBothZerosAreEqual(t *testing.T) {
	minus := math.Copysign(0, -1)
	require.Equal(t, EncodeTerm(Float64, 0.0), EncodeTerm(Float64, minus))
	require.Equal(t, EncodeTerm(Float32, float32(0)), EncodeTerm(Float32, float32(minus)))
	require.NotEqual(t, Encode(Float64, 0.0), Encode(Float64, minus))
	require.NotEqual(t, Encode(Float32, float32(0)), Encode(Float32, float32(minus)))
	require.Equal(t, make([]byte, 8), EncodeTerm(Float64, minus))
	require.Equal(t, make([]byte, 4), EncodeTerm(Float32, float32(minus)))
	require.Equal(t, "bff0000000000000", hex.EncodeToString(EncodeTerm(Float64, -1.0)))
}

func TestTermEncodingIsTheCellsOtherwise(t *testing.T) {
	r := rng(t)
	for _, typ := range allTypes {
		for range 200 {
			v := random(r, typ)
			if v == float32(0) || v == float64(0) {
				continue
			}
			require.Equal(t, Encode(typ, v), EncodeTerm(typ, v), "%v", typ)
		}
	}
}

func TestUnknownTypePanics(t *testing.T) {
	require.PanicsWithValue(t, "cellseal: value of unknown Type(11)", func() { Encode(JSON+1, "") })
	require.PanicsWithValue(t, "cellseal: value of unknown Type(255)", func() { _, _ = Decode(255, nil) })
}
