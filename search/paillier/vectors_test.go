package paillier

import (
	"encoding/hex"
	"encoding/json"
	"math/big"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

type hexBytes []byte

func (h *hexBytes) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

type vectorKey struct {
	Bits    int
	Private hexBytes `json:"private_hex"`
	Public  hexBytes `json:"public_hex"`
	Cases   []struct {
		Value      int64
		R          hexBytes `json:"r_hex"`
		Ciphertext string
	}
	PTimes5 string `json:"p_times_5"` // in range, and not prime to n
	Huge    string // of the plaintext 2¹⁰⁰
}

func readVectors(t testing.TB) []vectorKey {
	data, err := os.ReadFile("testdata/vectors.json")
	require.NoError(t, err)
	var f struct{ Keys []vectorKey }
	require.NoError(t, json.Unmarshal(data, &f))
	require.Len(t, f.Keys, 2)
	return f.Keys
}

// fixed is the vectors' key of 2048 bits.
func fixed(t testing.TB) *PrivateKey {
	k, err := ParsePrivateKey(readVectors(t)[0].Private)
	require.NoError(t, err)
	return k
}

// Another program wrote these, by another way.
func TestVectors(t *testing.T) {
	for _, v := range readVectors(t) {
		private, err := ParsePrivateKey(v.Private)
		require.NoError(t, err)
		require.Equal(t, []byte(v.Private), private.Bytes())
		require.Equal(t, []byte(v.Public), private.Public().Bytes())
		public, err := ParsePublicKey(v.Public)
		require.NoError(t, err)
		require.Equal(t, v.Bits, 8*len(public.Bytes()))
		require.Len(t, v.Cases, 7)
		for _, c := range v.Cases {
			require.Equal(t, c.Ciphertext, public.s.encrypt(c.Value, new(big.Int).SetBytes(c.R)).String())
			ciphertext, err := ParseCiphertext(c.Ciphertext)
			require.NoError(t, err)
			got, err := private.Int64(ciphertext)
			require.NoError(t, err)
			require.Equal(t, c.Value, got)
		}
	}
}

func TestWhatIsNoCiphertext(t *testing.T) {
	keys := readVectors(t)
	v, private := keys[0], fixed(t)
	for name, text := range map[string]string{
		"a factor of n":    v.PTimes5,
		"n squared":        private.Public().s.square.String(),
		"n":                private.Public().s.n.String(),
		"of a longer key":  keys[1].Cases[0].Ciphertext,
		"n times a number": private.Public().s.n.String() + "000",
	} {
		c, err := ParseCiphertext(text)
		require.NoError(t, err, name)
		_, err = private.Int64(c)
		require.ErrorIs(t, err, ErrCiphertext, name)
		require.NotContains(t, err.Error(), text[:20], name)
		_, err = private.Public().Add(c)
		require.ErrorIs(t, err, ErrCiphertext, name)
		_, err = private.Public().Rerandomize(c)
		require.ErrorIs(t, err, ErrCiphertext, name)
	}
}

func TestAPlaintextOutOfRangeIsAnError(t *testing.T) {
	for _, v := range readVectors(t) {
		private, err := ParsePrivateKey(v.Private)
		require.NoError(t, err)
		huge, err := ParseCiphertext(v.Huge)
		require.NoError(t, err)
		var out *RangeError
		_, err = private.Int64(huge)
		require.ErrorAs(t, err, &out)
		_, err = private.Sum(huge, 1<<37-1)
		require.ErrorAs(t, err, &out)
		require.Equal(t, int64(1<<37-1), out.Rows)
		sum, err := private.Sum(huge, 1<<37+1) // as many rows could have that sum
		require.NoError(t, err)
		require.Equal(t, "1267650600228229401496703205376", sum.String())
	}
}
