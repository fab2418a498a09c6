package ff1

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// The nine FF1 samples that NIST publishes with SP 800-38G.
func TestNISTSamples(t *testing.T) {
	const (
		key128  = "2B7E151628AED2A6ABF7158809CF4F3C"
		key192  = key128 + "EF4359D8D580AA4F"
		key256  = key192 + "7F036D6F04FC6A94"
		digits  = "0123456789"
		letters = "0123456789abcdefghi"
		tweak10 = "39383736353433323130"
		tweak11 = "3737373770717273373737"
	)
	for i, v := range []struct {
		key, tweak            string
		radix                 int
		plaintext, ciphertext string
	}{
		{key128, "", 10, digits, "2433477484"},
		{key128, tweak10, 10, digits, "6124200773"},
		{key128, tweak11, 36, letters, "a9tv40mll9kdu509eum"},
		{key192, "", 10, digits, "2830668132"},
		{key192, tweak10, 10, digits, "2496655549"},
		{key192, tweak11, 36, letters, "xbj3kv35jrawxv32ysr"},
		{key256, "", 10, digits, "6657667009"},
		{key256, tweak10, 10, digits, "1001623463"},
		{key256, tweak11, 36, letters, "xs8a0azh2avyalyzuwd"},
	} {
		t.Run(fmt.Sprintf("sample%d", i+1), func(t *testing.T) {
			c, err := New(fromHex(t, v.key), v.radix)
			require.NoError(t, err)
			got, err := c.Encrypt(fromHex(t, v.tweak), parse(v.plaintext))
			require.NoError(t, err)
			require.Equal(t, parse(v.ciphertext), got)
			back, err := c.Decrypt(fromHex(t, v.tweak), got)
			require.NoError(t, err)
			require.Equal(t, parse(v.plaintext), back)
		})
	}
}

func TestRoundTrips(t *testing.T) {
	rng := deterministic(t)
	for _, radix := range []int{2, 3, 10, 16, 26, 36, 62, 255, 256, 257, 65535, 65536} {
		c := newCipher(t, rng, radix)
		for _, n := range []int{c.MinLen(), c.MinLen() + 1, 31, 32, 33, 127, 128, 511, MaxLen} {
			if n >= c.MinLen() {
				roundTrip(t, c, random(rng, n%50), numerals(rng, radix, n))
			}
		}
	}
	for range 2000 {
		radix := 2 + rng.IntN(MaxRadix-1)
		c := newCipher(t, rng, radix)
		n := c.MinLen() + rng.IntN(40)
		roundTrip(t, c, random(rng, rng.IntN(70)), numerals(rng, radix, n))
	}
}

// The smallest and largest numbers are where reduction and padding go wrong.
func TestExtremes(t *testing.T) {
	rng := deterministic(t)
	for _, radix := range []int{2, 10, 256, 65535, 65536} {
		c := newCipher(t, rng, radix)
		for n := c.MinLen(); n < c.MinLen()+20; n++ {
			roundTrip(t, c, nil, make([]uint16, n))
			roundTrip(t, c, nil, slices.Repeat([]uint16{uint16(radix - 1)}, n))
		}
	}
}

// Every answer for a spread of radices, lengths and tweak lengths, folded into
// one digest. The code that wrote it down passed all of Wycheproof's FF1 cases
// (internal/wycheproof), which a plain go test of this module does not run.
func TestAccumulatedAnswers(t *testing.T) {
	digest := sha256.New()
	for _, radix := range []int{2, 3, 10, 16, 36, 62, 255, 256, 257, 65535, 65536} {
		c, err := New(bytes.Repeat([]byte{byte(radix)}, 32), radix)
		require.NoError(t, err)
		for n := c.MinLen(); n <= MaxLen; n += 1 + n/8 {
			x := make([]uint16, n)
			for tweakLen := n % 3; tweakLen < 33; tweakLen += 3 {
				x, err = c.Encrypt(make([]byte, tweakLen), x)
				require.NoError(t, err)
				require.NoError(t, binary.Write(digest, binary.BigEndian, x))
			}
		}
	}
	require.Equal(t, "c24e49a91aff2c43824343137c8772c8138ebe96dd83630e5873ae548e74dc66", hex.EncodeToString(digest.Sum(nil)))
}

func TestMinLen(t *testing.T) {
	for radix, want := range map[int]int{2: 20, 3: 13, 10: 6, 16: 5, 36: 4, 62: 4, 99: 4, 100: 3, 256: 3, 999: 3, 1000: 2, 65536: 2} {
		c := newCipher(t, deterministic(t), radix)
		require.Equal(t, want, c.MinLen(), "radix %d", radix)
		require.GreaterOrEqual(t, math.Pow(float64(radix), float64(want)), 1e6)
	}
}

func TestLengthsOutOfRange(t *testing.T) {
	for _, radix := range []int{2, 10, 256, 65536} {
		c := newCipher(t, deterministic(t), radix)
		for _, n := range []int{0, 1, c.MinLen() - 1, MaxLen + 1, 10_000} {
			want := fmt.Sprintf("ff1: %d numerals of radix %d, want %d to 512", n, radix, c.MinLen())
			_, err := c.Encrypt(nil, make([]uint16, n))
			require.EqualError(t, err, want)
			_, err = c.Decrypt(nil, make([]uint16, n))
			require.EqualError(t, err, want)
		}
	}
}

func TestNumeralsOutOfRange(t *testing.T) {
	for _, radix := range []int{2, 10, 256, 65535} {
		c := newCipher(t, deterministic(t), radix)
		for at := range 20 {
			for _, bad := range []int{radix, radix + 1, 65535} {
				x := make([]uint16, 20)
				x[at] = uint16(min(bad, 65535))
				want := fmt.Sprintf("ff1: a numeral is not below the radix %d", radix)
				_, err := c.Encrypt(nil, x)
				require.EqualError(t, err, want)
				_, err = c.Decrypt(nil, x)
				require.EqualError(t, err, want)
			}
		}
	}
}

func TestBadKeysAndRadices(t *testing.T) {
	for n := range 70 {
		_, err := New(make([]byte, n), 10)
		if n == 16 || n == 24 || n == 32 {
			require.NoError(t, err)
		} else {
			require.EqualError(t, err, fmt.Sprintf("ff1: key of %d bytes, want 16, 24 or 32", n))
		}
	}
	for _, radix := range []int{math.MinInt, -10, 0, 1, MaxRadix + 1, math.MaxInt} {
		_, err := New(make([]byte, 32), radix)
		require.EqualError(t, err, fmt.Sprintf("ff1: radix %d, want 2 to 65536", radix))
	}
}

// Key, tweak, tweak length and radix are all meant to make a different cipher.
func TestInputsSeparate(t *testing.T) {
	x := make([]uint16, 40)
	seen := map[string]string{}
	for _, keySize := range []int{16, 24, 32} {
		for _, radix := range []int{2, 10, 11, 256, 65536} {
			for tweakLen := range 40 {
				c, err := New(make([]byte, keySize), radix)
				require.NoError(t, err)
				y, err := c.Encrypt(make([]byte, tweakLen), x)
				require.NoError(t, err)
				here := fmt.Sprintf("key of %d bytes, radix %d, tweak of %d zeros", keySize, radix, tweakLen)
				require.Empty(t, seen[fmt.Sprint(y)], "collides with %s", here)
				seen[fmt.Sprint(y)] = here
			}
		}
	}
}

func TestArgumentsAreNotChanged(t *testing.T) {
	rng := deterministic(t)
	key, tweak, x := random(rng, 32), random(rng, 20), numerals(rng, 10, 16)
	k, w, y := bytes.Clone(key), bytes.Clone(tweak), slices.Clone(x)
	c, err := New(key, 10)
	require.NoError(t, err)
	roundTrip(t, c, tweak, x)
	require.Equal(t, k, key)
	require.Equal(t, w, tweak)
	require.Equal(t, y, x)
}

func TestConcurrentUse(t *testing.T) {
	rng := deterministic(t)
	c := newCipher(t, rng, 10)
	x, tweak := numerals(rng, 10, 19), random(rng, 20)
	want, err := c.Encrypt(tweak, x)
	require.NoError(t, err)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				y, _ := c.Encrypt(tweak, x)
				z, _ := c.Decrypt(tweak, y)
				if !slices.Equal(y, want) || !slices.Equal(z, x) {
					t.Error("a concurrent call saw another's state")
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestZeroCipherPanics(t *testing.T) {
	for _, c := range []*Cipher{nil, {}} {
		for _, use := range []func(){
			func() { _, _ = c.Encrypt(nil, make([]uint16, 9)) },
			func() { _, _ = c.Decrypt(nil, make([]uint16, 9)) },
			func() { c.MinLen() },
		} {
			require.PanicsWithValue(t, "ff1: Cipher not made by New", use)
		}
	}
}

func TestNothingIsPrinted(t *testing.T) {
	c := newCipher(t, deterministic(t), 10)
	holder := struct{ C any }{*c}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		require.Equal(t, "ff1.Cipher(redacted)", fmt.Sprintf(verb, c))
		require.Contains(t, fmt.Sprintf(verb, holder), "ff1.Cipher(redacted)")
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("", "cipher", c)
	require.Contains(t, log.String(), `"cipher":"ff1.Cipher(redacted)"`)
}

// FuzzRoundTrip feeds numerals as bytes, so it covers the radices that Cellseal
// offers (2 to 256), valid and invalid input alike.
func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte("key"), []byte("tweak"), uint8(8), []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
	f.Fuzz(func(t *testing.T, keyBytes, tweak []byte, radixMinus2 uint8, message []byte) {
		var key [32]byte
		copy(key[:], keyBytes)
		c, err := New(key[:], int(radixMinus2)+2)
		require.NoError(t, err)

		x, valid := make([]uint16, len(message)), len(message) >= c.MinLen() && len(message) <= MaxLen
		for i, b := range message {
			x[i] = uint16(b)
			valid = valid && int(b) < int(radixMinus2)+2
		}
		if valid {
			roundTrip(t, c, tweak, x)
			return
		}
		_, err = c.Encrypt(tweak, x)
		require.Error(t, err)
		_, err = c.Decrypt(tweak, x)
		require.Error(t, err)
	})
}

func BenchmarkEncrypt(b *testing.B) {
	rng := deterministic(b)
	tweak := random(rng, 20)
	for _, v := range []struct{ radix, n int }{{10, 9}, {10, 16}, {62, 32}, {256, 64}, {10, MaxLen}, {256, MaxLen}} {
		b.Run(fmt.Sprintf("radix%d/%d", v.radix, v.n), func(b *testing.B) {
			c := newCipher(b, rng, v.radix)
			x := numerals(rng, v.radix, v.n)
			b.ReportAllocs()
			for b.Loop() {
				_, _ = c.Encrypt(tweak, x)
			}
		})
	}
}

// roundTrip checks both orders: FF1 is a permutation of the numerals.
func roundTrip(t *testing.T, c *Cipher, tweak []byte, x []uint16) {
	t.Helper()
	first, second := c.Encrypt, c.Decrypt
	for range 2 {
		y, err := first(tweak, x)
		require.NoError(t, err)
		require.Len(t, y, len(x))
		z, err := second(tweak, y)
		require.NoError(t, err)
		require.Equal(t, x, z)
		first, second = second, first
	}
}

func newCipher(t testing.TB, rng *source, radix int) *Cipher {
	t.Helper()
	c, err := New(random(rng, 32), radix)
	require.NoError(t, err)
	return c
}

type source struct {
	*rand.Rand
	bytes *rand.ChaCha8
}

// deterministic gives every test its own repeatable stream.
func deterministic(t testing.TB) *source {
	var seed [32]byte
	copy(seed[:], t.Name())
	chacha := rand.NewChaCha8(seed)
	return &source{rand.New(chacha), chacha}
}

func random(rng *source, n int) []byte {
	b := make([]byte, n)
	_, _ = rng.bytes.Read(b)
	return b
}

func numerals(rng *source, radix, n int) []uint16 {
	x := make([]uint16, n)
	for i := range x {
		x[i] = uint16(rng.IntN(radix))
	}
	return x
}

func parse(s string) []uint16 {
	x := make([]uint16, len(s))
	for i := range s {
		x[i] = uint16(strings.IndexByte("0123456789abcdefghijklmnopqrstuvwxyz", s[i]))
	}
	return x
}

func fromHex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	require.NoError(t, err)
	return b
}
