package core

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sort"

	"github.com/cellseal/cellseal/search/segment/internal/format"
)

// Chunk is how many labels or ids one statement names: past some thousands MySQL reads the
// whole table without a word.
const Chunk = 500

// A Missing error says that a page or a pending row was not there, and of which table. A reader begins
// anew: only where the manifest is still the same then has somebody else deleted it.
type Missing string

func (Missing) Error() string { return "what the manifest names is missing" }

// A Page is a page to read, and then its items.
type Page struct {
	g      *Segment
	list   format.List
	number uint32
	label  int64
	Items  []byte
}

// NewPage returns page number of list, to be fetched.
func NewPage(g *Segment, list format.List, number uint32) *Page {
	return &Page{g: g, list: list, number: number, label: g.pages.Label(list, number)}
}

// Fetch reads and opens pages. Labels are sent in their own order, which is random: it tells
// nothing of where in the list they stand.
func (x *Index) Fetch(ctx context.Context, c Conn, refs []*Page) error {
	place := func(a, b *Page) int {
		return cmp.Or(cmp.Compare(a.g.Seg, b.g.Seg), cmp.Compare(a.label, b.label))
	}
	refs = slices.SortedFunc(slices.Values(refs), place)
	for part := range slices.Chunk(refs, Chunk) {
		segs, labels := make([]int64, len(part)), make([]int64, len(part))
		for i, r := range part {
			segs[i], labels[i] = r.g.Seg, r.label
		}
		text, args := x.Store.pagesOf(segs, labels)
		rows, err := Query(ctx, c, "iib", text, args...)
		if err != nil {
			return err
		}
		for _, row := range rows {
			i := sort.Search(len(part), func(i int) bool {
				return cmp.Or(cmp.Compare(segs[i], row.N[0]), cmp.Compare(labels[i], row.N[1])) >= 0
			})
			if i == len(part) || segs[i] != row.N[0] || labels[i] != row.N[1] {
				return x.Corrupt("pages", errors.New("a page came that was not asked for"))
			}
			if part[i].Items, err = part[i].open(row.B); err != nil {
				return x.Corrupt("pages", err)
			}
		}
	}
	for _, r := range refs {
		if r.Items == nil {
			return Missing("pages")
		}
	}
	return nil
}

func (r *Page) open(page []byte) ([]byte, error) {
	pages, count := r.g.count(r.list)
	if r.number+1 < pages {
		count = r.g.shape.PerPage(r.list)
	}
	return r.g.pages.Open(r.label, page, r.g.shape.Item(r.list), count)
}

// Segments returns what the manifest names, with fences and voids, oldest first.
func (x *Index) Segments(ctx context.Context, c Conn, named []format.Segment) ([]*Segment, error) {
	all := make([]*Segment, len(named))
	var refs []*Page
	var fresh []*Segment
	for i, info := range named {
		root, err := x.Roots.Find(info.KeyID)
		if err != nil {
			return nil, err
		}
		if v, ok := x.Store.cache.get(cacheKey{index: x.Number, id: info.Seg}); ok && v.(*Segment).Segment == info {
			all[i] = v.(*Segment)
			continue
		}
		g := &Segment{Segment: info, shape: x.Shape, pages: root.Pages(info.Seg)}
		all[i], fresh = g, append(fresh, g)
		for _, list := range []format.List{format.Fences, format.Voids} {
			n, _ := g.count(list)
			for number := range n {
				refs = append(refs, NewPage(g, list, number))
			}
		}
	}
	if err := x.Fetch(ctx, c, refs); err != nil {
		return nil, err
	}
	for _, r := range refs {
		if r.list == format.Fences {
			r.g.fences = append(r.g.fences, r.Items...)
		} else {
			r.g.Voids = append(r.g.Voids, r.Items...)
		}
	}
	for _, g := range fresh {
		x.Store.cache.put(cacheKey{index: x.Number, id: g.Seg}, g, len(g.fences)+len(g.Voids)+1024)
	}
	return all, nil
}
