package hctr2

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/bits"
	"math/rand/v2"
	"os"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// The vectors come from the reference program of HCTR2's authors.
func TestReferenceVectors(t *testing.T) {
	data, err := os.ReadFile("testdata/hctr2-aes256.json")
	require.NoError(t, err)
	var vectors []struct {
		Key        hexBytes `json:"key_hex"`
		Tweak      hexBytes `json:"tweak_hex"`
		Plaintext  hexBytes `json:"plaintext_hex"`
		Ciphertext hexBytes `json:"ciphertext_hex"`
	}
	require.NoError(t, json.Unmarshal(data, &vectors))
	require.Len(t, vectors, 80)

	for i, v := range vectors {
		c, err := New(v.Key)
		require.NoError(t, err)
		require.Equal(t, v.Ciphertext, hexBytes(c.Encrypt(nil, v.Plaintext, v.Tweak)), "vector %d", i)
		require.Equal(t, v.Plaintext, hexBytes(c.Decrypt(nil, v.Ciphertext, v.Tweak)), "vector %d", i)
	}
}

func TestRoundTripOverLengths(t *testing.T) {
	rng := deterministic(t)
	for _, keySize := range []int{16, 24, 32} {
		c, err := New(random(rng, keySize))
		require.NoError(t, err)
		for n := MinSize; n <= 300; n++ {
			// Every tweak length meets every residue of the message length
			// modulo the block size; the full product would add nothing.
			for tweakLen := n % 7; tweakLen <= 100; tweakLen += 7 {
				plaintext, tweak := random(rng, n), random(rng, tweakLen)
				ciphertext := c.Encrypt(nil, plaintext, tweak)
				if len(ciphertext) != n || bytes.Equal(ciphertext, plaintext) {
					t.Fatalf("%d bytes under a tweak of %d: bad ciphertext", n, tweakLen)
				}
				if !bytes.Equal(c.Decrypt(nil, ciphertext, tweak), plaintext) {
					t.Fatalf("%d bytes under a tweak of %d do not come back", n, tweakLen)
				}
			}
		}
	}
}

func TestDestination(t *testing.T) {
	rng := deterministic(t)
	c := newCipher(t, rng)
	for _, n := range []int{16, 17, 32, 100} {
		plaintext, tweak := random(rng, n), random(rng, 20)
		want := c.Encrypt(nil, plaintext, tweak)

		require.Equal(t, append([]byte("head"), want...), c.Encrypt([]byte("head"), plaintext, tweak))

		inPlace := bytes.Clone(plaintext)
		require.Equal(t, want, c.Encrypt(inPlace[:0], inPlace, tweak))
		require.Equal(t, want, inPlace)
		require.Equal(t, plaintext, c.Decrypt(inPlace[:0], inPlace, tweak))
		require.Equal(t, plaintext, inPlace)

		for shift := -20; shift <= 20; shift++ {
			buf := make([]byte, n+40)
			src, dst := buf[20:20+n:20+n], buf[20+shift:20+shift]
			copy(src, plaintext)
			require.Equal(t, want, c.Encrypt(dst, src, tweak), "shifted by %d", shift)
		}

		overTweak := append(bytes.Clone(tweak), make([]byte, n)...)
		require.Equal(t, want, c.Encrypt(overTweak[:0], plaintext, overTweak[:20]))
	}
}

func TestArgumentsAreNotChanged(t *testing.T) {
	rng := deterministic(t)
	key, plaintext, tweak := random(rng, 32), random(rng, 45), random(rng, 20)
	k, p, w := bytes.Clone(key), bytes.Clone(plaintext), bytes.Clone(tweak)
	c, err := New(key)
	require.NoError(t, err)
	c.Decrypt(nil, c.Encrypt(nil, plaintext, tweak), tweak)
	require.Equal(t, [][]byte{k, p, w}, [][]byte{key, plaintext, tweak})
}

// Flipping any one bit of the plaintext, ciphertext or tweak must change about
// half of the result's bits, in every whole 16-byte part of it. With 128 fair bits
// the chance to leave 24..104 is below 10^-12 a part.
func TestEveryBitReachesEveryBlock(t *testing.T) {
	rng := deterministic(t)
	c := newCipher(t, rng)
	type operation func(dst, src, tweak []byte) []byte
	for name, op := range map[string]operation{"encrypt": c.Encrypt, "decrypt": c.Decrypt} {
		for _, n := range []int{16, 48, 75} {
			src, tweak := random(rng, n), random(rng, 21)
			base := op(nil, src, tweak)
			check := func(what string, bit int) {
				changed := op(nil, src, tweak)
				for at := 0; at+16 <= n; at += 16 {
					d := load(base[at:]).plus(load(changed[at:]))
					if ones := bits.OnesCount64(d.lo) + bits.OnesCount64(d.hi); ones < 24 || ones > 104 {
						t.Errorf("%s: bit %d of the %s changes %d of 128 bits at %d", name, bit, what, ones, at)
					}
				}
			}
			for bit := range 8 * n {
				src[bit/8] ^= 1 << (bit % 8)
				check("message", bit)
				src[bit/8] ^= 1 << (bit % 8)
			}
			for bit := range 8 * len(tweak) {
				tweak[bit/8] ^= 1 << (bit % 8)
				check("tweak", bit)
				tweak[bit/8] ^= 1 << (bit % 8)
			}
		}
	}
}

// Tweaks and messages are padded with zeros inside the hash; the length block
// has to keep padded and unpadded ones apart.
func TestPaddingIsNotAmbiguous(t *testing.T) {
	c := newCipher(t, deterministic(t))
	seen := map[string]string{}
	for tweakLen := range 40 {
		for n := MinSize; n < 64; n++ {
			head := string(c.Encrypt(nil, make([]byte, n), make([]byte, tweakLen))[:16])
			here := fmt.Sprintf("%d zeros under a tweak of %d", n, tweakLen)
			require.Empty(t, seen[head], "collides with %s", here)
			seen[head] = here
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	rng := deterministic(t)
	c := newCipher(t, rng)
	plaintext, tweak := random(rng, 77), random(rng, 20)
	want := c.Encrypt(nil, plaintext, tweak)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			var buf []byte
			for range 200 {
				buf = c.Encrypt(buf[:0], plaintext, tweak)
				if !bytes.Equal(buf, want) || !bytes.Equal(c.Decrypt(buf[:0], buf, tweak), plaintext) {
					t.Error("a concurrent call saw another's state")
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestKeySizes(t *testing.T) {
	for n := range 70 {
		_, err := New(make([]byte, n))
		if n == 16 || n == 24 || n == 32 {
			require.NoError(t, err)
		} else {
			require.EqualError(t, err, fmt.Sprintf("hctr2: key of %d bytes, want 16, 24 or 32", n))
		}
	}
}

func TestMisusePanics(t *testing.T) {
	c := newCipher(t, deterministic(t))
	for n := range MinSize {
		require.PanicsWithValue(t, "hctr2: message shorter than 16 bytes", func() { c.Encrypt(nil, make([]byte, n), nil) })
		require.PanicsWithValue(t, "hctr2: message shorter than 16 bytes", func() { c.Decrypt(nil, make([]byte, n), nil) })
	}
	for _, unusable := range []*Cipher{nil, {}} {
		require.PanicsWithValue(t, "hctr2: Cipher not made by New", func() { unusable.Encrypt(nil, make([]byte, 16), nil) })
	}
}

func TestNothingIsPrinted(t *testing.T) {
	c := newCipher(t, deterministic(t))
	holder := struct{ C any }{*c}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		require.Equal(t, "hctr2.Cipher(redacted)", fmt.Sprintf(verb, c))
		require.Contains(t, fmt.Sprintf(verb, holder), "hctr2.Cipher(redacted)")
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("", "cipher", c)
	require.Contains(t, log.String(), `"cipher":"hctr2.Cipher(redacted)"`)
}

func TestAllocations(t *testing.T) {
	rng := deterministic(t)
	c := newCipher(t, rng)
	for _, n := range []int{16, 32, 45, 1000} {
		buf, tweak := random(rng, n), random(rng, 20)
		require.Zero(t, testing.AllocsPerRun(100, func() {
			c.Encrypt(buf[:0], buf, tweak)
			c.Decrypt(buf[:0], buf, tweak)
		}), "in place, %d bytes", n)
		require.Equal(t, 1.0, testing.AllocsPerRun(100, func() { c.Encrypt(nil, buf, tweak) }), "%d bytes", n)
	}
}

// FuzzRoundTrip looks for lengths and contents that do not come back, either
// way round: encryption is a permutation, so both orders are the identity.
func FuzzRoundTrip(f *testing.F) {
	f.Add(bytes.Repeat([]byte{7}, 32), bytes.Repeat([]byte{0xff}, 33), []byte("tweak"))
	f.Fuzz(func(t *testing.T, keyBytes, message, tweak []byte) {
		if len(message) < MinSize {
			t.Skip()
		}
		var key [32]byte
		copy(key[:], keyBytes)
		c, err := New(key[:])
		require.NoError(t, err)
		if got := c.Decrypt(nil, c.Encrypt(nil, message, tweak), tweak); !bytes.Equal(got, message) {
			t.Errorf("decrypt after encrypt: %x", got)
		}
		if got := c.Encrypt(nil, c.Decrypt(nil, message, tweak), tweak); !bytes.Equal(got, message) {
			t.Errorf("encrypt after decrypt: %x", got)
		}
	})
}

func BenchmarkEncrypt(b *testing.B) {
	rng := deterministic(b)
	c := newCipher(b, rng)
	tweak := random(rng, 20)
	for _, n := range []int{16, 32, 100, 1024} {
		b.Run(fmt.Sprintf("%dB", n), func(b *testing.B) {
			buf := random(rng, n)
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				c.Encrypt(buf[:0], buf, tweak)
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	key := make([]byte, 32)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = New(key)
	}
}

func newCipher(t testing.TB, rng *rand.ChaCha8) *Cipher {
	t.Helper()
	c, err := New(random(rng, 32))
	require.NoError(t, err)
	return c
}

// deterministic gives every test its own repeatable stream.
func deterministic(t testing.TB) *rand.ChaCha8 {
	var seed [32]byte
	copy(seed[:], t.Name())
	return rand.NewChaCha8(seed)
}

func random(rng *rand.ChaCha8, n int) []byte {
	b := make([]byte, n)
	_, _ = rng.Read(b)
	return b
}
