package upkeep

import (
	"context"
	"errors"
	"slices"

	"github.com/cellseal/cellseal/search/segment/internal/core"
	"github.com/cellseal/cellseal/search/segment/internal/format"
)

// deletePages is how many pages are deleted with one statement.
const deletePages = 2000

// Garbage deletes the segments of this index whose time is over: those that were replaced, and
// those that nobody finished.
//
// Between looking and deleting, a writer that was late may name such a segment after all. So a segment is condemned
// first: its until becomes 0, if it still is what was seen. A writer that commits sets until too; whichever of
// the two is second sees what the first did, and gives up.
func (m *Maintainer) Garbage(ctx context.Context) error {
	parts, err := core.Query(ctx, m.db, "ii", m.Store.Text.Garbage, m.Number)
	if err != nil || len(parts) == 0 {
		return err
	}
	now, err := m.ReadManifest(ctx, m.db)
	if err != nil {
		return err
	}
	for _, p := range parts {
		seg, until := p.N[0], p.N[1]
		if slices.ContainsFunc(now.Segments, func(g format.Segment) bool { return g.Seg == seg }) {
			if err := m.used(ctx, seg, until); err != nil {
				return err
			}
			continue
		}
		if until != 0 {
			n, err := m.db.Exec(ctx, m.Store.SQL("UPDATE {parts} SET until = 0 WHERE seg = ? AND until = ?"), seg, until)
			if err != nil {
				return err
			}
			if n == 0 {
				continue
			}
		}
		if err := m.erase(ctx, seg); err != nil {
			return err
		}
		m.Tell(m.Index, Event{Kind: Collected})
	}
	return nil
}

// used makes sure that a segment which was garbage, and is named by a manifest that was read later, was named in
// between, by a writer that was late: then its until has moved on.
func (m *Maintainer) used(ctx context.Context, seg, was int64) error {
	rows, err := core.Query(ctx, m.db, "i", m.Store.SQL("SELECT until FROM {parts} WHERE seg = ?"), seg)
	if err == nil && len(rows) > 0 && rows[0].N[0] == was {
		err = m.Corrupt("parts", errors.New("a segment in use is marked as garbage"))
	}
	return err
}

// erase deletes the pages of a condemned segment, some at a time, and then its row.
func (m *Maintainer) erase(ctx context.Context, seg int64) error {
	for {
		if err := m.renew(ctx); err != nil {
			return err
		}
		last, err := core.Query(ctx, m.db, "i", m.Store.SQL("SELECT label FROM {pages} WHERE seg = ? ORDER BY label LIMIT 1 OFFSET ?"), seg, int64(deletePages))
		if err != nil {
			return err
		}
		if len(last) == 0 {
			break
		}
		if _, err := m.db.Exec(ctx, m.Store.SQL("DELETE FROM {pages} WHERE seg = ? AND label < ?"), seg, last[0].N[0]); err != nil {
			return err
		}
	}
	if _, err := m.db.Exec(ctx, m.Store.SQL("DELETE FROM {pages} WHERE seg = ?"), seg); err != nil {
		return err
	}
	_, err := m.db.Exec(ctx, m.Store.SQL("DELETE FROM {parts} WHERE seg = ? AND until = 0"), seg)
	return err
}
