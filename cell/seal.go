package cell

import (
	"slices"

	"github.com/cellseal/cellseal/internal/tree"
)

// Seal returns plaintext as a cell of this row and column, [Overhead] bytes longer
// ([OverheadUnbound] for an unbound row). column is the column's logical name;
// package ormhooks uses "table.column". Seal panics above [MaxPlaintext]. An empty
// plaintext is a value like any other.
func (r *Row) Seal(column string, plaintext []byte) []byte {
	return r.seal(nil, column, plaintext, false)
}

// AppendSeal is [Row.Seal] that appends to dst, as crypto/cipher's AEAD does.
// plaintext must not overlap dst's spare capacity.
func (r *Row) AppendSeal(dst []byte, column string, plaintext []byte) []byte {
	return r.seal(dst, column, plaintext, false)
}

// Open returns the plaintext of a cell of this row and column. Nothing is
// returned beside an error.
func (r *Row) Open(column string, sealed []byte) ([]byte, error) {
	out, err := r.open(nil, column, sealed)
	if err == nil && out == nil {
		out = []byte{} // empty is not NULL
	}
	return out, err
}

// AppendOpen is [Row.Open] that appends to dst. dst's spare capacity must not
// overlap sealed.
func (r *Row) AppendOpen(dst []byte, column string, sealed []byte) ([]byte, error) {
	return r.open(dst, column, sealed)
}

func (r *Row) seal(dst []byte, name string, plaintext []byte, padded bool) []byte {
	if len(plaintext) > MaxPlaintext {
		panic("cellseal/cell: plaintext longer than 1 GiB")
	}
	s := r.state()
	bound, col := s.bound(), s.comp.column(name)
	dst = slices.Grow(dst, OverheadUnbound+len(plaintext))
	if bound {
		ad := col.bound[0].of(padded)
		dst = append(dst, ad[:headerSize]...)
		return s.key(0).seal(dst, plaintext, ad)
	}
	at := len(dst)
	dst = appendHeader(dst, header{format: formatOf(bound, padded), keyID: s.comp.keys[0].id, tag: col.tag})
	dst = append(dst, make([]byte, saltSize)...)
	newSalt(dst[at+headerSize:])
	key := s.comp.saltedKey(0, dst[at+headerSize:])
	return key.seal(dst, plaintext, col.unboundAD(dst[at:]))
}

// open follows the order of FORMAT.md §9: length and format, column tag, key id,
// commitment, GCM.
func (r *Row) open(dst []byte, name string, sealed []byte) ([]byte, error) {
	s := r.state()
	bound, col := s.bound(), s.comp.column(name)
	h, err := parseHeader(sealed)
	if err != nil || h.bound() != bound || h.tag != col.tag {
		return nil, ErrDecrypt
	}
	i, err := s.comp.find(h.keyID)
	if err != nil {
		return nil, err
	}
	var key cellKey
	var ad []byte
	if bound {
		key, ad = s.key(i), col.bound[i].of(h.padded())
	} else {
		key, ad = s.comp.saltedKey(i, sealed[headerSize:h.size]), col.unboundAD(sealed[:h.size])
	}
	at := len(dst)
	dst, err = key.open(dst, sealed[h.size:], ad)
	if err == nil && h.padded() {
		return unpad(dst, at)
	}
	return dst, err
}

func (a boundAD) of(padded bool) []byte {
	if padded {
		return a.padded
	}
	return a.plain
}

// unboundAD is the associated data of a cell that begins with head, its header
// and salt. It cannot be kept, as a bound cell's can: the salt is part of it.
func (c *column) unboundAD(head []byte) []byte {
	return slices.Concat(head, c.label)
}

// saltedKey is an unbound cell's own key.
func (c *compartment) saltedKey(i int, salt []byte) cellKey {
	return newCellKey(c.keys[i].mac.Sum(tree.PurposeSalt, salt))
}
