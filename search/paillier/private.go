package paillier

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"math/big"

	"filippo.io/bigmod"

	"github.com/cellseal/cellseal/internal/redact"
)

// A PrivateKey decrypts. It is immutable, safe for concurrent use and prints
// redacted.
type PrivateKey struct {
	_ [0]func()
	s *privateState
}

type privateState struct {
	public *PublicKey
	p, q   half
	qInN   *bigmod.Nat // q modulo n
	qInv   *bigmod.Nat // q⁻¹ modulo p
}

// A half is what decryption modulo one of the primes needs.
type half struct {
	prime, square *bigmod.Modulus
	bytes, less   []byte          // the prime, and the prime less one
	other         *bigmod.Modulus // the square of the other prime
	inverse       *bigmod.Nat     // of the prime, modulo other
	h             *bigmod.Nat     // L((n+1)^(p-1) mod p²)⁻¹ = (-q)⁻¹ modulo the prime
}

// GenerateKey returns a new key with a modulus of 2048 bits (112 bits of security, NIST
// SP 800-57 part 1) or 3072 (128 bits), and panics on another size. It takes a second
// or several.
func GenerateKey(bits int) *PrivateKey {
	if !known(bits) {
		panic("cellseal/paillier: a key has 2048 or 3072 bits")
	}
	for {
		p, q := prime(bits/2), prime(bits/2)
		if p.Cmp(q) != 0 {
			return newPrivateKey(p.Bytes(), q.Bytes())
		}
	}
}

// prime has its two highest bits set, so that a product of two has twice the bits. Primes
// of one length make n prime to (p-1)(q-1), which the scheme needs.
func prime(bits int) *big.Int {
	p, err := rand.Prime(rand.Reader, bits)
	if err != nil {
		panic("cellseal/paillier: " + err.Error()) // crypto/rand ends the program rather than fail
	}
	return p
}

// ParsePrivateKey reads what Bytes wrote: two primes of one length, which it checks
// to be such.
func ParsePrivateKey(b []byte) (*PrivateKey, error) {
	if known(8 * len(b)) {
		p, q := b[:len(b)/2:len(b)/2], b[len(b)/2:]
		if isPrime(p) && isPrime(q) && !bytes.Equal(p, q) {
			return newPrivateKey(bytes.Clone(p), bytes.Clone(q)), nil
		}
	}
	return nil, errors.New("cellseal/paillier: this is no private key")
}

func isPrime(b []byte) bool {
	return b[0]>>6 == 3 && new(big.Int).SetBytes(b).ProbablyPrime(20)
}

func newPrivateKey(p, q []byte) *PrivateKey {
	n := new(big.Int).Mul(new(big.Int).SetBytes(p), new(big.Int).SetBytes(q))
	s := &privateState{public: newPublicKey(n), p: newHalf(p, q), q: newHalf(q, p)}
	s.qInN = under(s.public.s.modN, q)
	// q may exceed p: reduced first, then inverted as Fermat has it.
	s.qInv = power(reduced(s.qInN, s.p.prime), minus(p, 2), s.p.prime)
	return &PrivateKey{s: s}
}

func newHalf(p, q []byte) half {
	h := half{prime: modulus(p), bytes: p, less: minus(p, 1)}
	var err error
	if h.square, err = bigmod.NewModulusProduct(p, p); err == nil {
		h.other, err = bigmod.NewModulusProduct(q, q)
	}
	if err != nil {
		panic("cellseal/paillier: " + err.Error())
	}
	// The order of the group modulo q² is q(q-1): x^(q(q-1)-1) is the inverse of x.
	order := new(big.Int).SetBytes(q)
	order.Mul(order, new(big.Int).SetBytes(minus(q, 1)))
	h.inverse = power(under(h.other, p), minus(order.Bytes(), 1), h.other)
	zero := bigmod.NewNat().ExpandFor(h.prime)
	h.h = power(zero.Sub(reduced(under(h.other, q), h.prime), h.prime), minus(p, 2), h.prime)
	return h
}

func power(x *bigmod.Nat, e []byte, m *bigmod.Modulus) *bigmod.Nat {
	return bigmod.NewNat().Exp(x, e, m)
}

// minus is b-less, of the same length.
func minus(b []byte, less int64) []byte {
	x := new(big.Int).SetBytes(b)
	return x.Sub(x, big.NewInt(less)).FillBytes(make([]byte, len(b)))
}

// Bytes returns the secret, to be kept encrypted: the two primes, 256 bytes of a
// key of 2048 bits, 384 of 3072.
func (k *PrivateKey) Bytes() []byte {
	s := k.state()
	return append(bytes.Clone(s.p.bytes), s.q.bytes...)
}

// Public returns the key to encrypt with.
func (k *PrivateKey) Public() *PublicKey { return k.state().public }

func (k *PrivateKey) state() *privateState {
	if k == nil || k.s == nil {
		panic("cellseal/paillier: zero PrivateKey; use GenerateKey or ParsePrivateKey")
	}
	return k.s
}

// Format implements fmt.Formatter and prints nothing secret.
func (PrivateKey) Format(f fmt.State, _ rune) { redact.Format(f, "paillier.PrivateKey") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (PrivateKey) LogValue() slog.Value { return redact.LogValue("paillier.PrivateKey") }
