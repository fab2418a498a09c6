package entry

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/value"
)

// orderOf goes the way of a value to its place.
func orderOf(t testing.TB, typ value.Type, v any) []byte {
	plain, null, err := value.From(typ, v)
	require.NoError(t, err)
	require.False(t, null)
	order, err := Order(typ, value.EncodeTerm(typ, plain))
	require.NoError(t, err)
	return order
}

// checkOrder checks that every two of values compare as less says, cut and uncut.
func checkOrder[T any](t *testing.T, typ value.Type, values []T, compare func(a, b T) int) {
	orders := make([][]byte, len(values))
	for i, v := range values {
		orders[i] = orderOf(t, typ, v)
	}
	for i, a := range values {
		key := Key(typ, orders[i])
		if len(key) != Width(typ) {
			t.Fatalf("%v: a key of %d bytes", typ, len(key))
		}
		next := Next(typ, key)
		if next != nil && (bytes.Compare(next, key) <= 0 || len(next) != len(key)) {
			t.Fatalf("%v: %x is next to %x", typ, next, key)
		}
		for j, b := range values {
			want, uncut, cut := compare(a, b), bytes.Compare(orders[i], orders[j]), bytes.Compare(key, Key(typ, orders[j]))
			if uncut != want || cut != want && (Complete(typ) || cut != 0) {
				t.Fatalf("%v: %v and %v compare as %d: keys as %d, uncut as %d", typ, a, b, want, cut, uncut)
			}
		}
	}
}

func TestOrderOfIntegers(t *testing.T) {
	var ints []int64
	var uints []uint64
	for _, bits := range []int{7, 8, 15, 16, 31, 32, 53, 62, 63} {
		for d := int64(-2); d <= 2; d++ {
			ints = append(ints, int64(1)<<bits+d, -(int64(1)<<bits + d))
			uints = append(uints, uint64(1)<<bits+uint64(d))
		}
	}
	r := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		shift := r.IntN(64)
		ints = append(ints, int64(r.Uint64()>>shift), -int64(r.Uint64()>>shift))
		uints = append(uints, r.Uint64()>>shift)
	}
	checkOrder(t, value.Int, append(ints, math.MinInt64, math.MaxInt64, 0, 1, -1), cmp.Compare)
	checkOrder(t, value.Uint, append(uints, 0, 1, math.MaxUint64), cmp.Compare)
	require.Nil(t, Next(value.Int, Key(value.Int, orderOf(t, value.Int, int64(math.MaxInt64)))))
	require.Equal(t, make([]byte, 8), Key(value.Int, orderOf(t, value.Int, int64(math.MinInt64))))
	require.Nil(t, Next(value.Uint, Key(value.Uint, orderOf(t, value.Uint, uint64(math.MaxUint64)))))
}

func TestOrderOfFloats(t *testing.T) {
	doubles := []float64{
		math.Inf(-1), -math.MaxFloat64, -1, -math.SmallestNonzeroFloat64, math.Copysign(0, -1), 0, math.SmallestNonzeroFloat64,
		0x1p-1022, math.Nextafter(0x1p-1022, 0), 1, math.Nextafter(1, 2), math.Pi, math.MaxFloat64, math.Inf(1),
	}
	singles := []float32{
		float32(math.Inf(-1)), -math.MaxFloat32, -math.SmallestNonzeroFloat32, float32(math.Copysign(0, -1)), 0, math.SmallestNonzeroFloat32,
		0x1p-126, 1, math.MaxFloat32, float32(math.Inf(1)),
	}
	r := rand.New(rand.NewPCG(7, 8))
	for range 400 {
		if f := math.Float64frombits(r.Uint64()); f == f {
			doubles = append(doubles, f, -f)
		}
		if f := math.Float32frombits(r.Uint32()); f == f {
			singles = append(singles, f, -f)
		}
	}
	checkOrder(t, value.Float64, doubles, func(a, b float64) int { return cmp.Compare(a+0, b+0) })
	checkOrder(t, value.Float32, singles, func(a, b float32) int { return cmp.Compare(a+0, b+0) })
	require.Equal(t, orderOf(t, value.Float32, float32(1.5)), orderOf(t, value.Float64, 1.5), "one order for both")
	for _, nan := range []float64{math.NaN(), math.Float64frombits(0xfff8000000000001)} {
		_, err := Order(value.Float64, value.EncodeTerm(value.Float64, nan))
		require.ErrorIs(t, err, errNaN)
		_, err = Order(value.Float32, value.EncodeTerm(value.Float32, float32(nan)))
		require.ErrorIs(t, err, errNaN)
	}
}

func TestOrderOfTimes(t *testing.T) {
	zone := time.FixedZone("", -17762)
	times := []time.Time{
		{}, time.Unix(0, 0), time.Unix(-1, 999999999), time.Unix(0, 1), time.Unix(-1, 0), time.Unix(math.MaxInt32, 5), time.Date(1883, 11, 18, 12, 3, 58, 7, zone),
		time.Date(-4713, 11, 24, 12, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC), time.Date(1969, 12, 31, 19, 4, 0, 0, zone),
	}
	r := rand.New(rand.NewPCG(9, 10))
	for range 300 {
		at := time.Unix(int64(r.Uint64()>>20)-1<<43, int64(r.IntN(3)))
		times = append(times, at, at.In(zone), at.Add(time.Nanosecond))
	}
	checkOrder(t, value.Time, times, time.Time.Compare)
}

func TestOrderOfTextBytesUUIDsAndBools(t *testing.T) {
	texts := []string{"", "a", "A", "aa", "é", "e\u0301", "\uffff", "\U00010000", "0123456789abcdef", "0123456789abcdefg", "0123456789abcde", "漢字", "\x7f", "a\x00", "a\x00\x00b"}
	r := rand.New(rand.NewPCG(11, 12))
	var uuids [][16]byte
	for range 300 {
		b := make([]byte, r.IntN(20))
		for i := range b {
			b[i] = "ab\x00\xc3"[r.IntN(4)]
		}
		texts = append(texts, string(b))
		var u [16]byte
		binary.BigEndian.PutUint64(u[8*r.IntN(2):], r.Uint64())
		uuids = append(uuids, u)
	}
	checkOrder(t, value.Text, texts, strings.Compare)
	checkOrder(t, value.Bytes, texts, strings.Compare)
	checkOrder(t, value.UUID, uuids, func(a, b [16]byte) int { return bytes.Compare(a[:], b[:]) })
	checkOrder(t, value.Bool, []bool{false, true}, func(a, b bool) int { return bytes.Compare(boolByte(a), boolByte(b)) })
}

func boolByte(b bool) []byte {
	if b {
		return []byte{1}
	}
	return []byte{0}
}

func TestOrderOfDecimals(t *testing.T) {
	texts := []string{
		"0", "-0.00", "1", "-1", "0.1", "-0.1", "10", "9", "99", "100", "0.09", "0.009", "1.5", "1.50", "-1.5", "-1.05", "12", "1201", "0.12", "0.1201", "-0.12", "-0.1201",
		"1e100", "-1e100", "1e-100", "-1e-100", "99999999999999999999999999", "999999999999999999999999991", "999999999999999999999999992", "-999999999999999999999999991",
		"-999999999999999999999999992", "123456789012345678901234567", "123456789012345678901234568", "12345678901234567890123456", "1e32766", "9e32766", "-9e32766", "1e-32769",
	}
	r := rand.New(rand.NewPCG(13, 14))
	for range 400 {
		var b strings.Builder
		if r.IntN(2) == 0 {
			b.WriteByte('-')
		}
		for range 1 + r.IntN(30) {
			b.WriteByte("00199"[r.IntN(5)])
		}
		if r.IntN(2) == 0 {
			b.WriteByte('.')
			for range r.IntN(30) {
				b.WriteByte("00199"[r.IntN(5)])
			}
		}
		texts = append(texts, b.String())
	}
	numbers := map[string]*big.Rat{}
	for _, s := range texts {
		n, ok := new(big.Rat).SetString(s)
		require.True(t, ok, s)
		numbers[s] = n
	}
	checkOrder(t, value.Decimal, texts, func(a, b string) int { return numbers[a].Cmp(numbers[b]) })
	for _, s := range []string{"1e32767", "-1e32767", "1e131072", "1e-32770", "-1e-131072"} {
		canonical, err := value.CanonicalDecimal(s)
		require.NoError(t, err)
		_, err = Order(value.Decimal, []byte(canonical))
		require.ErrorIs(t, err, errLarge, s)
	}
}

func FuzzDecimalOrder(f *testing.F) {
	f.Add("1.5", "-1.50")
	f.Add("0.0001201", "0.00012")
	f.Add("-1e9", "-1e10")
	f.Fuzz(func(t *testing.T, a, b string) {
		var orders [2][]byte
		var numbers [2]*big.Rat
		for i, s := range []string{a, b} {
			canonical, err := value.CanonicalDecimal(s)
			if err != nil || len(canonical) > 400 {
				return
			}
			if orders[i], err = Order(value.Decimal, []byte(canonical)); err != nil {
				t.Fatal(err)
			}
			numbers[i], _ = new(big.Rat).SetString(canonical)
		}
		want := numbers[0].Cmp(numbers[1])
		if got := bytes.Compare(orders[0], orders[1]); got != want {
			t.Fatalf("%s and %s compare as %d, not %d", a, b, got, want)
		}
		if cut := bytes.Compare(Key(value.Decimal, orders[0]), Key(value.Decimal, orders[1])); cut != want && cut != 0 {
			t.Fatalf("%s and %s compare as %d when cut, not %d", a, b, cut, want)
		}
	})
}
