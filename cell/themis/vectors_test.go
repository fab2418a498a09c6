package themis

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// A vector is one cell, with the outcome Themis itself has for it.
type vector struct {
	Mode       string
	Key        hexBytes `json:"key_hex"`
	Passphrase string
	Context    hexBytes `json:"context_hex"`
	Message    hexBytes `json:"message_hex"`
	Output     hexBytes `json:"output_hex"`
	Token      hexBytes `json:"token_hex"`
	Valid      bool
	Comment    string
}

type hexBytes []byte

func (b *hexBytes) UnmarshalText(text []byte) (err error) {
	*b, err = hex.DecodeString(string(text))
	return err
}

func readVectors(t testing.TB, file string) []vector {
	data, err := os.ReadFile(filepath.Join("testdata", file))
	require.NoError(t, err)
	var vectors []vector
	require.NoError(t, json.Unmarshal(data, &vectors))
	return vectors
}

func (v *vector) secret() []byte {
	if v.Mode == "seal-passphrase" {
		return []byte(v.Passphrase)
	}
	return v.Key
}

func (v *vector) open() ([]byte, error) {
	switch v.Mode {
	case "seal":
		return Open(v.Key, v.Output, v.Context)
	case "seal-passphrase":
		return OpenWithPassphrase([]byte(v.Passphrase), v.Output, v.Context)
	case "token-protect":
		return OpenProtected(v.Key, v.Output, v.Token, v.Context)
	case "context-imprint":
		return Reveal(v.Key, v.Output, v.Context)
	}
	panic("unknown mode " + v.Mode)
}

// rewrite makes the cell anew from secret, message and context, taking only
// what a writer draws or is configured with from the original: IV, salt,
// iterations and key size. Message length and tag are its own.
func (v *vector) rewrite(t testing.TB) (output, token []byte) {
	if v.Mode == "context-imprint" {
		out, err := Imprint(v.Key, v.Message, v.Context)
		require.NoError(t, err)
		return out, nil
	}
	head := []byte(v.Token)
	switch v.Mode {
	case "seal":
		head = v.Output[:keyHeaderLen]
	case "seal-passphrase":
		head = v.Output[:passphraseHeaderLen]
	}
	old, ok := parseHeader(head)
	require.True(t, ok)
	h := header{
		keyBits: old.keyBits, messageLen: uint32(len(v.Message)),
		iv: old.iv, salt: old.salt, iterations: old.iterations,
	}
	if v.Mode == "token-protect" {
		out, err := h.seal(nil, v.Key, v.Message, v.Context)
		require.NoError(t, err)
		return out, h.append(nil)
	}
	out, err := h.sealCell(v.secret(), v.Message, v.Context)
	require.NoError(t, err)
	return out, nil
}

// fresh writes the message with the exported function and reads it back.
func (v *vector) fresh(t testing.TB) []byte {
	again := *v
	var err error
	switch v.Mode {
	case "seal":
		again.Output, err = Seal(v.Key, v.Message, v.Context)
	case "seal-passphrase":
		again.Output, err = SealWithPassphrase([]byte(v.Passphrase), v.Message, v.Context)
	case "token-protect":
		again.Output, again.Token, err = Protect(v.Key, v.Message, v.Context)
	case "context-imprint":
		again.Output, err = Imprint(v.Key, v.Message, v.Context)
	}
	require.NoError(t, err)
	message, err := again.open()
	require.NoError(t, err)
	return message
}

func TestPublicVectors(t *testing.T) {
	count := map[string]int{}
	for _, v := range readVectors(t, "vectors-public.json") {
		count[v.Mode]++
		if !v.Valid {
			count["refused"]++
		}
		t.Run(v.Mode+"/"+v.Comment, func(t *testing.T) {
			message, err := v.open()
			if !v.Valid {
				require.Error(t, err)
				require.Nil(t, message)
				if v.Mode == "context-imprint" {
					require.Equal(t, errEmptyContext, err)
				} else {
					require.Equal(t, ErrDecrypt, err)
				}
				return
			}
			require.NoError(t, err)
			require.Equal(t, []byte(v.Message), message)

			output, token := v.rewrite(t)
			require.Equal(t, []byte(v.Output), output)
			require.Equal(t, []byte(v.Token), token)
			require.Equal(t, []byte(v.Message), v.fresh(t))
		})
	}
	require.Equal(t, map[string]int{
		"seal": 24, "token-protect": 19, "context-imprint": 9, "seal-passphrase": 8,
		"refused": 32,
	}, count)
}

// Themis opens all twelve. Nine have a shape no writer makes and are refused.
// The other three have the shape, and indeed the bytes, of an ordinary cell: a
// Themis writer holding the key in the vector writes them. Their oddity is that
// another key writes them too, because HMAC (RFC 2104) makes both keys the
// same block. A reader sees one of the keys and never both, so it could only
// refuse by refusing all keys that end in zero, or have 32 bytes.
func TestNoncanonicalVectors(t *testing.T) {
	const refused, sameKey = false, true
	outcome := map[string]bool{
		"9 bytes inserted between header and body":                                  refused,
		"IV length 17, 5 bytes inserted after the IV: only the first 12 are used":   refused,
		"tag length 20, 4 bytes inserted after the tag: only the first 16 are used": refused,
		"13 bytes appended to the token":                                            refused,
		"IV length 40":                                                              refused,
		"tag length 17":                                                             refused,
		"KDF context length 25, 3 bytes after the salt":                             refused,
		"6 bytes inserted between header and body":                                  refused,
		"crafted by prototype: 1 iteration, empty salt; libthemis accepts":          refused,

		// HMAC fills keys up to 64 bytes with zeros, so these two are there already.
		"key with two zero bytes appended: HMAC pads keys shorter than 64 bytes with zeros": sameKey,
		// HMAC replaces keys over 64 bytes by their SHA-256, so this is the key used.
		"key replaced by its SHA-256 (original key was 80 bytes, over the HMAC block)": sameKey,
		// As the first, in the mode without a header.
		"key with a zero byte appended": sameKey,
	}
	vectors := readVectors(t, "vectors-noncanonical.json")
	require.Len(t, vectors, len(outcome))
	for _, v := range vectors {
		t.Run(v.Mode+"/"+v.Comment, func(t *testing.T) {
			opens, known := outcome[v.Comment]
			require.True(t, known)
			message, err := v.open()
			if !opens {
				require.Equal(t, ErrDecrypt, err)
				require.Nil(t, message)
				return
			}
			require.NoError(t, err)
			require.Equal(t, []byte(v.Message), message)

			// The claim above, tried: the key of the vector writes these bytes.
			output, _ := v.rewrite(t)
			require.Equal(t, []byte(v.Output), output)
		})
	}
}

// The other half of the claim: neither key of such a pair can be told from the
// cell, in any mode.
func TestKeysEqualAfterHMACPreparation(t *testing.T) {
	long := make([]byte, 80)
	for i := range long {
		long[i] = byte(i + 1)
	}
	hashed := sha256.Sum256(long)
	for _, pair := range [][2][]byte{
		{[]byte("secret"), []byte("secret\x00")},
		{long[:32], append(long[:32:32], 0, 0)},
		{long, hashed[:]},
	} {
		for _, mode := range []string{"seal", "seal-passphrase", "token-protect", "context-imprint"} {
			a := vector{Mode: mode, Key: pair[0], Passphrase: string(pair[0]), Context: []byte("ctx"), Message: []byte("message")}
			h, err := newHeader(len(a.Message))
			require.NoError(t, err)
			switch mode {
			case "seal":
				a.Output = h.append(nil)
			case "seal-passphrase":
				h.iterations = 1
				a.Output = h.append(nil)
			case "token-protect":
				a.Token = h.append(nil)
			}
			b := a
			b.Key, b.Passphrase = pair[1], string(pair[1])

			a.Output, a.Token = a.rewrite(t)
			b.Output, b.Token = b.rewrite(t)
			require.Equal(t, a.Output, b.Output, mode)
			require.Equal(t, a.Token, b.Token, mode)
		}
	}
}
