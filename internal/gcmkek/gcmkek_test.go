package gcmkek

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/fips140"
	"encoding/hex"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

var key = bytes.Repeat([]byte{7}, 32)

func newKEK(t *testing.T) KEK {
	t.Helper()
	k, err := New(key)
	require.NoError(t, err)
	return k
}

func TestRoundTrip(t *testing.T) {
	k := newKEK(t)
	for _, n := range []int{0, 1, 15, 16, 17, 1000} {
		for _, ad := range []string{"", "a", "cellseal/v1/cells\x00"} {
			plaintext := bytes.Repeat([]byte("p"), n)
			c, err := k.EncryptWithContext(t.Context(), plaintext, []byte(ad))
			require.NoError(t, err)
			require.Len(t, c, 12+n+16)
			got, err := k.DecryptWithContext(t.Context(), c, []byte(ad))
			require.NoError(t, err)
			require.True(t, bytes.Equal(plaintext, got))
		}
	}
}

// nonce || ciphertext || tag, as everybody's AES-256-GCM: made with another
// implementation (pyca/cryptography over OpenSSL).
func TestKnownCiphertextOpens(t *testing.T) {
	c, err := hex.DecodeString("000102030405060708090a0b" + "6aee86043d62bc30" + "4dbd74b352ff06a58b21a41daefd8b8f")
	require.NoError(t, err)
	got, err := newKEK(t).DecryptWithContext(t.Context(), c, []byte("ad"))
	require.NoError(t, err)
	require.Equal(t, "root key", string(got))
}

func TestTheStandardLibraryOpensIt(t *testing.T) {
	if fips140.Enforced() {
		t.Skip("SKIPPED under GODEBUG=fips140=only: cipher.NewGCM with a nonce of one's own is refused there")
	}
	c, err := newKEK(t).EncryptWithContext(t.Context(), []byte("root key"), []byte("ad"))
	require.NoError(t, err)
	block, err := aes.NewCipher(key)
	require.NoError(t, err)
	gcm, err := cipher.NewGCM(block)
	require.NoError(t, err)
	got, err := gcm.Open(nil, c[:12], c[12:], []byte("ad"))
	require.NoError(t, err)
	require.Equal(t, "root key", string(got))
}

func TestNothingElseOpens(t *testing.T) {
	k := newKEK(t)
	c, err := k.EncryptWithContext(t.Context(), []byte("root key"), []byte("ad"))
	require.NoError(t, err)
	refused := func(k KEK, c []byte, ad string) {
		t.Helper()
		got, err := k.DecryptWithContext(t.Context(), c, []byte(ad))
		require.Error(t, err)
		require.Nil(t, got)
	}
	for i := range c {
		c[i] ^= 1
		refused(k, c, "ad")
		c[i] ^= 1
	}
	for n := range c {
		refused(k, c[:n], "ad")
	}
	refused(k, append(bytes.Clone(c), 0), "ad")
	refused(k, c, "")
	refused(k, c, "ad2")
	refused(k, nil, "ad")
	other, err := New(bytes.Repeat([]byte{8}, 32))
	require.NoError(t, err)
	refused(other, c, "ad")
}

func TestNoncesAreFresh(t *testing.T) {
	k := newKEK(t)
	seen := map[string]bool{}
	for range 1000 {
		c, err := k.EncryptWithContext(t.Context(), nil, nil)
		require.NoError(t, err)
		seen[string(c[:12])] = true
	}
	require.Len(t, seen, 1000)
}

func TestOnlyKeysOf32Bytes(t *testing.T) {
	for n := range 65 {
		_, err := New(make([]byte, n))
		require.Equal(t, n == 32, err == nil, n)
	}
	_, err := New(make([]byte, 16))
	require.EqualError(t, err, "a key of 16 bytes: want 32")
}

// passphrase clears the key it derived once the KEK is made.
func TestTheKeyIsCopied(t *testing.T) {
	mine := bytes.Clone(key)
	k, err := New(mine)
	require.NoError(t, err)
	clear(mine)
	c, err := k.EncryptWithContext(t.Context(), []byte("root key"), nil)
	require.NoError(t, err)
	_, err = newKEK(t).DecryptWithContext(t.Context(), c, nil)
	require.NoError(t, err)
}

func TestZeroKEKPanics(t *testing.T) {
	require.PanicsWithValue(t, "cellseal: zero KEK", func() { _, _ = KEK{}.EncryptWithContext(t.Context(), nil, nil) })
	require.PanicsWithValue(t, "cellseal: zero KEK", func() { _, _ = KEK{}.DecryptWithContext(t.Context(), nil, nil) })
}

// A local key needs no I/O, so nothing can be cancelled.
func TestTheContextIsNotAsked(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("over"))
	_, err := newKEK(t).EncryptWithContext(ctx, nil, nil)
	require.NoError(t, err)
}
