package paillier

import (
	"fmt"
	"math/big"

	"filippo.io/bigmod"
)

// A RangeError is a plaintext that no sum of that many int64 values is: the number of
// rows is wrong, or a producer encrypted what is no int64. It does not hold the
// plaintext.
type RangeError struct{ Rows int64 }

// Error implements error.
func (e *RangeError) Error() string {
	return fmt.Sprintf("cellseal/paillier: the plaintext is no sum of %d int64 values: the count is wrong, or a producer did not encrypt one", e.Rows)
}

// Sum decrypts the sum of as many ciphertexts as rows says, which COUNT(column) tells
// in the same statement. It may exceed an int64, and cannot wrap around: a modulus has
// room for more than 2¹⁹⁰⁰ rows. Errors are [ErrCiphertext], wrapped, and a
// [RangeError].
func (k *PrivateKey) Sum(c *Ciphertext, rows int64) (*big.Int, error) {
	s := k.state()
	if err := s.public.Check(c); err != nil {
		return nil, err
	}
	v := s.decrypt(c)
	most := new(big.Int).Lsh(big.NewInt(rows), 63)
	least := new(big.Int).Neg(most)
	most.Sub(most, big.NewInt(rows))
	if rows < 0 || v.Cmp(least) < 0 || v.Cmp(most) > 0 {
		return nil, &RangeError{rows}
	}
	return v, nil
}

// Int64 decrypts the ciphertext of one value.
func (k *PrivateKey) Int64(c *Ciphertext) (int64, error) {
	v, err := k.Sum(c, 1)
	if err != nil {
		return 0, err
	}
	return v.Int64(), nil
}

// decrypt takes the upper half of the plaintexts as negative. It works modulo p² and
// q² and joins what it finds (§7 of the paper).
func (s *privateState) decrypt(c *Ciphertext) *big.Int {
	public := s.public.s
	x := under(public.modSquare, c.v.Bytes())
	mp, mq := s.p.plain(x), s.q.plain(x)
	// m = mq + q·((mp - mq)·q⁻¹ mod p), which is less than n.
	d := mp.Sub(reduced(mq, s.p.prime), s.p.prime).Mul(s.qInv, s.p.prime)
	m := d.ExpandFor(public.modN).Mul(s.qInN, public.modN).Add(mq.ExpandFor(public.modN), public.modN)
	v := new(big.Int).SetBytes(m.Bytes(public.modN))
	if v.Cmp(new(big.Int).Rsh(public.n, 1)) > 0 {
		v.Sub(v, public.n)
	}
	return v
}

// plain is the plaintext modulo the half's prime: L(c^(p-1) mod p²)·h, where L(x) =
// (x-1)/p. The division is exact and its result less than p, so it is the product with p⁻¹
// modulo the square of the other prime: no division takes longer for one secret than for
// another.
func (h *half) plain(c *bigmod.Nat) *bigmod.Nat {
	x := power(reduced(c, h.square), h.less, h.square).SubOne(h.square)
	l := reduced(x, h.other).Mul(h.inverse, h.other)
	return reduced(l, h.prime).Mul(h.h, h.prime)
}
