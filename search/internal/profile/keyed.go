package profile

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"

	"github.com/cellseal/cellseal/internal/tree"
)

// Key is an index's node under one root key, and the last label of the path to it.
type Key struct {
	ID    uint32
	MAC   *tree.MAC
	Label string
}

// Keyed is a layout under a key: what tokens are made with.
type Keyed struct {
	*Layout
	Key
	Type    uint8 // the column's declared one
	Version uint32
}

// TokenSize is the length of a token in bytes.
const TokenSize = 8

// Make is New under a key.
func Make(key Key, typ uint8, version uint32, rows uint64, counts map[string]uint64, uniform func() uint64) (*Keyed, error) {
	k := &Keyed{Key: key, Type: typ, Version: version}
	var err error
	k.Layout, err = New(rows, counts, func(v string) [32]byte { return k.place([]byte(v)) }, uniform)
	return k, err
}

// Open returns what Seal sealed under the same key, or ErrMalformed.
func Open(key Key, sealed []byte) (*Keyed, error) {
	if len(sealed) < 4 {
		return nil, ErrMalformed
	}
	plain, err := key.aead().Open(nil, nil, sealed[4:], key.bound())
	if err != nil {
		return nil, ErrMalformed
	}
	k := &Keyed{Key: key}
	k.Layout, k.Type, k.Version, err = Parse(plain)
	return k, err
}

// Seal returns kid || AEAD(plain).
func (k *Keyed) Seal() []byte { return k.SealPlain(k.Append(nil, k.Type, k.Version)) }

// SealPlain seals plain, which need be no layout.
func (k Key) SealPlain(plain []byte) []byte {
	return k.aead().Seal(binary.BigEndian.AppendUint32(nil, k.ID), nil, plain, k.bound())
}

func (k Key) aead() cipher.AEAD {
	secret := k.MAC.Sum(tree.PurposeProfile, nil)
	block, err := aes.NewCipher(secret[:])
	if err != nil {
		panic("cellseal/search: " + err.Error()) // 32 bytes are always an AES key
	}
	// Profiles are made by the dozen, far below the 2^32 random nonces of one key.
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic("cellseal/search: " + err.Error()) // block is the standard library's AES
	}
	return aead
}

// bound is what a sealed profile is bound to besides the index's own key.
func (k Key) bound() []byte {
	ad := binary.BigEndian.AppendUint32([]byte{0x03}, k.ID)
	return append(binary.AppendUvarint(ad, uint64(len(k.Label))), k.Label...)
}

// place says where a value stands: all of it orders head values, its first 8 bytes say
// where in the tail another begins.
func (k *Keyed) place(value []byte) [32]byte {
	return k.MAC.Sum(tree.PurposeHeadPlace, append(binary.BigEndian.AppendUint32(nil, k.Version), value...))
}

// PlaceOf returns the part of a value.
func (k *Keyed) PlaceOf(value []byte) Place {
	return k.Place(string(value), func(string) uint64 {
		sum := k.place(value)
		return binary.BigEndian.Uint64(sum[:])
	})
}

// Token returns the token of one row of a value.
func (k *Keyed) Token(row, value []byte) []byte {
	in := binary.BigEndian.AppendUint32(make([]byte, 0, 64), k.Version)
	in = append(binary.AppendUvarint(in, uint64(len(value))), value...)
	sum := k.MAC.Sum(tree.PurposeRowPlace, append(in, row...))
	return k.appendToken(nil, k.At(k.PlaceOf(value), binary.BigEndian.Uint64(sum[:])))
}

// AppendTokens appends the tokens of every bucket that touches a value's part.
func (k *Keyed) AppendTokens(tokens [][]byte, value []byte) [][]byte {
	first, last := k.Buckets(k.PlaceOf(value))
	all := make([]byte, 0, (last-first+1)*TokenSize)
	for t := first; t <= last; t++ {
		at := len(all)
		all = k.appendToken(all, t)
		tokens = append(tokens, all[at:len(all):len(all)])
	}
	return tokens
}

func (k *Keyed) appendToken(dst []byte, bucket uint32) []byte {
	var in [8]byte
	binary.BigEndian.PutUint32(in[:], k.Version)
	binary.BigEndian.PutUint32(in[4:], bucket)
	sum := k.MAC.Sum(tree.PurposeToken, in[:])
	return append(dst, sum[:TokenSize]...)
}
