package core

import (
	"bytes"
	"context"
	"slices"

	"github.com/cellseal/cellseal/search/segment/internal/format"
)

// A Walker gives the items of several segments in order, a few pages of each at a time.
type Walker struct {
	*Index
	c       Conn
	limits  Limits
	sources []*Source
}

// A Source is one segment, or the pending rows, on its way through the limits.
type Source struct {
	g     *Segment // nil: the pending rows
	At    int      // its place among the segments
	first uint32   // pages still to be read: first to end
	end   uint32
	batch uint32   // how many of them next
	Items [][]byte // within the limits, in the direction of the walk
}

// maxBatch is how many pages of a segment are read at once: a quarter of a megabyte.
const maxBatch = 128

// NewWalker begins a walk that is expected to end after n items, and doubles what it reads
// with each query if it does not. more, if not nil, walks with the segments.
func NewWalker(x *Index, c Conn, segments []*Segment, l Limits, n int, more *Source) *Walker {
	w := &Walker{Index: x, c: c, limits: l}
	from, to := l.ends()
	sure := uint64(1) // pages of items within the limits: of the first and the last of a segment half counts
	for at, g := range segments {
		first, end := g.Span(from, to)
		sure += uint64(max(end-first, 1) - 1)
		w.sources = append(w.sources, &Source{g: g, At: at, first: first, end: end})
	}
	wanted := min(uint64(n/x.Shape.PerPage(format.Entries)+1), sure)
	for _, s := range w.sources {
		s.batch = uint32(min(uint64(s.end-s.first)*wanted/sure+1, maxBatch))
	}
	if more != nil {
		w.sources = append(w.sources, more)
	}
	return w
}

// Next returns the next item and the place of its source; nil at the end.
func (w *Walker) Next(ctx context.Context) (item []byte, at int, err error) {
	if err := w.fill(ctx); err != nil {
		return nil, 0, err
	}
	var top *Source
	for _, s := range w.sources {
		if len(s.Items) > 0 && (top == nil || w.limits.Compare(s.Items[0], top.Items[0]) < 0) {
			top = s
		}
	}
	if top == nil {
		return nil, 0, nil
	}
	item, top.Items = top.Items[0], top.Items[1:]
	return item, top.At, nil
}

// fill reads the next pages of every source that has run out of items, and with the same query those of
// sources that are about to.
func (w *Walker) fill(ctx context.Context) error {
	for {
		if !slices.ContainsFunc(w.sources, func(s *Source) bool { return len(s.Items) == 0 && s.first < s.end }) {
			return nil
		}
		var refs []*Page
		for _, s := range w.sources {
			if len(s.Items) < w.Shape.PerPage(format.Entries)/2 && s.first < s.end {
				refs = append(refs, s.refs(w.limits.Descending)...)
			}
		}
		if err := w.Fetch(ctx, w.c, refs); err != nil {
			return err
		}
		for _, s := range w.sources {
			s.take(refs, w.limits)
		}
	}
}

// refs are the next pages, in the direction of the walk.
func (s *Source) refs(descending bool) []*Page {
	n := min(s.batch, s.end-s.first)
	if s.end-s.first == n+1 { // a last page is not worth a query of its own
		n++
	}
	s.batch = min(2*s.batch, maxBatch)
	var refs []*Page
	for range n {
		number := s.first
		if descending {
			s.end--
			number = s.end
		} else {
			s.first++
		}
		refs = append(refs, NewPage(s.g, format.Entries, number))
	}
	return refs
}

// take keeps what is within the limits of the pages that are of this source.
func (s *Source) take(refs []*Page, l Limits) {
	for _, r := range refs {
		if r.g != s.g {
			continue
		}
		from, size := len(s.Items), r.g.shape.Item(format.Entries)
		for at := 0; at < len(r.Items); at += size {
			if item := r.Items[at : at+size]; l.Within(item) {
				s.Items = append(s.Items, item)
			}
		}
		if l.Descending {
			slices.Reverse(s.Items[from:])
		}
	}
}

// Limits are what a walk is between: items e with from <= e < to, compared by as many bytes as
// each limit has, and behind after, which is key || doc, in the direction of the walk.
type Limits struct {
	From, To, After []byte
	Descending      bool
}

func (l Limits) Compare(a, b []byte) int {
	if l.Descending {
		a, b = b, a
	}
	return bytes.Compare(a, b)
}

func (l Limits) Within(item []byte) bool {
	if l.From != nil && compare(item, l.From) < 0 || l.To != nil && compare(item, l.To) >= 0 {
		return false
	}
	if l.After == nil {
		return true
	}
	behind := compare(item, l.After)
	return !l.Descending && behind > 0 || l.Descending && behind < 0
}

// ends are the least and the greatest that can be within, for the fences.
func (l Limits) ends() (from, to []byte) {
	from, to = l.From, l.To
	if l.After == nil {
		return from, to
	}
	if l.Descending && (to == nil || bytes.Compare(l.After, to) < 0) {
		to = l.After
	} else if !l.Descending && bytes.Compare(l.After, from) > 0 {
		from = l.After
	}
	return from, to
}
