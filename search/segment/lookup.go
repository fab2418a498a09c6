package segment

import (
	"bytes"
	"context"
	"slices"

	"github.com/cellseal/cellseal/search/segment/internal/core"
	"github.com/cellseal/cellseal/search/segment/internal/format"
)

// Lookup returns for each key the documents that are under it, ascending, each once. All pages are
// read with one query of up to 500 labels; a longer list takes more. A [LengthError] says that
// a key has not the index's length.
func (v *View) Lookup(ctx context.Context, keys ...[]byte) ([][][]byte, error) {
	s := v.state()
	for _, k := range keys {
		if err := s.Fits("key", k, s.Shape.Key); err != nil {
			return nil, err
		}
	}
	var found [][][]byte
	err := s.retry(ctx, func() (err error) {
		found, err = s.lookup(ctx, keys)
		return err
	})
	return found, err
}

func (v *viewState) lookup(ctx context.Context, keys [][]byte) ([][][]byte, error) {
	type place struct {
		at     int
		number uint32
	}
	pages := map[place]*core.Page{}
	var refs []*core.Page
	for at, g := range v.segments {
		for _, k := range keys {
			first, end := g.Span(k, k)
			for number := first; number < end; number++ {
				if pages[place{at, number}] == nil {
					ref := core.NewPage(g, format.Entries, number)
					pages[place{at, number}], refs = ref, append(refs, ref)
				}
			}
		}
	}
	if err := v.Fetch(ctx, v.c, refs); err != nil {
		return nil, err
	}
	size := v.Shape.Item(format.Entries)
	found := make([][][]byte, len(keys))
	for i, k := range keys {
		for at, g := range v.segments {
			first, end := g.Span(k, k)
			for number := first; number < end; number++ {
				items := pages[place{at, number}].Items
				for a, b := core.Search(items, size, k); a < b; a++ {
					item := items[a*size : (a+1)*size]
					if doc := item[len(k) : len(k)+v.Shape.Doc]; v.live(at, doc, format.Version(item)) {
						found[i] = append(found[i], doc)
					}
				}
			}
		}
		for _, p := range v.pending {
			if a, b := core.Search(p.Keys, len(k), k); a < b && v.live(len(v.segments), p.Doc, uint64(p.ID)) {
				found[i] = append(found[i], p.Doc)
			}
		}
		slices.SortFunc(found[i], bytes.Compare)
		found[i] = slices.CompactFunc(found[i], bytes.Equal)
		for j, doc := range found[i] { // what is given away must not hold on to pages
			found[i][j] = bytes.Clone(doc)
		}
	}
	return found, nil
}
