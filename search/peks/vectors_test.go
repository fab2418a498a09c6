package peks

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/cloudflare/circl/ecc/bls12381"
	"github.com/cloudflare/circl/ecc/bls12381/ff"
	"github.com/stretchr/testify/require"
)

type hexBytes []byte

func (h *hexBytes) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

type vectorFile struct {
	Cases []struct {
		Keyword  string
		Private  hexBytes `json:"private_hex"`
		R        hexBytes `json:"r_hex"`
		Public   hexBytes `json:"public_hex"`
		Trapdoor hexBytes `json:"trapdoor_hex"`
		Tag      hexBytes `json:"tag_hex"`
	}
	G1Outside hexBytes `json:"g1_outside_hex"` // on the curve, out of the subgroup
	G2Outside hexBytes `json:"g2_outside_hex"`
}

func readVectors(t testing.TB) (f vectorFile) {
	data, err := os.ReadFile("testdata/vectors.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &f))
	require.NotEmpty(t, f.Cases)
	return f
}

// Another implementation of curve, pairing and hash wrote these.
func TestVectors(t *testing.T) {
	for _, v := range readVectors(t).Cases {
		private, err := ParsePrivateKey(v.Private)
		require.NoError(t, err)
		require.Equal(t, []byte(v.Private), private.Bytes())
		require.Equal(t, []byte(v.Public), private.Public().Bytes())
		public, err := ParsePublicKey(v.Public)
		require.NoError(t, err)

		var r bls12381.Scalar
		require.NoError(t, r.UnmarshalBinary(v.R))
		tag, err := public.tag(v.Keyword, &r)
		require.NoError(t, err)
		require.Equal(t, []byte(v.Tag), tag, "%q", v.Keyword)

		made, err := private.Trapdoor(v.Keyword)
		require.NoError(t, err)
		require.Equal(t, []byte(v.Trapdoor), made.Bytes())
		trapdoor, err := ParseTrapdoor(v.Trapdoor)
		require.NoError(t, err)
		found, err := trapdoor.Test(v.Tag)
		require.NoError(t, err)
		require.True(t, found)
	}
}

func TestWhatIsRefused(t *testing.T) {
	f := readVectors(t)
	v := f.Cases[3]
	identity1, identity2 := make([]byte, 48), make([]byte, 96)
	identity1[0], identity2[0] = 0xc0, 0xc0
	order := ff.ScalarOrder()
	p, q := bls12381.G1Generator(), bls12381.G2Generator()
	spoiled := func(b []byte, at int, to byte) []byte {
		b = append([]byte(nil), b...)
		b[at] = to
		return b
	}

	for name, b := range map[string][]byte{
		"nil": nil, "zero": make([]byte, 32), "order": order, "too large": spoiled(order, 0, 0xff),
		"short": v.Private[1:], "long": append([]byte{0}, v.Private...),
	} {
		_, err := ParsePrivateKey(b)
		require.Error(t, err, name)
	}
	bad1 := map[string][]byte{
		"nil": nil, "zeros": make([]byte, 48), "identity": identity1, "outside": f.G1Outside, "uncompressed": p.Bytes(), "infinity, uncompressed": spoiled(identity1, 0, 0x40),
		"x over p": spoiled(f.G1Outside, 0, 0x9f), "short": v.Public[1:], "long": append(v.Public[:48:48], 0), "flag": spoiled(v.Public, 0, v.Public[0]&0x7f),
	}
	for name, b := range bad1 {
		_, err := ParsePublicKey(b)
		require.Error(t, err, name)
		require.Error(t, CheckTag(append(b[:len(b):len(b)], v.Tag[48:]...)), name)
	}
	for name, b := range map[string][]byte{
		"nil": nil, "zeros": make([]byte, 96), "identity": identity2, "outside": f.G2Outside, "uncompressed": q.Bytes(), "short": v.Trapdoor[1:],
		"long": append(v.Trapdoor[:96:96], 0), "x over p": spoiled(f.G2Outside, 48, 0xff),
	} {
		_, err := ParseTrapdoor(b)
		require.Error(t, err, name)
	}
	require.NoError(t, CheckTag(v.Tag))
	require.Error(t, CheckTag(v.Tag[:79]))
	require.Error(t, CheckTag(append(v.Tag[:80:80], 0)))
}
