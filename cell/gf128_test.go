package cell

import "encoding/binary"

// GHASH (NIST SP 800-38D §6.4), bit by bit: for the independent writer, which
// must choose its nonces, and for forging two-key ciphertexts.

// An element of GF(2^128). The most significant bit of hi is the coefficient of x^0.
type element struct{ hi, lo uint64 }

func loadElement(b []byte) element {
	return element{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])}
}

func (a element) bytes() []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, a.hi), a.lo)
}

func (a element) plus(b element) element { return element{a.hi ^ b.hi, a.lo ^ b.lo} }

// timesX multiplies by x, modulo x^128 + x^7 + x^2 + x + 1.
func (a element) timesX() element {
	return element{a.hi>>1 ^ (a.lo&1)*(0xE1<<56), a.lo>>1 | a.hi<<63}
}

func (a element) times(b element) (product element) {
	for range 128 {
		mask := -(a.hi >> 63)
		product.hi ^= b.hi & mask
		product.lo ^= b.lo & mask
		a = element{a.hi<<1 | a.lo>>63, a.lo << 1}
		b = b.timesX()
	}
	return product
}

// inverse is the power 2^128 - 2, the product of the squares 2^1 … 2^127.
func (a element) inverse() element {
	product := element{hi: 1 << 63}
	for range 127 {
		a = a.times(a)
		product = product.times(a)
	}
	return product
}

// ghash hashes associated data and ciphertext under the hash key h.
func ghash(h element, ad, ciphertext []byte) (y element) {
	for _, part := range [][]byte{ad, ciphertext} {
		for len(part) > 0 {
			var block [16]byte
			part = part[copy(block[:], part):]
			y = y.plus(loadElement(block[:])).times(h)
		}
	}
	return y.plus(element{8 * uint64(len(ad)), 8 * uint64(len(ciphertext))}).times(h)
}
