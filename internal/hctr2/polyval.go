package hctr2

import "math/bits"

// element is a polynomial over GF(2) of degree below 128, an element of the
// field that RFC 8452, section 3 defines by x^128 + x^127 + x^126 + x^121 + 1.
// Bit i of lo is the coefficient of x^i, bit i of hi that of x^(64+i).
type element struct {
	lo, hi uint64
}

func (e element) plus(f element) element {
	return element{e.lo ^ f.lo, e.hi ^ f.hi}
}

// hashKey is a POLYVAL key, prepared for multiplication: its two words and
// their sum (Karatsuba's third factor), each also with its bits reversed.
type hashKey struct {
	lo, hi, sum          uint64
	revLo, revHi, revSum uint64
}

func newHashKey(h element) hashKey {
	return hashKey{
		h.lo, h.hi, h.lo ^ h.hi,
		bits.Reverse64(h.lo), bits.Reverse64(h.hi), bits.Reverse64(h.lo ^ h.hi),
	}
}

// blocks feeds whole blocks of data into the hash and returns what is left of
// data, fewer bytes than a block.
func (k *hashKey) blocks(acc element, data []byte) (element, []byte) {
	for len(data) >= 16 {
		acc = k.mul(acc.plus(load(data)))
		data = data[16:]
	}
	return acc, data
}

// mul returns e · key · x^-128, the "dot" of RFC 8452.
//
// Karatsuba makes a 256-bit product of three 64-bit ones. mulLow gives only the
// low half of such a product; the high half is the low half of the product of
// the reversed words, reversed, and one bit lower because a product of two
// polynomials of degree 63 has degree 126.
func (k *hashKey) mul(e element) element {
	revLo, revHi := bits.Reverse64(e.lo), bits.Reverse64(e.hi)

	lowL := mulLow(e.lo, k.lo)
	lowH := bits.Reverse64(mulLow(revLo, k.revLo)) >> 1
	highL := mulLow(e.hi, k.hi)
	highH := bits.Reverse64(mulLow(revHi, k.revHi)) >> 1
	midL := mulLow(e.lo^e.hi, k.sum) ^ lowL ^ highL
	midH := bits.Reverse64(mulLow(revLo^revHi, k.revSum))>>1 ^ lowH ^ highH

	return reduce(lowL, lowH^midL, highL^midH, highH)
}

// reduce divides a 256-bit polynomial, lowest word first, by x^128 in the
// field. The field polynomial is 1 modulo x^121, so adding w times it clears a
// lowest word w; doing so twice leaves the quotient in the upper half.
func reduce(p0, p1, p2, p3 uint64) element {
	p1 ^= p0<<57 ^ p0<<62 ^ p0<<63
	p2 ^= p0 ^ p0>>1 ^ p0>>2 ^ p0>>7
	p2 ^= p1<<57 ^ p1<<62 ^ p1<<63
	p3 ^= p1 ^ p1>>1 ^ p1>>2 ^ p1>>7
	return element{p2, p3}
}

// mulLow returns the low 64 bits of the carry-less product of x and y.
//
// An integer multiplication is a carry-less one spoilt by carries. With only
// every fourth bit of each factor left in, a column sums at most 16 ones, and
// its carries fall into the three empty columns above it, where the mask
// removes them. (Only the topmost column can reach 16, and that carry leaves
// the word.) Sixteen such products cover all pairs of bits. There is no branch
// and no memory access that depends on x or y. Thomas Pornin describes the
// technique in the notes on constant-time cryptography of BearSSL.
func mulLow(x, y uint64) uint64 {
	const every4th = 0x1111111111111111

	x0, x1, x2, x3 := x&every4th, x&(every4th<<1), x&(every4th<<2), x&(every4th<<3)
	y0, y1, y2, y3 := y&every4th, y&(every4th<<1), y&(every4th<<2), y&(every4th<<3)

	z0 := x0*y0 ^ x1*y3 ^ x2*y2 ^ x3*y1
	z1 := x0*y1 ^ x1*y0 ^ x2*y3 ^ x3*y2
	z2 := x0*y2 ^ x1*y1 ^ x2*y0 ^ x3*y3
	z3 := x0*y3 ^ x1*y2 ^ x2*y1 ^ x3*y0

	return z0&every4th | z1&(every4th<<1) | z2&(every4th<<2) | z3&(every4th<<3)
}
