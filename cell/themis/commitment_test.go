package themis

import (
	"crypto/aes"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"
)

// One cell, two keys of an attacker's choice, no error: the doc says that
// cells do not commit to their key, and this is the attack. GCM's tag is linear
// in the ciphertext, so one free block solves for equal tags.
func TestOneCellOpensUnderTwoKeys(t *testing.T) {
	h := header{keyBits: 256, messageLen: 16, iv: [ivLen]byte{1, 2, 3}}
	secrets := [][]byte{[]byte("first key"), []byte("second key")}

	// tag = mask + C·hash² + lengths·hash, for each key.
	lengths := element{0, 8 * 16}
	var mask, hash [2]element
	for i, secret := range secrets {
		block, err := aes.NewCipher(kdf(secret, keyLabel, le32(16)))
		require.NoError(t, err)
		encrypt := func(b []byte) element {
			block.Encrypt(b, b)
			return element{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])}
		}
		hash[i] = encrypt(make([]byte, 16))
		mask[i] = encrypt(append(h.iv[:], 0, 0, 0, 1))
	}
	squares := hash[0].mul(hash[0]).add(hash[1].mul(hash[1]))
	c := mask[0].add(mask[1]).add(lengths.mul(hash[0].add(hash[1]))).mul(squares.inverse())
	tag := mask[0].add(c.mul(hash[0]).mul(hash[0])).add(lengths.mul(hash[0]))

	copy(h.tag[:], tag.bytes())
	cell := append(h.append(nil), c.bytes()...)
	var messages [2][]byte
	for i, secret := range secrets {
		var err error
		messages[i], err = Open(secret, cell, nil)
		require.NoError(t, err)
	}
	require.NotEqual(t, messages[0], messages[1])
}

// An element of GF(2^128) as GCM writes it: the first bit is the coefficient of x^0.
type element [2]uint64

func (a element) add(b element) element { return element{a[0] ^ b[0], a[1] ^ b[1]} }

func (a element) mul(b element) (p element) {
	for i := range 128 {
		if a[i/64]>>(63-i%64)&1 == 1 {
			p = p.add(b)
		}
		carry := b[1] & 1
		b = element{b[0] >> 1, b[1]>>1 | b[0]<<63}
		b[0] ^= carry * 0xe1 << 56
	}
	return p
}

// inverse is a^(2^128-2).
func (a element) inverse() element {
	p := element{1 << 63}
	for range 127 {
		a = a.mul(a)
		p = p.mul(a)
	}
	return p
}

func (a element) bytes() []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, a[0]), a[1])
}
