package pub

import (
	"crypto/ecdh"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"

	"github.com/cellseal/cellseal/internal/redact"
)

// KeySize is the length of a private and of a public key, in bytes (RFC 7748).
const KeySize = 32

// ErrKey says that bytes are no key, or that two keys cannot go together: one is of low order, or both
// are the same.
var ErrKey = errors.New("cellseal/pub: unusable key")

// A PrivateKey is one party's X25519 key. It prints redacted.
type PrivateKey struct {
	_ [0]func()
	s *private
}

// private keeps the key two pointers away from what prints by reflection.
type private struct{ key *ecdh.PrivateKey }

// NewPrivateKey returns a random key.
func NewPrivateKey() (*PrivateKey, error) {
	k, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("cellseal/pub: generating a key: %w", err)
	}
	return &PrivateKey{s: &private{k}}, nil
}

// ParsePrivateKey reads the 32 bytes of Bytes, or returns ErrKey.
func ParsePrivateKey(b []byte) (*PrivateKey, error) {
	k, err := ecdh.X25519().NewPrivateKey(b)
	if err != nil {
		return nil, fmt.Errorf("%w: a private key has %d bytes, and not %d", ErrKey, KeySize, len(b))
	}
	return &PrivateKey{s: &private{k}}, nil
}

// Bytes returns the 32 secret bytes, to be stored encrypted.
func (k *PrivateKey) Bytes() []byte { return k.secret().Bytes() }

// Public returns the key to give away.
func (k *PrivateKey) Public() *PublicKey { return &PublicKey{key: k.secret().PublicKey()} }

func (k *PrivateKey) secret() *ecdh.PrivateKey {
	if k == nil || k.s == nil {
		panic("cellseal/pub: zero PrivateKey; use NewPrivateKey or ParsePrivateKey")
	}
	return k.s.key
}

// Format implements fmt.Formatter and prints nothing secret.
func (PrivateKey) Format(f fmt.State, _ rune) { redact.Format(f, "pub.PrivateKey") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (PrivateKey) LogValue() slog.Value { return redact.LogValue("pub.PrivateKey") }

// A PublicKey is the other party's. It is no secret, but must come from that party and nobody else.
type PublicKey struct {
	_   [0]func()
	key *ecdh.PublicKey
}

// ParsePublicKey reads the 32 bytes of Bytes, or returns ErrKey. Points of low order are refused when
// the key is put to use.
func ParsePublicKey(b []byte) (*PublicKey, error) {
	k, err := ecdh.X25519().NewPublicKey(b)
	if err != nil {
		return nil, fmt.Errorf("%w: a public key has %d bytes, and not %d", ErrKey, KeySize, len(b))
	}
	return &PublicKey{key: k}, nil
}

// Bytes returns the 32 bytes.
func (k *PublicKey) Bytes() []byte { return k.point().Bytes() }

// Equal reports whether both are the same bytes.
func (k *PublicKey) Equal(other *PublicKey) bool { return k.point().Equal(other.point()) }

func (k *PublicKey) point() *ecdh.PublicKey {
	if k == nil || k.key == nil {
		panic("cellseal/pub: zero PublicKey; use ParsePublicKey or PrivateKey.Public")
	}
	return k.key
}
