package segment

import (
	"context"
	"slices"
	"time"

	"github.com/cellseal/cellseal/search/segment/internal/core"
	"github.com/cellseal/cellseal/search/segment/internal/format"
	"github.com/cellseal/cellseal/search/segment/internal/upkeep"
)

// Stats are an index's figures.
type Stats struct {
	Pending  int           // rows
	Oldest   time.Duration // how long ago, by the database's clock, the oldest of them was written
	Overdue  bool          // more is pending, or for longer, than Options allow: nobody maintains the index, or not fast enough
	Poisoned []int64       // ids of pending rows that no writer wrote so, of those that the next flush takes: for Quarantine
	Filling  bool          // documents are missing: see Complete
	Version  int64         // of the manifest; 0: nobody has written to the index yet
	Segments []int         // of each level
	Entries  uint64        // of all segments, with those that a void covers
	Voids    uint64
	Pages    uint64
	Bytes    uint64   // of pages, without what the database adds
	Keys     []uint32 // ids of the root keys that segments and manifest are under, ascending; of pending rows Rekey knows
}

// Stats reads an index's figures.
func (x *Index) Stats(ctx context.Context, c Conn) (*Stats, error) {
	s := x.state()
	p, err := s.CountPending(ctx, c)
	if err != nil {
		return nil, err
	}
	m, err := s.ReadManifest(ctx, c)
	if err != nil {
		return nil, err
	}
	st := &Stats{Pending: p.Rows, Oldest: p.Age, Overdue: s.store.overdue(p), Filling: m.Filling, Version: m.Ver}
	if st.Poisoned, err = upkeep.PoisonedRows(ctx, s.Index, c, s.store.FlushRows); err != nil {
		return nil, err
	}
	if id, err := format.KeyID(m.Stored); err == nil {
		st.Keys = append(st.Keys, id)
	}
	for _, g := range m.Segments {
		for int(g.Level) >= len(st.Segments) {
			st.Segments = append(st.Segments, 0)
		}
		st.Segments[g.Level]++
		st.Entries += g.Entries
		st.Voids += g.Voids
		st.Pages += s.pagesIn(g)
		st.Keys = append(st.Keys, g.KeyID)
	}
	slices.Sort(st.Keys)
	st.Keys = slices.Compact(st.Keys)
	st.Bytes = st.Pages * format.PageSize
	return st, nil
}

// overdue reports whether more is pending than Options allow.
func (s *storeState) overdue(p core.Waiting) bool {
	return p.Rows > s.waiting.Rows || p.Rows > 0 && p.Age > s.waiting.Age
}

// pagesIn is how many pages a segment has.
func (s *indexState) pagesIn(g format.Segment) (n uint64) {
	for _, list := range []format.List{format.Entries, format.Fences, format.Voids} {
		pages, _ := g.Count(s.Shape, list)
		n += uint64(pages)
	}
	return n
}
