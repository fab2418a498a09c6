package paillier

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSumsAgreeWithBigIntegers(t *testing.T) {
	private, random := fixed(t), rand.New(rand.NewPCG(1, 2))
	public := private.Public()
	for range 4 {
		want, terms := new(big.Int), []*Ciphertext{}
		for range random.IntN(12) {
			v := int64(random.Uint64()) >> random.IntN(64)
			want.Add(want, big.NewInt(v))
			terms = append(terms, public.Encrypt(v))
		}
		sum, err := public.Add(terms...)
		require.NoError(t, err)
		again, err := public.Rerandomize(sum)
		require.NoError(t, err)
		require.NotEqual(t, sum.String(), again.String())
		for _, c := range []*Ciphertext{sum, again} {
			got, err := private.Sum(c, int64(len(terms)))
			require.NoError(t, err)
			require.Zero(t, want.Cmp(got), "%d terms", len(terms))
		}
	}
}

func TestASumMayExceedAnInt64(t *testing.T) {
	private := fixed(t)
	for v, want := range map[int64]string{math.MaxInt64: "27670116110564327421", math.MinInt64: "-27670116110564327424"} {
		c := private.Public().Encrypt(v)
		sum, err := private.Public().Add(c, c, c)
		require.NoError(t, err)
		got, err := private.Sum(sum, 3)
		require.NoError(t, err)
		require.Equal(t, want, got.String())
		var out *RangeError
		for _, rows := range []int64{2, 1, 0, -3} {
			_, err = private.Sum(sum, rows)
			require.ErrorAs(t, err, &out)
		}
		_, err = private.Int64(sum)
		require.ErrorAs(t, err, &out)
		require.NotContains(t, err.Error(), "2767")
	}
}

func TestCiphertextsOfOneValueDiffer(t *testing.T) {
	public, seen := fixed(t).Public(), map[string]bool{}
	for range 10 {
		c := public.Encrypt(7).String()
		require.False(t, seen[c])
		seen[c] = true
	}
}

func TestAGeneratedKey(t *testing.T) {
	bits := 2048
	if !testing.Short() {
		bits = 3072
	}
	one := GenerateKey(bits)
	require.Len(t, one.Bytes(), bits/8)
	again, err := ParsePrivateKey(one.Bytes())
	require.NoError(t, err)
	public, err := ParsePublicKey(one.Public().Bytes())
	require.NoError(t, err)
	for _, v := range []int64{0, -5, math.MaxInt64, math.MinInt64} {
		got, err := again.Int64(public.Encrypt(v))
		require.NoError(t, err)
		require.Equal(t, v, got)
	}
}

// The CRT must not depend on which prime is larger.
func TestThePrimesMayChangePlaces(t *testing.T) {
	private := fixed(t)
	b := private.Bytes()
	swapped, err := ParsePrivateKey(append(bytes.Clone(b[128:]), b[:128]...))
	require.NoError(t, err)
	for _, v := range []int64{math.MinInt64, -1, 0, 1, math.MaxInt64} {
		got, err := swapped.Int64(private.Public().Encrypt(v))
		require.NoError(t, err)
		require.Equal(t, v, got)
	}
}

func TestWhatIsNoKey(t *testing.T) {
	private := fixed(t)
	b, n := private.Bytes(), private.Public().Bytes()
	even, composite := bytes.Clone(n), bytes.Clone(b)
	even[len(even)-1] &^= 1
	composite[127] ^= 2
	for name, bad := range map[string][]byte{"nil": nil, "short": b[1:], "long": append(bytes.Clone(b), 0), "one prime twice": append(bytes.Clone(b[:128]), b[:128]...),
		"no prime": composite, "zeros": make([]byte, 256), "public": n} {
		_, err := ParsePrivateKey(bad)
		require.Error(t, err, name)
	}
	low := bytes.Clone(n)
	low[0] &= 0x7f
	for name, bad := range map[string][]byte{"nil": nil, "short": n[1:], "even": even, "too small": low, "1024 bits": n[:128],
		"prime": oakley14(t)} {
		_, err := ParsePublicKey(bad)
		require.Error(t, err, name)
	}
	require.PanicsWithValue(t, "cellseal/paillier: a key has 2048 or 3072 bits", func() { GenerateKey(1024) })
}

// oakley14 is a prime of 2048 bits: group 14 of RFC 3526.
func oakley14(t *testing.T) []byte {
	// 2^2048 - 2^1984 - 1 + 2^64 * ( [2^1918 pi] + 124476 )
	p, ok := new(big.Int).SetString("FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA051015728E5A8AACAA68FFFFFFFFFFFFFFFF", 16)
	require.True(t, ok && p.ProbablyPrime(5))
	return p.Bytes()
}

func TestScan(t *testing.T) {
	want := fixed(t).Public().Encrypt(1).String()
	var c Ciphertext
	require.NoError(t, c.Scan(want))
	require.NoError(t, c.Scan([]byte(want)))
	v, err := c.Value()
	require.NoError(t, err)
	require.Equal(t, want, v)
	for _, bad := range []any{nil, "", "0", "007", "-1", "+1", "1.0", "1e3", "NaN", " 1", int64(7), 1.5, want + " ", "9" + string(bytes.Repeat([]byte("0"), 1850))} {
		require.Error(t, c.Scan(bad), "%v", bad)
	}
	require.Equal(t, want, c.String(), "and what was there stays")
	var null sql.Null[Ciphertext]
	require.NoError(t, null.Scan(nil))
	require.False(t, null.Valid)
}

func TestZeroValuesPanicWithThePackagesName(t *testing.T) {
	public := fixed(t).Public()
	for name, f := range map[string]func(){
		"private":     func() { new(PrivateKey).Bytes() },
		"nil private": func() { _, _ = (*PrivateKey)(nil).Int64(public.Encrypt(1)) },
		"public":      func() { new(PublicKey).Encrypt(1) },
		"nil public":  func() { (*PublicKey)(nil).DDL("a") },
		"ciphertext":  func() { _ = public.Check(new(Ciphertext)) },
		"nil":         func() { _, _ = public.Add(nil) },
	} {
		func() {
			defer func() { require.Contains(t, fmt.Sprint(recover()), "cellseal/paillier: zero", name) }()
			f()
		}()
	}
}

func TestAPrivateKeyPrintsRedacted(t *testing.T) {
	private := fixed(t)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x", "%q"} {
		for _, v := range []any{private, *private, []any{*private}, struct{ P *PrivateKey }{private}} {
			require.Contains(t, fmt.Sprintf(verb, v), "paillier.PrivateKey(redacted)", verb)
		}
	}
	var b bytes.Buffer
	slog.New(slog.NewJSONHandler(&b, nil)).Info("", "p", private)
	require.Contains(t, b.String(), `"p":"paillier.PrivateKey(redacted)"`)
	for _, v := range []any{private, *private} {
		j, err := json.Marshal(v)
		require.NoError(t, err)
		require.Equal(t, "{}", string(j))
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"1", "0", "12345678901234567890", "1e9"} {
		f.Add(s)
	}
	private := fixed(f)
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := ParseCiphertext(s); err == nil {
			require.Equal(t, s, c.String())
			_, _ = private.Public().Add(c)
		}
		if k, err := ParsePublicKey([]byte(s)); err == nil {
			require.Equal(t, []byte(s), k.Bytes())
		}
		if k, err := ParsePrivateKey([]byte(s)); err == nil {
			require.Equal(t, []byte(s), k.Bytes())
		}
	})
}
