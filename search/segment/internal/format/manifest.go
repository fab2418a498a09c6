package format

import (
	"encoding/binary"
	"math"
)

// A Segment is what the manifest says of one.
type Segment struct {
	Seg             int64 // random, 1 to 2^63 − 1
	KeyID           uint32
	Level           uint16
	Entries, Voids  uint64
	Lowest, Highest uint64 // versions, of entries and voids
}

// Contents are what a manifest says.
type Contents struct {
	Shape    Shape
	Filling  bool      // not every document is in the index yet: nothing is to be looked for
	Segments []Segment // oldest first
}

// The first byte: the format's version, and a bit while the index is filled.
const (
	manifestWhole   = 0x01
	manifestFilling = 0x81
)

const (
	manifestHead = 1 + 2 + 2 + 2
	segmentSize  = 8 + 4 + 2 + 8 + 8 + 6 + 6
)

// MaxSegments is how many a manifest can name.
const MaxSegments = math.MaxUint16

// Count is how many pages list has, and how many items the last of them.
func (g Segment) Count(s Shape, list List) (pages uint32, last int) {
	n := g.Entries
	switch list {
	case Voids:
		n = g.Voids
	case Fences:
		entries, _ := g.Count(s, Entries)
		n = uint64(entries)
	}
	if n == 0 {
		return 0, 0
	}
	per := uint64(s.PerPage(list))
	return uint32((n + per - 1) / per), int((n-1)%per + 1)
}

// SealManifest returns the manifest of version ver of the index idx.
func (r *Root) SealManifest(idx int64, ver uint64, c Contents) []byte {
	if len(c.Segments) > MaxSegments {
		panic("cellseal/segment: more segments than a manifest can name")
	}
	b := binary.BigEndian
	plain := []byte{manifestWhole}
	if c.Filling {
		plain[0] = manifestFilling
	}
	for _, n := range []int{c.Shape.Key, c.Shape.Doc, len(c.Segments)} {
		plain = b.AppendUint16(plain, uint16(n))
	}
	for _, g := range c.Segments {
		plain = b.AppendUint64(plain, uint64(g.Seg))
		plain = b.AppendUint32(plain, g.KeyID)
		plain = b.AppendUint16(plain, g.Level)
		plain = b.AppendUint64(plain, g.Entries)
		plain = b.AppendUint64(plain, g.Voids)
		plain = PutVersion(PutVersion(plain, g.Lowest), g.Highest)
	}
	return r.seal(r.manifest, kindManifest, plain, uint64(idx), ver)
}

// OpenManifest returns what a manifest says.
func (all Roots) OpenManifest(idx int64, ver uint64, stored []byte) (Contents, error) {
	plain, err := all.open(stored, kindManifest, uint64(idx), ver)
	if err != nil {
		return Contents{}, err
	}
	b := binary.BigEndian
	if len(plain) < manifestHead || plain[0] != manifestWhole && plain[0] != manifestFilling {
		return Contents{}, errShape
	}
	s := Shape{int(b.Uint16(plain[1:])), int(b.Uint16(plain[3:]))}
	rest := plain[manifestHead:]
	if s.Key < 1 || s.Key > 255 || s.Doc < 1 || s.Doc > 255 || len(rest) != int(b.Uint16(plain[5:]))*segmentSize {
		return Contents{}, errShape
	}
	c := Contents{Shape: s, Filling: plain[0] == manifestFilling}
	seen := map[int64]bool{}
	for ; len(rest) > 0; rest = rest[segmentSize:] {
		g := Segment{int64(b.Uint64(rest)), b.Uint32(rest[8:]), b.Uint16(rest[12:]), b.Uint64(rest[14:]), b.Uint64(rest[22:]), Version(rest[30:36]), Version(rest[36:42])}
		const most = math.MaxUint32 // pages are numbered by a u32, and the least item has two bytes
		if g.Seg <= 0 || seen[g.Seg] || g.Entries > most || g.Voids > most || g.Entries+g.Voids == 0 || g.Lowest > g.Highest {
			return Contents{}, errShape
		}
		seen[g.Seg] = true
		c.Segments = append(c.Segments, g)
	}
	return c, nil
}
