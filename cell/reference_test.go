package cell

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/ff1"
	"github.com/cellseal/cellseal/internal/hctr2"
	"github.com/cellseal/cellseal/keys"
)

// FORMAT.md written down a second time. It shares no code with the package or
// with Tink (but HCTR2 and FF1 themselves, which have vectors of their own), and
// it can choose nonces and salts, which the package rightly cannot.

// refRoot is R_i of §1: HKDF with the root key, no salt, and the ring as info.
func refRoot(t testing.TB, k rootKey, ring string) []byte {
	root, err := hkdf.Key(sha256.New, []byte(k.secret), nil, "cellseal/v1/"+ring, 32)
	require.NoError(t, err)
	return root
}

func refHMAC(key []byte, purpose byte, data []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte{purpose})
	h.Write(data)
	return h.Sum(nil)
}

// refNode walks the cells ring of §2 from the root key down.
func refNode(t testing.TB, k rootKey, path ...keys.Label) []byte {
	node := refRoot(t, k, "cells")
	for _, label := range path {
		node = refHMAC(node, 0x00, []byte(label))
	}
	return node
}

// refLength is uvarint(len(s)) || s.
func refLength(s string) []byte {
	var b []byte
	n := len(s)
	for ; n >= 0x80; n >>= 7 {
		b = append(b, byte(n)|0x80)
	}
	return append(append(b, byte(n)), s...)
}

// refCell is a cell of §4 with everything that goes into it.
type refCell struct {
	node      []byte // of the compartment
	keyID     uint32
	row       []byte // empty: unbound
	column    string
	plaintext []byte
	bucket    int // 0: not padded
	nonce     []byte
	salt      []byte // of an unbound cell
}

func (c refCell) key() []byte {
	if len(c.row) == 0 {
		return refHMAC(c.node, 0x14, c.salt)
	}
	return refHMAC(c.node, 0x10, c.row)
}

// head is every byte before the commitment.
func (c refCell) head() []byte {
	format := map[[2]bool]byte{
		{true, false}: 0xC1, {false, false}: 0xC0, {true, true}: 0xF5, {false, true}: 0xF6,
	}[[2]bool{len(c.row) > 0, c.bucket > 0}]
	tag := sha256.Sum256([]byte(c.column))
	head := binary.BigEndian.AppendUint32([]byte{format}, c.keyID)
	head = append(head, tag[:4]...)
	if len(c.row) == 0 {
		head = append(head, c.salt...)
	}
	return head
}

func (c refCell) ad() []byte { return append(c.head(), refLength(c.column)...) }

func (c refCell) padded() []byte {
	p := slices.Clone(c.plaintext)
	if c.bucket > 0 {
		for p = append(p, 0x80); len(p)%c.bucket != 0; {
			p = append(p, 0)
		}
	}
	return p
}

func (c refCell) seal() []byte { return c.sealRaw(c.padded()) }

// sealRaw seals p as it is, whatever the format says of padding.
func (c refCell) sealRaw(p []byte) []byte {
	ciphertext, tag := refGCM(c.key(), c.nonce, p, c.ad())
	return slices.Concat(c.head(), refCommitment(c.key(), c.nonce), c.nonce, ciphertext, tag)
}

// cut is §5: the ciphertext proper, and everything else.
func (c refCell) cut() (ciphertext, token []byte) {
	sealed := c.seal()
	before := len(c.head()) + 32 + 12
	after := len(sealed) - 16
	return sealed[before:after], slices.Concat(sealed[:before], sealed[after:])
}

func refAES(key []byte, block ...[]byte) []byte {
	b, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	out := slices.Concat(block...)
	b.Encrypt(out, out)
	return out
}

func refCommitment(key, nonce []byte) []byte {
	return slices.Concat(
		refAES(key, nonce, []byte{0xFF, 0xFF, 0xFF, 0xFE}),
		refAES(key, nonce, []byte{0xFF, 0xFF, 0xFF, 0xFF}))
}

// refGCM is AES-256-GCM (SP 800-38D §7.1) under a nonce of the caller's, which
// the standard library refuses to do under GODEBUG=fips140=only.
func refGCM(key, nonce, plaintext, ad []byte) (ciphertext, tag []byte) {
	b, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	ciphertext = make([]byte, len(plaintext))
	cipher.NewCTR(b, slices.Concat(nonce, []byte{0, 0, 0, 2})).XORKeyStream(ciphertext, plaintext)
	hash := ghash(loadElement(refAES(key, make([]byte, 16))), ad, ciphertext)
	return ciphertext, hash.plus(loadElement(refAES(key, nonce, []byte{0, 0, 0, 1}))).bytes()
}

// refImprint is §6 without an alphabet.
type refImprint struct {
	node   []byte
	keyID  uint32
	row    []byte
	column string
}

func (i refImprint) tweak() []byte {
	return append(binary.BigEndian.AppendUint32(nil, i.keyID), i.column...)
}

func (i refImprint) bytes(t testing.TB, plaintext []byte) []byte {
	c, err := hctr2.New(refHMAC(i.node, 0x12, i.row))
	require.NoError(t, err)
	return c.Encrypt(nil, plaintext, i.tweak())
}

// text is §6 with the alphabet chars called name, others kept in place.
func (i refImprint) text(t testing.TB, name, chars, plaintext string) string {
	order, out := []rune(chars), []rune(plaintext)
	var numerals []uint16
	for _, c := range out {
		if at := slices.Index(order, c); at >= 0 {
			numerals = append(numerals, uint16(at))
		}
	}
	c, err := ff1.New(refHMAC(i.node, 0x13, i.row), len(order))
	require.NoError(t, err)
	numerals, err = c.Encrypt(append(append(i.tweak(), 0), name...), numerals)
	require.NoError(t, err)
	for at, c := range out {
		if strings.ContainsRune(chars, c) {
			out[at], numerals = order[numerals[0]], numerals[1:]
		}
	}
	return string(out)
}
