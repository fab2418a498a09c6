package hctr2

import (
	"encoding/hex"
	"math/big"
	"math/bits"
	"testing"

	"github.com/stretchr/testify/require"
)

// hexBytes is a byte string that JSON and failure messages show in hexadecimal.
type hexBytes []byte

func (h *hexBytes) UnmarshalText(text []byte) (err error) {
	*h, err = hex.AppendDecode(nil, text)
	return err
}

func (h hexBytes) String() string { return hex.EncodeToString(h) }

func fromHex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	require.NoError(t, err)
	return b
}

// RFC 8452, Appendix A.
func TestPolyvalRFC8452(t *testing.T) {
	key := newHashKey(load(fromHex(t, "25629347589242761d31f826ba4b757b")))
	got, left := key.blocks(element{}, fromHex(t,
		"4f4f95668c83dfb6401762bb2d01a262"+"d1a24ddd2721d006bbe45f20d3c9f362"))
	require.Empty(t, left)
	require.Equal(t, load(fromHex(t, "f7a3b47b846119fae5b7866cf5e5b77e")), got)
}

func TestMulMatchesReference(t *testing.T) {
	rng := deterministic(t)
	elements := []element{{}, {lo: 1}, {hi: 1 << 63}, {^uint64(0), ^uint64(0)}, {lo: ^uint64(0)}, {hi: ^uint64(0)}}
	for i := range 64 {
		elements = append(elements, element{lo: 1 << i}, element{hi: 1 << i})
	}
	for range 100 {
		elements = append(elements, element{rng.Uint64(), rng.Uint64()})
	}
	for _, a := range elements {
		for _, b := range elements[:70] {
			checkMul(t, a, b)
		}
	}
	for range 3000 {
		checkMul(t, element{rng.Uint64(), rng.Uint64()}, element{rng.Uint64(), rng.Uint64()})
		a, b := rng.Uint64(), rng.Uint64()
		sparse := element{a & b & rng.Uint64(), a &^ b & rng.Uint64()}
		dense := element{^sparse.hi, ^sparse.lo}
		checkMul(t, sparse, dense)
		checkMul(t, dense, dense)
	}
}

func TestMulLowMatchesReference(t *testing.T) {
	rng := deterministic(t)
	words := []uint64{0, 1, 1 << 63, ^uint64(0), 0x1111111111111111, 0x8888888888888888}
	for range 100 {
		words = append(words, rng.Uint64())
	}
	for _, x := range words {
		for _, y := range words {
			var want uint64
			for i := range 64 {
				want ^= x << i * (y >> i & 1)
			}
			require.Equal(t, want, mulLow(x, y), "%#x times %#x", x, y)
		}
	}
}

func checkMul(t *testing.T, a, b element) {
	t.Helper()
	key := newHashKey(b)
	if got, want := key.mul(a), slowDot(a, b); got != want {
		t.Fatalf("dot(%x, %x) = %x, want %x", a, b, got, want)
	}
}

// slowDot is RFC 8452, section 3, read aloud: multiply the polynomials, then
// divide by x 128 times. A polynomial is even, and so divisible by x at sight,
// or becomes so by adding the (odd) field polynomial.
func slowDot(a, b element) element {
	field := big.NewInt(1)
	for _, power := range []int{128, 127, 126, 121} {
		field.SetBit(field, power, 1)
	}
	x, y, product := toBig(a), toBig(b), new(big.Int)
	for i := range 128 {
		if y.Bit(i) == 1 {
			product.Xor(product, new(big.Int).Lsh(x, uint(i)))
		}
	}
	for range 128 {
		if product.Bit(0) == 1 {
			product.Xor(product, field)
		}
		product.Rsh(product, 1)
	}
	low := new(big.Int).And(product, new(big.Int).SetUint64(^uint64(0)))
	return element{low.Uint64(), product.Rsh(product, 64).Uint64()}
}

func toBig(e element) *big.Int {
	hi := new(big.Int).SetUint64(e.hi)
	return hi.Lsh(hi, 64).Or(hi, new(big.Int).SetUint64(e.lo))
}

// Multiplying by x^128 undoes the dot product's division, so one is the
// identity there: a check of the reference itself.
func TestReferenceIdentity(t *testing.T) {
	one := element{lo: 1, hi: 1<<63 | 1<<62 | 1<<57} // x^128 in the field
	a := element{0x0123456789abcdef, bits.Reverse64(0x0123456789abcdef)}
	require.Equal(t, a, slowDot(a, one))
}

func BenchmarkPolyvalBlock(b *testing.B) {
	key, acc := newHashKey(element{1, 2}), element{3, 4}
	for b.Loop() {
		acc = key.mul(acc)
	}
}
