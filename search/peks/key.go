package peks

import (
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/cloudflare/circl/ecc/bls12381"
)

// Sizes in bytes.
const (
	PrivateKeySize = bls12381.ScalarSize
	PublicKeySize  = bls12381.G1SizeCompressed
	TrapdoorSize   = bls12381.G2SizeCompressed
	TagSize        = bls12381.G1SizeCompressed + 32
)

// A PrivateKey makes trapdoors. It is immutable, safe for concurrent use and
// prints redacted. Products with it take the same time for every key.
type PrivateKey struct {
	_ [0]func()
	s *privateState
}

type privateState struct {
	scalar bls12381.Scalar
	public *PublicKey
}

// A PublicKey makes tags. It is immutable and safe for concurrent use.
type PublicKey struct {
	_ [0]func()
	p *bls12381.G1
}

// GenerateKey returns a new key of crypto/rand.
func GenerateKey() *PrivateKey { return newPrivateKey(randomScalar()) }

func newPrivateKey(a *bls12381.Scalar) *PrivateKey {
	p := new(bls12381.G1)
	p.ScalarMult(a, bls12381.G1Generator())
	return &PrivateKey{s: &privateState{*a, &PublicKey{p: p}}}
}

// ParsePrivateKey reads what Bytes wrote: PrivateKeySize bytes, of a number
// greater than zero and less than the order of the group.
func ParsePrivateKey(b []byte) (*PrivateKey, error) {
	a := new(bls12381.Scalar)
	if len(b) != PrivateKeySize || a.UnmarshalBinary(b) != nil || a.IsZero() == 1 {
		return nil, errors.New("cellseal/peks: this is no private key")
	}
	return newPrivateKey(a), nil
}

// Bytes returns the secret: PrivateKeySize bytes, to be kept encrypted.
func (k *PrivateKey) Bytes() []byte {
	b, err := k.state().scalar.MarshalBinary()
	if err != nil {
		panic("cellseal/peks: " + err.Error()) // it has no way to fail
	}
	return b
}

// Public returns the key to tag with.
func (k *PrivateKey) Public() *PublicKey { return k.state().public }

func (k *PrivateKey) state() *privateState {
	if k == nil || k.s == nil {
		panic("cellseal/peks: zero PrivateKey; use GenerateKey or ParsePrivateKey")
	}
	return k.s
}

// ParsePublicKey reads what Bytes wrote: PublicKeySize bytes, of a point in the
// subgroup that is not the identity.
func ParsePublicKey(b []byte) (*PublicKey, error) {
	p, err := parseG1(b)
	if err != nil {
		return nil, fmt.Errorf("cellseal/peks: this is no public key: %w", err)
	}
	return &PublicKey{p: p}, nil
}

// Bytes returns PublicKeySize bytes.
func (k *PublicKey) Bytes() []byte { return k.point().BytesCompressed() }

func (k *PublicKey) point() *bls12381.G1 {
	if k == nil || k.p == nil {
		panic("cellseal/peks: zero PublicKey; use PrivateKey.Public or ParsePublicKey")
	}
	return k.p
}

// Format implements fmt.Formatter and prints nothing secret.
func (PrivateKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "peks.PrivateKey(redacted)") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (PrivateKey) LogValue() slog.Value { return slog.StringValue("peks.PrivateKey(redacted)") }
