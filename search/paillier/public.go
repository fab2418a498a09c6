package paillier

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"

	"filippo.io/bigmod"
)

// A PublicKey encrypts and adds. It is immutable and safe for concurrent use.
type PublicKey struct {
	_ [0]func()
	s *publicState
}

type publicState struct {
	n, square       *big.Int
	modN, modSquare *bigmod.Modulus
	one, nat, least *bigmod.Nat // 1, n and -2⁶³·n, modulo n²
}

// ParsePublicKey reads what Bytes wrote: a modulus of 256 or 384 bytes. That it is
// the product of two primes nobody can check: take it from its owner.
func ParsePublicKey(b []byte) (*PublicKey, error) {
	n := new(big.Int).SetBytes(b)
	if !known(8*len(b)) || n.BitLen() != 8*len(b) || n.Bit(0) == 0 || n.ProbablyPrime(0) {
		return nil, errors.New("cellseal/paillier: this is no public key")
	}
	return newPublicKey(n), nil
}

func known(bits int) bool { return bits == 2048 || bits == 3072 }

func newPublicKey(n *big.Int) *PublicKey {
	s := &publicState{n: n, square: new(big.Int).Mul(n, n)}
	s.modN, s.modSquare = modulus(n.Bytes()), modulus(s.square.Bytes())
	s.one, s.nat = under(s.modSquare, []byte{1}), under(s.modSquare, n.Bytes())
	least := new(big.Int).Lsh(n, 63)
	s.least = under(s.modSquare, least.Sub(s.square, least).Bytes())
	return &PublicKey{s: s}
}

// Bytes returns the modulus: 256 bytes of a key of 2048 bits, 384 of 3072.
func (k *PublicKey) Bytes() []byte { return k.state().n.Bytes() }

// Encrypt returns the ciphertext of v. It differs at every call. What is done with v
// takes the same time for every v.
func (k *PublicKey) Encrypt(v int64) *Ciphertext {
	s := k.state()
	return s.encrypt(v, s.random())
}

func (s *publicState) encrypt(v int64, r *big.Int) *Ciphertext {
	return s.product(s.bare(v), s.zero(r))
}

// bare is g^v of g = n+1, which is 1 + v·n mod n². A signed v is u - 2⁶³ of an unsigned
// u, without a branch on its sign.
func (s *publicState) bare(v int64) *bigmod.Nat {
	u := under(s.modSquare, binary.BigEndian.AppendUint64(nil, uint64(v)^1<<63))
	return u.Mul(s.nat, s.modSquare).Add(s.least, s.modSquare).Add(s.one, s.modSquare)
}

// zero is rⁿ, a ciphertext of zero: what makes ciphertexts of one value differ. Its exponent is
// public and its base is used once, so math/big may do it, in a third of the time.
func (s *publicState) zero(r *big.Int) *big.Int { return new(big.Int).Exp(r, s.n, s.square) }

// random is uniform over 1 … n-1. One that shares a factor with n would be that factor:
// to meet it is to guess a prime of 1024 bits.
func (s *publicState) random() *big.Int {
	for {
		r, err := rand.Int(rand.Reader, s.n)
		if err != nil {
			panic("cellseal/paillier: " + err.Error()) // crypto/rand ends the program rather than fail
		}
		if r.Sign() > 0 {
			return r
		}
	}
}

func (s *publicState) product(a *bigmod.Nat, b *big.Int) *Ciphertext {
	c := under(s.modSquare, b.Bytes()).Mul(a, s.modSquare)
	return &Ciphertext{v: new(big.Int).SetBytes(c.Bytes(s.modSquare))}
}

// Add returns the ciphertext of the sum of all: of 0, and not random, of none.
// Whoever knows the terms recognizes their sum: [PublicKey.Rerandomize] it before
// it goes to somebody who must not.
func (k *PublicKey) Add(terms ...*Ciphertext) (*Ciphertext, error) {
	s := k.state()
	sum := big.NewInt(1)
	for _, c := range terms {
		if err := k.Check(c); err != nil {
			return nil, err
		}
		sum.Mod(sum.Mul(sum, c.v), s.square)
	}
	return &Ciphertext{sum}, nil
}

// Rerandomize returns another ciphertext of the same value, which nobody without the
// private key can link to the first.
func (k *PublicKey) Rerandomize(c *Ciphertext) (*Ciphertext, error) {
	if err := k.Check(c); err != nil {
		return nil, err
	}
	s := k.state()
	again := s.zero(s.random())
	return &Ciphertext{again.Mod(again.Mul(again, c.v), s.square)}, nil
}

// ErrCiphertext is a number that no encryption under the key can give: not in
// 1 … n²-1, or with a factor of n. Whether a number in range was made by an honest
// producer, nobody can check.
var ErrCiphertext = errors.New("cellseal/paillier: this is no ciphertext under the key")

// Check returns [ErrCiphertext], wrapped, of what is none. All methods of both keys
// do that by themselves; it is for whoever takes ciphertexts from others.
func (k *PublicKey) Check(c *Ciphertext) error {
	s, v := k.state(), c.number()
	if v.Sign() <= 0 || v.Cmp(s.square) >= 0 {
		return fmt.Errorf("%w: out of range, as of another key", ErrCiphertext)
	}
	if new(big.Int).GCD(nil, nil, v, s.n).Cmp(big.NewInt(1)) != 0 {
		return fmt.Errorf("%w: it shares a factor with the modulus", ErrCiphertext)
	}
	return nil
}

func (k *PublicKey) state() *publicState {
	if k == nil || k.s == nil {
		panic("cellseal/paillier: zero PublicKey; use PrivateKey.Public or ParsePublicKey")
	}
	return k.s
}
