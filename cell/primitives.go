package cell

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"sync"

	"github.com/cellseal/cellseal/internal/tree"
)

// Every primitive of a sealed cell is called in this file.

// cellKey is one AES-256 key: for GCM, and for the commitment beside it.
type cellKey struct {
	block cipher.Block
	aead  cipher.AEAD
}

func newCellKey(key [tree.Size]byte) cellKey {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic("cellseal/cell: " + err.Error()) // 32 bytes are always an AES key
	}
	// The nonce is 96 random bits drawn by the standard library for every cell, so
	// the caller can never repeat one. 2^32 cells under one key keep the chance of
	// a collision below 2^-32, and a key belongs to one row, or to one unbound cell.
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic("cellseal/cell: " + err.Error()) // block is the standard library's AES
	}
	return cellKey{block, aead}
}

// commit writes the key commitment for nonce: two AES blocks under counters that
// GCM never reaches, as its own runs from 1 and a plaintext has at most 2^26
// blocks. AES-GCM alone lets one ciphertext open under two keys; two keys with
// the same 256 bits here cost some 2^128 work in the ideal cipher model.
func (k cellKey) commit(dst *[commitSize]byte, nonce []byte) {
	first, second := dst[:16], dst[16:]
	copy(first, nonce[:nonceSize])
	copy(first[nonceSize:], "\xff\xff\xff\xfe")
	copy(second, nonce[:nonceSize])
	copy(second[nonceSize:], "\xff\xff\xff\xff")
	k.block.Encrypt(first, first)
	k.block.Encrypt(second, second)
}

// seal appends commitment || nonce || ciphertext || tag.
func (k cellKey) seal(dst, plaintext, ad []byte) []byte {
	at := len(dst)
	dst = append(dst, make([]byte, commitSize)...)
	dst = k.aead.Seal(dst, nil, plaintext, ad)
	k.commit((*[commitSize]byte)(dst[at:]), dst[at+commitSize:])
	return dst
}

// open appends the plaintext of what seal wrote. The commitment is checked, in
// constant time, before GCM runs.
func (k cellKey) open(dst, body, ad []byte) ([]byte, error) {
	want := commitments.Get().(*[commitSize]byte)
	k.commit(want, body[commitSize:])
	same := equal(want, (*[commitSize]byte)(body))
	commitments.Put(want)
	if !same {
		return nil, ErrDecrypt
	}
	out, err := k.aead.Open(dst, nil, body[commitSize:], ad)
	if err != nil {
		return nil, ErrDecrypt
	}
	return out, nil
}

// equal compares in constant time, a word at a time: crypto/subtle goes byte by
// byte, which showed in the cost of a cell.
func equal(a, b *[commitSize]byte) bool {
	var differ uint64
	for i := 0; i < commitSize; i += 8 {
		differ |= binary.NativeEndian.Uint64(a[i:]) ^ binary.NativeEndian.Uint64(b[i:])
	}
	return differ == 0
}

// commitments holds scratch space: what goes through an interface escapes.
var commitments = sync.Pool{New: func() any { return new([commitSize]byte) }}

// newSalt fills in the salt of an unbound cell. crypto/rand never fails.
func newSalt(salt []byte) { rand.Read(salt) }
