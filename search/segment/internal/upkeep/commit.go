package upkeep

import (
	"context"
	"errors"
	"slices"

	"github.com/cellseal/cellseal/search/segment/internal/core"
	"github.com/cellseal/cellseal/search/segment/internal/format"
)

// A change is what one commit does, all of it or nothing.
type change struct {
	born    *format.Segment // comes in place of dead, or at the end if there are none; nil: nothing does
	dead    []format.Segment
	pending []int64 // rows that are in born
	alone   bool    // born has no voids because it is the oldest: nothing may stand before it

	filling *bool   // whether the index is still to be filled; nil: as it was
	aside   []int64 // rows that are set aside
}

// commit puts a change into the manifest. The manifest may have moved on since the change was
// prepared, as when a flush came in the middle of a long merge: only what is replaced must still be there.
func (m *Maintainer) commit(ctx context.Context, c change) error {
	for range swaps {
		now, err := m.ReadManifest(ctx, m.db)
		if err != nil {
			return err
		}
		next := format.Contents{Shape: m.Shape, Filling: now.Filling}
		if c.filling != nil {
			next.Filling = *c.filling
		}
		if next.Segments, err = c.apply(now.Segments); err != nil {
			return err
		}
		err = m.transact(ctx, func(tx core.Tx) error { return m.swap(ctx, tx, now.Ver, next, c) })
		if !errors.Is(err, errSwapped) {
			return err
		}
	}
	return errLost
}

// swaps is how often a commit is tried again on a manifest that moved.
const swaps = 5

// errSwapped says that the manifest has changed between reading and writing it.
var errSwapped = errors.New("cellseal/segment: manifest changed")

// apply returns the list of segments after the change.
func (c change) apply(segments []format.Segment) ([]format.Segment, error) {
	at, end := len(segments), len(segments)
	if len(c.dead) > 0 {
		at = slices.Index(segments, c.dead[0])
		end = at + len(c.dead)
		if at < 0 || end > len(segments) || !slices.Equal(segments[at:end], c.dead) {
			return nil, errLost
		}
	}
	if c.alone && at > 0 {
		return nil, errLost
	}
	out := slices.Clone(segments[:at])
	if c.born != nil {
		out = append(out, *c.born)
	}
	out = append(out, segments[end:]...)
	if len(out) > format.MaxSegments {
		return nil, errors.New("cellseal/segment: more segments than a manifest can name: run Merge")
	}
	return out, nil
}

func (m *Maintainer) swap(ctx context.Context, tx core.Tx, ver int64, next format.Contents, c change) error {
	sealed := m.Roots[0].SealManifest(m.Number, uint64(ver+1), next)
	n, err := tx.Exec(ctx, m.Store.SQL("UPDATE {segments} SET ver = ?, manifest = ? WHERE idx = ? AND ver = ?"), ver+1, sealed, m.Number, ver)
	if err != nil {
		return err
	}
	if n != 1 {
		return errSwapped
	}
	if c.born != nil {
		if err := m.extend(ctx, tx, c.born.Seg, true); err != nil {
			return err
		}
	}
	for _, dead := range c.dead {
		if _, err := tx.Exec(ctx, m.Store.SQL("UPDATE {parts} SET until = {now} + ? WHERE seg = ?"), m.Grace.Milliseconds(), dead.Seg); err != nil {
			return err
		}
	}
	// Rows by their ids, and never by a range: one in between may be committed this very moment.
	if err := m.each(ctx, tx, m.Store.Flushed, c.pending); err != nil {
		return err
	}
	return m.each(ctx, tx, func(ids []int64) (string, []any) {
		return m.Store.Among("UPDATE {pending} SET idx = -1 - idx WHERE", "id", ids)
	}, c.aside)
}

// each does something to pending rows, and gives up if one of them is gone.
func (m *Maintainer) each(ctx context.Context, tx core.Tx, what func(ids []int64) (string, []any), ids []int64) error {
	for part := range slices.Chunk(ids, core.Chunk) {
		text, args := what(part)
		n, err := tx.Exec(ctx, text, args...)
		if err != nil {
			return err
		}
		if n != int64(len(part)) {
			return errLost
		}
	}
	return nil
}
