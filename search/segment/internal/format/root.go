package format

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"errors"

	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
)

// A Root is an index's node under one root key. Manifest and pending rows have a key each, with
// random nonces: NIST SP 800-38D allows 2^32 of them, which is that many written documents under
// one root key.
type Root struct {
	ID                uint32
	mac               *tree.MAC
	manifest, pending cipher.AEAD
}

// Roots are all roots of an index, the primary's first.
type Roots []*Root

// NewRoots makes an index's roots.
func NewRoots(set *tree.Set) Roots {
	var all Roots
	for _, n := range tree.Nodes(set) {
		mac := tree.NewMAC(n)
		all = append(all, &Root{n.ID, mac, newAEAD(mac.Sum(tree.PurposeManifest, nil)), newAEAD(mac.Sum(tree.PurposePending, nil))})
	}
	return all
}

// Find returns the root under the key id, or a *keys.UnknownKeyError.
func (all Roots) Find(id uint32) (*Root, error) {
	for _, r := range all {
		if r.ID == id {
			return r, nil
		}
	}
	return nil, &keys.UnknownKeyError{ID: id}
}

// Index is the number of the index at path in the tables.
func Index(path []string) int64 {
	h := sha256.New()
	h.Write([]byte("cellseal/v1/segments\x00"))
	for _, label := range path {
		h.Write(binary.AppendUvarint(nil, uint64(len(label))))
		h.Write([]byte(label))
	}
	return i63(h.Sum(nil))
}

// The first byte of the associated data of what is not a page.
const (
	kindPending  = 0x01
	kindManifest = 0x02
)

const (
	kidSize  = 4
	overhead = 12 + 16 // nonce and tag
)

var errOpen = errors.New("not authentic: it was changed, moved, or written under another key")

// seal returns kid || AEAD(plain), bound to kind, kid and the numbers.
func (r *Root) seal(aead cipher.AEAD, kind byte, plain []byte, numbers ...uint64) []byte {
	out := make([]byte, kidSize, kidSize+overhead+len(plain))
	binary.BigEndian.PutUint32(out, r.ID)
	return aead.Seal(out, nil, plain, bound(kind, r.ID, numbers))
}

// KeyID is the id of the root key that stored is under.
func KeyID(stored []byte) (uint32, error) {
	if len(stored) < kidSize+overhead {
		return 0, errOpen
	}
	return binary.BigEndian.Uint32(stored), nil
}

func (all Roots) open(stored []byte, kind byte, numbers ...uint64) ([]byte, error) {
	id, err := KeyID(stored)
	if err != nil {
		return nil, err
	}
	r, err := all.Find(id)
	if err != nil {
		return nil, err
	}
	aead := r.pending
	if kind == kindManifest {
		aead = r.manifest
	}
	plain, err := aead.Open(nil, nil, stored[kidSize:], bound(kind, id, numbers))
	if err != nil {
		return nil, errOpen
	}
	return plain, nil
}

func bound(kind byte, id uint32, numbers []uint64) []byte {
	ad := binary.BigEndian.AppendUint32([]byte{kind}, id)
	for _, n := range numbers {
		ad = binary.BigEndian.AppendUint64(ad, n)
	}
	return ad
}

func newAEAD(key [tree.Size]byte) cipher.AEAD {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic("cellseal/segment: AES: " + err.Error())
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic("cellseal/segment: GCM: " + err.Error())
	}
	return aead
}

// i63 is the first 8 bytes of sum as a number that a signed BIGINT holds.
func i63(sum []byte) int64 { return int64(binary.BigEndian.Uint64(sum) &^ (1 << 63)) }

// allZero reports whether there is nothing in padding.
func allZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}
