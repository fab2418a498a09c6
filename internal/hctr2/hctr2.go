package hctr2

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"log/slog"

	"github.com/cellseal/cellseal/internal/redact"
)

// MinSize is the shortest message in bytes: the one block that AES works on.
const MinSize = aes.BlockSize

// Cipher is HCTR2 under one AES key. It never changes after [New] and may be
// used by many goroutines at once. The zero Cipher panics when used.
type Cipher struct {
	secret *secret
}

var (
	_ fmt.Formatter  = (*Cipher)(nil)
	_ slog.LogValuer = (*Cipher)(nil)
)

// secret sits behind a pointer, so whatever prints a Cipher by reflection, past
// its Format method, comes to an address and stops.
type secret struct {
	block cipher.Block
	hash  hashKey
	l     element
}

// New returns the cipher for an AES key of 16, 24 or 32 bytes. The key is not
// kept; the caller may clear it.
func New(key []byte) (*Cipher, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("hctr2: key of %d bytes, want 16, 24 or 32", len(key))
	}
	derive := func(n byte) element {
		var b [aes.BlockSize]byte
		b[0] = n
		block.Encrypt(b[:], b[:])
		return load(b[:])
	}
	return &Cipher{&secret{block: block, hash: newHashKey(derive(0)), l: derive(1)}}, nil
}

// Encrypt appends the encryption of plaintext under tweak to dst and returns
// the longer slice; it adds exactly len(plaintext) bytes.
//
// The tweak may have any length, and each length is a domain of its own. To
// encrypt in place pass plaintext[:0] as dst; any other overlap gives the right
// result too, since all of the input is read before any output is written.
// Nothing is allocated unless dst lacks room.
//
// Encrypt panics if plaintext is shorter than [MinSize].
func (c *Cipher) Encrypt(dst, plaintext, tweak []byte) []byte {
	return c.apply(cipher.Block.Encrypt, dst, plaintext, tweak)
}

// Decrypt appends the decryption of ciphertext under tweak to dst, with the
// same rules as [Cipher.Encrypt]. It cannot fail: a wrong key, tweak or
// ciphertext yields bytes that look random, and it is for the caller to notice.
func (c *Cipher) Decrypt(dst, ciphertext, tweak []byte) []byte {
	return c.apply(cipher.Block.Decrypt, dst, ciphertext, tweak)
}

// Format prints the type's name and nothing else, under every verb.
func (Cipher) Format(f fmt.State, _ rune) { redact.Format(f, "hctr2.Cipher") }

// LogValue does the same for structured logs.
func (Cipher) LogValue() slog.Value { return redact.LogValue("hctr2.Cipher") }

func (c *Cipher) apply(middle func(b cipher.Block, dst, src []byte), dst, src, tweak []byte) []byte {
	if c == nil || c.secret == nil {
		panic("hctr2: Cipher not made by New")
	}
	if len(src) < MinSize {
		panic("hctr2: message shorter than 16 bytes")
	}
	afterTweak := c.secret.hashTweak(tweak, len(src)-aes.BlockSize)
	out := append(dst, src...)
	c.secret.transform(middle, out[len(dst):], afterTweak)
	return out
}

// transform works in msg alone. What it hands to AES goes through an interface
// and would be moved to the heap; msg is on the heap already, and its first
// block is free to serve as scratch space until the last line fills it.
func (s *secret) transform(middle func(b cipher.Block, dst, src []byte), msg []byte, afterTweak element) {
	head, rest := msg[:aes.BlockSize], msg[aes.BlockSize:]

	before := load(head).plus(s.hashRest(afterTweak, rest))
	before.store(head)
	middle(s.block, head, head)
	after := load(head)

	s.xctr(rest, before.plus(after).plus(s.l), head)
	after.plus(s.hashRest(afterTweak, rest)).store(head)
}

// xctr adds the keystream AES(seed + 1), AES(seed + 2), … to data. Adding the
// counter without carry keeps the blocks of two seeds unrelated, where an
// ordinary counter lets their sequences overlap.
func (s *secret) xctr(data []byte, seed element, scratch []byte) {
	for i := uint64(1); len(data) > 0; i++ {
		seed.plus(element{lo: i}).store(scratch)
		s.block.Encrypt(scratch, scratch)
		data = data[subtle.XORBytes(data, data, scratch):]
	}
}

// hashTweak begins the hash of a tweak and rest bytes of message. Both hashes
// of one message share it, so it is taken once. The first block holds twice the
// tweak's length in bits, plus 2, plus 1 if the message will be padded.
func (s *secret) hashTweak(tweak []byte, rest int) element {
	length := 2*8*uint64(len(tweak)) + 2
	if rest%aes.BlockSize != 0 {
		length++
	}
	acc := s.hash.mul(element{lo: length})
	acc, partial := s.hash.blocks(acc, tweak)
	if len(partial) > 0 {
		var last [aes.BlockSize]byte
		copy(last[:], partial)
		acc, _ = s.hash.blocks(acc, last[:])
	}
	return acc
}

// hashRest goes on with the message after its first block. A message that ends
// inside a block is followed by a one and zeros.
func (s *secret) hashRest(acc element, rest []byte) element {
	acc, partial := s.hash.blocks(acc, rest)
	if len(partial) > 0 {
		var last [aes.BlockSize]byte
		last[copy(last[:], partial)] = 1
		acc, _ = s.hash.blocks(acc, last[:])
	}
	return acc
}

func load(b []byte) element {
	return element{binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])}
}

func (e element) store(b []byte) {
	binary.LittleEndian.PutUint64(b, e.lo)
	binary.LittleEndian.PutUint64(b[8:], e.hi)
}
