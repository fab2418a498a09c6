package core

import (
	"bytes"
	"sort"

	"github.com/cellseal/cellseal/search/segment/internal/format"
)

// A Segment is one that a manifest names, with what a client keeps of it: its fences and
// its voids.
type Segment struct {
	format.Segment
	shape  format.Shape
	pages  *format.Pages
	fences []byte // key || doc of the first entry of each page
	Voids  []byte // doc || version, sorted
}

func (g *Segment) count(list format.List) (pages uint32, last int) { return g.Count(g.shape, list) }

// Span returns the pages [first, end) that hold all entries e with from <= e <= to, compared
// by as many bytes as from and to have; nil is open.
func (g *Segment) Span(from, to []byte) (first, end uint32) {
	n, _ := g.count(format.Entries)
	size := g.shape.Item(format.Fences)
	fence := func(i int) []byte { return g.fences[i*size : (i+1)*size] }
	if from != nil { // the page before the first that begins at from or after it may end with it
		first = uint32(max(0, sort.Search(int(n), func(i int) bool { return compare(fence(i), from) >= 0 })-1))
	}
	end = n
	if to != nil {
		end = uint32(sort.Search(int(n), func(i int) bool { return compare(fence(i), to) > 0 }))
	}
	return first, max(first, end)
}

// compare compares item, or as much of it as limit is long, with limit.
func compare(item, limit []byte) int {
	return bytes.Compare(item[:min(len(item), len(limit))], limit)
}

// voidedAt returns the highest version of a void of doc; 0 if there is none.
func (g *Segment) voidedAt(doc []byte) uint64 {
	size := g.shape.Item(format.Voids)
	n := len(g.Voids) / size
	after := sort.Search(n, func(i int) bool { return bytes.Compare(g.Voids[i*size:i*size+len(doc)], doc) > 0 })
	if after == 0 {
		return 0
	}
	if item := g.Voids[(after-1)*size : after*size]; bytes.Equal(item[:len(doc)], doc) {
		return format.Version(item)
	}
	return 0
}

// Covered reports whether a void of segments, which are of one age after the other, covers an entry
// of the segment at. Older ones need not be asked: an entry is never older than its segment.
func Covered(segments []*Segment, at int, doc []byte, version uint64) bool {
	for _, g := range segments[at:] {
		if len(g.Voids) > 0 && g.Highest > version && g.voidedAt(doc) > version {
			return true
		}
	}
	return false
}

// Search returns the positions [first, end) of the items that begin with key.
func Search(items []byte, size int, key []byte) (first, end int) {
	n := len(items) / size
	first = sort.Search(n, func(i int) bool { return compare(items[i*size:(i+1)*size], key) >= 0 })
	for end = first; end < n && compare(items[end*size:(end+1)*size], key) == 0; end++ {
	}
	return first, end
}

// Fence returns the fence of the entries page number.
func (g *Segment) Fence(number uint32) []byte {
	size := g.shape.Item(format.Fences)
	return g.fences[int(number)*size : (int(number)+1)*size]
}
