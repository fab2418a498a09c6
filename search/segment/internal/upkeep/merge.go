package upkeep

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/cellseal/cellseal/search/segment/internal/core"
	"github.com/cellseal/cellseal/search/segment/internal/format"
)

// MergeDue merges every level that has Fanout segments, from the lowest up, until none has.
func (m *Maintainer) MergeDue(ctx context.Context) error {
	for {
		now, err := m.ReadManifest(ctx, m.db)
		if err != nil {
			return err
		}
		at, end := m.crowded(now.Segments)
		if at == end {
			return nil
		}
		if err := m.merge(ctx, now.Segments, at, end, int(now.Segments[at].Level)+1); err != nil {
			return err
		}
	}
}

// crowded returns the oldest Fanout neighbours of the lowest level that has so many. Levels never rise
// from one segment to the next younger one: a flush adds level 0 at the end, and a merge takes the oldest of its level.
func (t *Tuning) crowded(segments []format.Segment) (at, end int) {
	for end := len(segments); end > 0; end = at {
		entries := uint64(0)
		for at = end; at > 0 && segments[at-1].Level == segments[end-1].Level; at-- {
		}
		for _, g := range segments[at:min(end, at+t.Fanout)] {
			entries += g.Entries + g.Voids
		}
		// 2^32 entries is what a segment can number; past that its level stays crowded
		if end-at >= t.Fanout && entries <= math.MaxUint32 && segments[at].Level < math.MaxUint16 {
			return at, at + t.Fanout
		}
	}
	return 0, 0
}

// Rekey flushes what is pending and writes every segment anew that is not under the primary key, each
// for itself.
func (m *Maintainer) Rekey(ctx context.Context) error {
	if err := m.FlushAll(ctx); err != nil {
		return err
	}
	for {
		now, err := m.ReadManifest(ctx, m.db)
		if err != nil {
			return err
		}
		at := 0
		for at < len(now.Segments) && now.Segments[at].KeyID == m.Roots[0].ID {
			at++
		}
		if at == len(now.Segments) {
			return m.reseal(ctx, now)
		}
		if err := m.merge(ctx, now.Segments, at, at+1, int(now.Segments[at].Level)); err != nil {
			return err
		}
	}
}

// reseal puts the manifest under the primary key too: one without segments has nothing to be merged.
func (m *Maintainer) reseal(ctx context.Context, now *core.Manifest) error {
	if id, err := format.KeyID(now.Stored); err != nil || id == m.Roots[0].ID {
		return err
	}
	return m.commit(ctx, change{})
}

// merge makes one segment of level of the neighbours segments[at:end], a few pages of each at a time.
func (m *Maintainer) merge(ctx context.Context, segments []format.Segment, at, end, level int) error {
	run, err := m.Segments(ctx, m.db, segments[at:end])
	if err == nil {
		c := change{dead: segments[at:end], alone: at == 0}
		if c.born, err = m.rewrite(ctx, run, c.alone, level); err == nil {
			err = m.commit(ctx, c)
		}
		if err == nil {
			e := Event{Kind: Merged, Segments: end - at, Level: level}
			if c.born != nil {
				e.Entries = c.born.Entries
			}
			if end-at == 1 {
				e.Kind = Rekeyed
			}
			m.Tell(m.Index, e)
		}
	}
	if errors.As(err, new(core.Missing)) {
		return m.whyMissing(ctx, segments[at:end])
	}
	return err
}

// whyMissing tells a page that somebody deleted from a merge that another maintainer did first.
func (m *Maintainer) whyMissing(ctx context.Context, dead []format.Segment) error {
	now, err := m.ReadManifest(ctx, m.db)
	if err != nil {
		return err
	}
	if _, err := (change{dead: dead}).apply(now.Segments); err != nil {
		return errLost
	}
	return m.Corrupt("pages", core.Missing("pages"))
}

// rewrite writes the live entries of run, and its voids unless it is the oldest, as one segment. It
// returns nil if nothing is left.
func (m *Maintainer) rewrite(ctx context.Context, run []*core.Segment, oldest bool, level int) (*format.Segment, error) {
	w, err := m.newWriter(ctx, level)
	if err != nil {
		return nil, err
	}
	walk := core.NewWalker(m.Index, m.db, run, core.Limits{}, math.MaxInt32, nil)
	key, doc := m.Shape.Key, m.Shape.Doc
	for n := 0; ; n++ {
		if n%mergeStep == 0 {
			if err := m.between(ctx); err != nil {
				return nil, err
			}
		}
		item, at, err := walk.Next(ctx)
		if err != nil {
			return nil, err
		}
		if item == nil {
			break
		}
		if core.Covered(run, at, item[key:key+doc], format.Version(item)) {
			continue
		}
		if err := w.entry(ctx, item); err != nil {
			return nil, err
		}
	}
	if !oldest {
		var voids [][]byte
		size := m.Shape.Item(format.Voids)
		for _, g := range run {
			for at := 0; at < len(g.Voids); at += size {
				voids = append(voids, g.Voids[at:at+size])
			}
		}
		for _, v := range byDoc(voids, m.Shape.Doc) {
			if err := w.void(ctx, v); err != nil {
				return nil, err
			}
		}
	}
	info, err := w.finish(ctx)
	if err != nil || info.Entries+info.Voids == 0 {
		return nil, err
	}
	return &info, nil
}

// mergeStep is after how many entries a merge looks whether a flush is due.
const mergeStep = 4096

// between is called in the middle of a long merge: what is pending must not wait for its end.
func (m *Maintainer) between(ctx context.Context) error {
	if time.Since(m.looked) < time.Second {
		return m.renew(ctx)
	}
	return m.FlushDue(ctx)
}
