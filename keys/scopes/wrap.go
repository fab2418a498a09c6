package scopes

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"slices"

	"github.com/cellseal/cellseal/internal/gcmkek"
	"github.com/cellseal/cellseal/internal/tree"
)

// The bytes of keys/FORMAT.md, "Secrets of scopes".
const (
	format     = 0xFA
	headerSize = 6
	commitSize = 32
	nonceSize  = 12
	entrySize  = headerSize + commitSize + nonceSize + tree.Size + 16

	maxEntries = 256 // more root keys than any ring has: 25 KB
)

// A slot is what a secret belongs to: a root key of one ring.
type slot struct {
	ring byte
	id   uint32
}

// The rings, as an entry names them. Beside them stands retired for a secret that was destroyed by itself.
const (
	ringCells = 0x01
	ringIndex = 0x02
	retired   = 0x80
)

func ringOf(name string) byte {
	if name == tree.Cells {
		return ringCells
	}
	return ringIndex
}

// An entry is one wrapped secret, or what is left of one that was retired.
type entry struct {
	slot
	retired bool
	bytes   []byte // all entrySize of them
}

// ErrDamaged says that the stored secrets of a scope are not what this ring wrapped for it.
var ErrDamaged = errors.New("cellseal/keys/scopes: the stored secrets of this scope do not open: its row was changed or moved, or is of another ring")

// parse takes what a row stores apart: entries in ascending order, no two of one slot.
func parse(stored []byte) (all []entry, err error) {
	if len(stored) == 0 || len(stored)%entrySize != 0 || len(stored) > maxEntries*entrySize {
		return nil, ErrDamaged
	}
	for b := range slices.Chunk(stored, entrySize) {
		e := entry{slot: slot{b[5] &^ retired, binary.BigEndian.Uint32(b[1:])}, retired: b[5]&retired != 0, bytes: b}
		known := b[0] == format && (e.ring == ringCells || e.ring == ringIndex) && e.id != 0
		if !known || len(all) > 0 && compare(all[len(all)-1], e) >= 0 || e.retired && !zero(b[headerSize:]) {
			return nil, ErrDamaged
		}
		all = append(all, e)
	}
	return all, nil
}

func compare(a, b entry) int {
	if a.ring != b.ring {
		return int(a.ring) - int(b.ring)
	}
	switch {
	case a.id < b.id:
		return -1
	case a.id > b.id:
		return 1
	}
	return 0
}

func zero(b []byte) bool { return !slices.ContainsFunc(b, func(c byte) bool { return c != 0 }) }

// store is the inverse of parse.
func store(all []entry) []byte {
	all = slices.Clone(all)
	slices.SortFunc(all, compare)
	stored := make([]byte, 0, len(all)*entrySize)
	for _, e := range all {
		stored = append(stored, e.bytes...)
	}
	return stored
}

func header(s slot, flag byte) []byte {
	b := binary.BigEndian.AppendUint32(append(make([]byte, 0, entrySize), format), s.id)
	return append(b, s.ring|flag)
}

// newEntry draws a secret, and wraps it under a root key.
func newEntry(ring byte, n tree.Node, label string) (entry, error) {
	var secret [tree.Size]byte
	defer clear(secret[:])
	rand.Read(secret[:]) // never fails: crypto/rand
	return wrap(ring, n, label, &secret)
}

// wrap wraps a secret. Its key belongs to one scope under one root key, which in all its life wraps as many
// secrets there as were created there at the same time, and loses all but one of them: random nonces do not run out.
func wrap(ring byte, n tree.Node, label string, secret *[tree.Size]byte) (entry, error) {
	e := entry{slot: slot{ring, n.ID}}
	head := header(e.slot, 0)
	mac := tree.NewMAC(n)
	kek, err := wrapping(mac, label)
	if err != nil {
		return e, err
	}
	sealed, err := kek.EncryptWithContext(context.Background(), secret[:], append(slices.Clone(head), label...))
	if err != nil {
		return e, err
	}
	e.bytes = append(append(head, commitment(mac, sealed, label)...), sealed...)
	return e, nil
}

// unwrap opens an entry.
func unwrap(e entry, n tree.Node, label string) ([]byte, error) {
	sealed := e.bytes[headerSize+commitSize:]
	mac := tree.NewMAC(n)
	if subtle.ConstantTimeCompare(commitment(mac, sealed, label), e.bytes[headerSize:headerSize+commitSize]) == 0 {
		return nil, ErrDamaged
	}
	kek, err := wrapping(mac, label)
	if err != nil {
		return nil, err
	}
	secret, err := kek.DecryptWithContext(context.Background(), sealed, append(slices.Clone(e.bytes[:headerSize]), label...))
	if err != nil || len(secret) != tree.Size {
		return nil, ErrDamaged
	}
	return secret, nil
}

func wrapping(mac *tree.MAC, label string) (gcmkek.KEK, error) {
	key := mac.Sum(tree.PurposeWrap, []byte(label))
	defer clear(key[:])
	return gcmkek.New(key[:])
}

// commitment ties an entry to one root key: AES-GCM alone lets one ciphertext open under two.
func commitment(mac *tree.MAC, sealed []byte, label string) []byte {
	c := mac.Sum(tree.PurposeCommit, append(slices.Clone(sealed[:nonceSize]), label...))
	return c[:]
}

// retire is what is left of an entry whose secret is destroyed: it keeps another from taking its place.
func retire(s slot) entry {
	return entry{slot: s, retired: true, bytes: append(header(s, retired), make([]byte, entrySize-headerSize)...)}
}
