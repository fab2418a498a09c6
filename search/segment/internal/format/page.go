package format

import (
	"bytes"
	"crypto/cipher"
	"encoding/binary"
	"errors"

	"github.com/cellseal/cellseal/internal/tree"
)

// PageSize is the length of every page, in bytes: two of them and their headers fit a page of 4 096
// bytes, four of them one of 8 192, so that no database moves them elsewhere.
const PageSize = 1984

const (
	plainSize = PageSize - overhead
	pageRoom  = plainSize - 2
	version   = 6 // bytes of a version
)

// MaxVersion is the highest version that an entry holds.
const MaxVersion = 1<<48 - 1

// A List is one of the three lists of a segment.
type List byte

// The lists.
const (
	Entries List = iota // key || doc || version
	Fences              // key || doc of the first entry of each page of entries
	Voids               // doc || version
)

// A Shape is how long keys and docs of an index are, in bytes.
type Shape struct{ Key, Doc int }

// Item is the length of an item of list.
func (s Shape) Item(list List) int {
	switch list {
	case Entries:
		return s.Key + s.Doc + version
	case Fences:
		return s.Key + s.Doc
	}
	return s.Doc + version
}

// PerPage is how many items of list a page holds.
func (s Shape) PerPage(list List) int { return pageRoom / s.Item(list) }

// PutVersion appends a version.
func PutVersion(dst []byte, v uint64) []byte {
	return append(dst, byte(v>>40), byte(v>>32), byte(v>>24), byte(v>>16), byte(v>>8), byte(v))
}

// Version is the version at the end of an item.
func Version(item []byte) uint64 {
	b := item[len(item)-version:]
	return uint64(b[0])<<40 | uint64(b[1])<<32 | uint64(b[2])<<24 | uint64(b[3])<<16 | uint64(b[4])<<8 | uint64(b[5])
}

// Pages seals and opens the pages of one segment, under a key that no other segment has.
type Pages struct {
	Seg    int64
	labels *tree.MAC
	aead   cipher.AEAD
}

// Pages returns the pages of the segment seg under this root.
func (r *Root) Pages(seg int64) *Pages {
	key := r.mac.Sum(tree.PurposeSegment, binary.BigEndian.AppendUint64(nil, uint64(seg)))
	mac := tree.NewMAC(tree.NewNode(r.ID, &key))
	return &Pages{seg, mac, newAEAD(mac.Sum(0x01, nil))}
}

// Label is what page number of list is found under.
func (p *Pages) Label(list List, number uint32) int64 {
	sum := p.labels.Sum(0x00, binary.BigEndian.AppendUint32([]byte{byte(list)}, number))
	return i63(sum[:])
}

func (p *Pages) bound(label int64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, uint64(p.Seg)), uint64(label))
}

// Seal returns a page of the items, each size bytes, which stand in items one after the other.
func (p *Pages) Seal(label int64, items []byte, size int) []byte {
	if len(items) > pageRoom || len(items)%size != 0 {
		panic("cellseal/segment: items do not fit a page")
	}
	plain := make([]byte, plainSize)
	binary.BigEndian.PutUint16(plain, uint16(len(items)/size))
	copy(plain[2:], items)
	return p.aead.Seal(make([]byte, 0, PageSize), nil, plain, p.bound(label))
}

var errShape = errors.New("authentic, but not of the shape it should have")

// Open returns the items of a page, count of them, sorted.
func (p *Pages) Open(label int64, page []byte, size, count int) ([]byte, error) {
	if len(page) != PageSize {
		return nil, errOpen
	}
	plain, err := p.aead.Open(nil, nil, page, p.bound(label))
	if err != nil {
		return nil, errOpen
	}
	if int(binary.BigEndian.Uint16(plain)) != count || count*size > pageRoom || !allZero(plain[2+count*size:]) {
		return nil, errShape
	}
	items := plain[2 : 2+count*size]
	for at := size; at < len(items); at += size {
		if bytes.Compare(items[at-size:at], items[at:at+size]) > 0 {
			return nil, errShape
		}
	}
	return items, nil
}
