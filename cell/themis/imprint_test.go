package themis

import (
	"crypto/subtle"
	"testing"

	"github.com/stretchr/testify/require"
)

func mustImprint(t *testing.T, key, message, context string) []byte {
	data, err := Imprint([]byte(key), []byte(message), []byte(context))
	require.NoError(t, err)
	return data
}

func xor(a, b []byte) []byte {
	out := make([]byte, len(a))
	subtle.XORBytes(out, a, b)
	return out
}

// What the package doc says against context imprints, demonstrated.
func TestImprintWeaknesses(t *testing.T) {
	const a, b = "pay 100 to alice", "pay 999 to mal.."

	// One key, length and context: one keystream. A known message opens the other.
	ia, ib := mustImprint(t, "key", a, "ctx"), mustImprint(t, "key", b, "ctx")
	require.Equal(t, xor([]byte(a), []byte(b)), xor(ia, ib))
	require.Equal(t, []byte(b), xor(ib, xor(ia, []byte(a))))

	// Equal messages show.
	require.Equal(t, ia, mustImprint(t, "key", a, "ctx"))

	// A flipped bit stays where it is, a wrong key or context goes unnoticed.
	ia[4] ^= '1' ^ '9'
	got, err := Reveal([]byte("key"), ia, []byte("ctx"))
	require.NoError(t, err)
	require.Equal(t, "pay 900 to alice", string(got))
	for _, wrong := range [][2]string{{"KEY", "ctx"}, {"key", "CTX"}} {
		got, err = Reveal([]byte(wrong[0]), ib, []byte(wrong[1]))
		require.NoError(t, err)
		require.NotEqual(t, b, string(got))
	}
}

// And how far it goes: another length or another context, another keystream.
func TestImprintKeystreamsDiffer(t *testing.T) {
	zeros := string(make([]byte, 64))
	seen := map[string]bool{}
	for _, stream := range [][]byte{
		mustImprint(t, "key", zeros, "ctx"),
		mustImprint(t, "key", zeros[:63], "ctx"),
		mustImprint(t, "key", zeros, "ctx2"),
		mustImprint(t, "key2", zeros, "ctx"),
	} {
		for at := 0; at+16 <= len(stream); at++ {
			seen[string(stream[at:at+16])] = true
		}
	}
	require.Len(t, seen, 3*49+48)
}
