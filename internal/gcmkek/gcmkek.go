// Package gcmkek is AES-256-GCM with random nonces as a key-encryption key: what
// keys/localkek and keys/passphrase have in common.
package gcmkek

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"fmt"
	"log/slog"

	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/cellseal/cellseal/internal/redact"
)

// KEK is a tink.AEADWithContext. Its ciphertexts are nonce (12 bytes) ||
// ciphertext || tag (16 bytes), as those of Tink's RAW AesGcmKey.
//
// The standard library's NewGCMWithRandomNonce is used and not Tink's own AEAD,
// because it draws the nonce inside the FIPS 140-3 module and so runs under
// GODEBUG=fips140=only.
type KEK struct {
	_    [0]func()
	aead *cipher.AEAD
}

var _ tink.AEADWithContext = KEK{}

// New returns a KEK for a key of 32 bytes.
func New(key []byte) (KEK, error) {
	if len(key) != 32 {
		return KEK{}, fmt.Errorf("a key of %d bytes: want 32", len(key))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return KEK{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return KEK{}, err
	}
	return KEK{aead: &aead}, nil
}

// EncryptWithContext implements tink.AEADWithContext. It does no I/O.
func (k KEK) EncryptWithContext(_ context.Context, plaintext, ad []byte) ([]byte, error) {
	return k.cipher().Seal(nil, nil, plaintext, ad), nil
}

// DecryptWithContext implements tink.AEADWithContext. It does no I/O.
func (k KEK) DecryptWithContext(_ context.Context, ciphertext, ad []byte) ([]byte, error) {
	return k.cipher().Open(nil, nil, ciphertext, ad)
}

func (k KEK) cipher() cipher.AEAD {
	if k.aead == nil {
		panic("cellseal: zero KEK")
	}
	return *k.aead
}

// Format implements fmt.Formatter and prints nothing secret.
func (KEK) Format(f fmt.State, _ rune) { redact.Format(f, "cellseal.KEK") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (KEK) LogValue() slog.Value { return redact.LogValue("cellseal.KEK") }
