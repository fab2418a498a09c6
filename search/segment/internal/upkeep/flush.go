package upkeep

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/cellseal/cellseal/search/segment/internal/core"
	"github.com/cellseal/cellseal/search/segment/internal/format"
)

// What one flush takes at most, so that its memory is bounded: rows in FlushRows, and bytes of bodies.
const (
	added      = 1 // an op of a pending row: there is nothing older to void
	flushRows  = 4
	flushBytes = 32 << 20
)

// FlushAll makes segments of all that is pending. It does not run after writers: what comes while it makes the
// last one is left.
func (m *Maintainer) FlushAll(ctx context.Context) error {
	for more := true; more; {
		var err error
		if more, err = m.flush(ctx); err != nil {
			return err
		}
	}
	return nil
}

// FlushDue flushes while a flush is due.
func (m *Maintainer) FlushDue(ctx context.Context) error {
	m.looked = time.Now()
	for {
		p, err := m.CountPending(ctx, m.db)
		if err != nil || !m.Due(p) {
			return err
		}
		if _, err := m.flush(ctx); err != nil {
			return err
		}
	}
}

// flush makes one segment of the oldest pending rows and reports whether there are more. It takes all rows that
// it sees below the last: of one document the older row is always among them, for it was
// committed before the newer one was written.
func (m *Maintainer) flush(ctx context.Context) (more bool, err error) {
	if err := m.renew(ctx); err != nil {
		return false, err
	}
	ids, more, err := nextRows(ctx, m.Index, m.db, m.FlushRows)
	if err != nil || len(ids) == 0 {
		return false, err
	}
	rows, err := m.ReadPending(ctx, m.db, ids)
	if errors.As(err, new(core.Missing)) {
		err = errLost
	}
	if err != nil {
		return false, err
	}
	now, err := m.ReadManifest(ctx, m.db)
	if err != nil {
		return false, err
	}
	c := change{pending: ids, alone: len(now.Segments) == 0}
	entries, voids := m.collect(rows)
	if c.alone {
		voids = nil
	}
	if len(entries)+len(voids) > 0 {
		if c.born, err = m.write(ctx, entries, voids); err != nil {
			return false, err
		}
	}
	if err := m.commit(ctx, c); err != nil {
		return false, err
	}
	m.Tell(m.Index, Event{Kind: Flushed, Rows: len(ids), Entries: uint64(len(entries))})
	return more, nil
}

// nextRows are the rows that the next flush takes.
func nextRows(ctx context.Context, x *core.Index, c core.Conn, flush int) (ids []int64, more bool, err error) {
	most := flushRows * flush
	rows, err := core.Query(ctx, c, "ii", x.Store.SQL("SELECT id, LENGTH(body) FROM {pending} WHERE idx = ? ORDER BY id LIMIT ?"), x.Number, int64(most))
	size := int64(0)
	for _, r := range rows {
		if size += r.N[1]; size > flushBytes && len(ids) > 0 {
			break
		}
		ids = append(ids, r.N[0])
	}
	return ids, len(ids) < len(rows) || len(rows) == most, err
}

// PoisonedRows returns the ids of the rows that the next flush takes, and that no writer wrote so.
func PoisonedRows(ctx context.Context, x *core.Index, c core.Conn, flush int) ([]int64, error) {
	ids, _, err := nextRows(ctx, x, c, flush)
	if err != nil {
		return nil, err
	}
	_, err = x.ReadPending(ctx, c, ids)
	if corrupt := new(core.CorruptError); errors.As(err, &corrupt) {
		return corrupt.Rows, nil
	}
	if errors.As(err, new(core.Missing)) { // flushed meanwhile
		err = nil
	}
	return nil, err
}

// collect returns what pending rows add up to, sorted.
func (m *Maintainer) collect(rows []*core.PendingRow) (entries, voids [][]byte) {
	newest := map[string]uint64{}
	for _, p := range rows {
		if p.Op != added {
			newest[string(p.Doc)] = max(newest[string(p.Doc)], uint64(p.ID))
		}
	}
	key := m.Shape.Key
	for _, p := range rows {
		version := uint64(p.ID)
		switch at := newest[string(p.Doc)]; {
		case version < at:
			continue
		case version == at:
			voids = append(voids, format.PutVersion(bytes.Clone(p.Doc), version))
		}
		size := m.Shape.Item(format.Entries)
		buf := make([]byte, 0, len(p.Keys)/key*size)
		for at := 0; at < len(p.Keys); at += key {
			buf = format.PutVersion(append(append(buf, p.Keys[at:at+key]...), p.Doc...), version)
			entries = append(entries, buf[len(buf)-size:])
		}
	}
	slices.SortFunc(entries, bytes.Compare)
	slices.SortFunc(voids, bytes.Compare)
	return entries, voids
}

func (m *Maintainer) write(ctx context.Context, entries, voids [][]byte) (*format.Segment, error) {
	w, err := m.newWriter(ctx, 0)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if err := w.entry(ctx, e); err != nil {
			return nil, err
		}
	}
	for _, v := range voids {
		if err := w.void(ctx, v); err != nil {
			return nil, err
		}
	}
	info, err := w.finish(ctx)
	return &info, err
}
