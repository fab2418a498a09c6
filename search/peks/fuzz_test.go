package peks

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Whatever is accepted has one form only.
func FuzzParse(f *testing.F) {
	private := newPrivateKey(randomScalar())
	trapdoor, _ := private.Trapdoor("a")
	tag, _ := private.Public().Tag("a")
	for _, b := range [][]byte{private.Bytes(), private.Public().Bytes(), trapdoor.Bytes(), tag, nil} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if k, err := ParsePrivateKey(b); err == nil {
			require.Equal(t, b, k.Bytes())
		}
		if k, err := ParsePublicKey(b); err == nil {
			require.Equal(t, b, k.Bytes())
		}
		if d, err := ParseTrapdoor(b); err == nil {
			require.Equal(t, b, d.Bytes())
		}
		found, err := trapdoor.Test(b)
		require.Equal(t, CheckTag(b), err)
		if err != nil {
			require.False(t, found)
		}
	})
}
