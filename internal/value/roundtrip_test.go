package value

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var allTypes = []Type{Text, Bytes, Bool, Int, Uint, Float32, Float64, Time, UUID, Decimal, JSON}

func rng(t testing.TB) *rand.Rand {
	return rand.New(rand.NewPCG(uint64(len(t.Name())), 0x5EA1))
}

// random returns a value of the Go type that stands for typ, edges included.
func random(r *rand.Rand, typ Type) any {
	edge := r.IntN(4) == 0
	switch typ {
	case Text:
		return string(randomBytes(r))
	case Bytes, JSON:
		return randomBytes(r)
	case Bool:
		return r.IntN(2) == 0
	case Int:
		if edge {
			return []int64{math.MinInt64, -1, 0, 1, math.MaxInt64}[r.IntN(5)]
		}
		return int64(r.Uint64())
	case Uint:
		if edge {
			return []uint64{0, 1, math.MaxInt64, math.MaxInt64 + 1, math.MaxUint64}[r.IntN(5)]
		}
		return r.Uint64()
	case Float32:
		return math.Float32frombits(r.Uint32())
	case Float64:
		return math.Float64frombits(r.Uint64())
	case Time:
		seconds := r.Int64()
		if edge {
			seconds = r.Int64N(1<<37) - 1<<36
		}
		return time.Unix(seconds, r.Int64N(1e9)).UTC()
	case UUID:
		var u [16]byte
		for i := range u {
			u[i] = byte(r.Uint32())
		}
		return u
	case Decimal:
		s, err := CanonicalDecimal(fmt.Sprintf("%d.%d", int64(r.Uint64()), r.Uint32()))
		if err != nil {
			panic(err)
		}
		return s
	}
	panic(typ)
}

func randomBytes(r *rand.Rand) []byte {
	b := make([]byte, r.IntN(40))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func TestWhatIsEncodedComesBack(t *testing.T) {
	r := rng(t)
	for _, typ := range allTypes {
		t.Run(typ.String(), func(t *testing.T) {
			for range 2000 {
				in := random(r, typ)
				b := Encode(typ, in)
				out, err := Decode(typ, b)
				require.NoError(t, err)
				require.IsType(t, in, out)
				if isNaN(in) {
					require.True(t, isNaN(out))
				} else {
					require.Equal(t, in, out)
				}
				require.Equal(t, b, Encode(typ, out), "encoding is not canonical")
			}
		})
	}
}

func isNaN(v any) bool {
	switch v := v.(type) {
	case float32:
		return v != v
	case float64:
		return v != v
	}
	return false
}

// What From gives is what Encode takes.
func TestFromFeedsEncode(t *testing.T) {
	r := rng(t)
	for _, typ := range allTypes {
		for range 200 {
			in := random(r, typ)
			out, null, err := From(typ, in)
			require.NoError(t, err)
			require.False(t, null)
			require.Equal(t, Encode(typ, in), Encode(typ, out), "%v", typ)
		}
	}
}

func TestWrongLengthsAreRefused(t *testing.T) {
	lengths := map[Type]int{Bool: 1, Int: 8, Uint: 8, Float32: 4, Float64: 8, Time: 12, UUID: 16}
	for typ, want := range lengths {
		for n := range 20 {
			_, err := Decode(typ, make([]byte, n))
			if n == want {
				require.NoError(t, err, "%v of %d bytes", typ, n)
			} else {
				require.EqualError(t, err, fmt.Sprintf("%d bytes are no %v, which has %d", n, typ, want))
			}
		}
	}
}

func TestImpossibleBytesAreRefused(t *testing.T) {
	for b := 2; b < 256; b++ {
		_, err := Decode(Bool, []byte{byte(b)})
		require.Error(t, err, "bool %d", b)
	}
	second := []byte{0, 0, 0, 0, 0, 0, 0, 0, 0x3b, 0x9a, 0xca, 0x00} // 1e9 nanoseconds
	_, err := Decode(Time, second)
	require.Error(t, err)
	second[11], second[10] = 0xff, 0xc9
	at, err := Decode(Time, second)
	require.NoError(t, err)
	require.Equal(t, time.Unix(0, 999999999).UTC(), at)
}

func TestTimesComeBackInUTC(t *testing.T) {
	at := time.Date(1883, 11, 18, 12, 3, 58, 7, time.FixedZone("New York", -17762))
	out, _, err := From(Time, at)
	require.NoError(t, err)
	require.Equal(t, time.UTC, out.(time.Time).Location())
	back, err := Decode(Time, Encode(Time, out))
	require.NoError(t, err)
	require.Equal(t, time.UTC, back.(time.Time).Location())
	require.True(t, at.Equal(back.(time.Time)))
}

// A monotonic reading would make equal times unequal under ==.
func TestTheMonotonicClockIsDropped(t *testing.T) {
	now := time.Now()
	out, _, err := From(Time, now)
	require.NoError(t, err)
	require.Equal(t, now.UTC().Round(0), out)
	require.NotContains(t, out.(time.Time).String(), "m=")
}
