package upkeep

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/binary"
	"math"
	"slices"
	"strings"

	"github.com/cellseal/cellseal/search/segment/internal/core"
	"github.com/cellseal/cellseal/search/segment/internal/format"
)

// A writer writes the pages of a new segment as its items come, sorted.
//
// A run of pages goes out in the order of its labels, which is random, and not in that of the list. Of
// a segment of more than one run a database that keeps rows as they come, as PostgreSQL does, still
// shows which run a page came in. A database that keeps them in the order of their labels, as MySQL does, fills its
// own pages with a run, and splits them with the next: half of them would stay empty with runs of some hundred.
type writer struct {
	m     *Maintainer
	pages *format.Pages
	info  format.Segment
	lists [3]struct {
		items  []byte
		number uint32
	}
	run []sealed
}

type sealed struct {
	label int64
	page  []byte
}

const (
	runPages   = 8192 // pages that are sorted and sent together, and held in memory until then: 16 MB
	batchPages = 512  // pages in one transaction: 1 MB
	insertRows = 64   // and in one INSERT, or half of that, and so on
)

// newWriter names a new segment in cellseal_parts, where it is garbage after Options.Grace unless
// a batch moves that on, or a manifest names it.
func (m *Maintainer) newWriter(ctx context.Context, level int) (*writer, error) {
	var b [8]byte
	rand.Read(b[:])
	seg := int64(binary.BigEndian.Uint64(b[:])>>1 | 1)
	root := m.Roots[0]
	_, err := m.db.Exec(ctx, m.Store.SQL("INSERT INTO {parts} (seg, idx, until) VALUES (?, ?, {now} + ?)"), seg, m.Number, m.Grace.Milliseconds())
	info := format.Segment{Seg: seg, KeyID: root.ID, Level: uint16(level), Lowest: format.MaxVersion}
	return &writer{m: m, pages: root.Pages(seg), info: info}, err
}

// entry adds an entry. They come in order.
func (w *writer) entry(ctx context.Context, item []byte) error {
	if len(w.lists[format.Entries].items) == 0 {
		if err := w.add(ctx, format.Fences, item[:len(item)-6]); err != nil {
			return err
		}
	}
	w.info.Entries++
	w.saw(format.Version(item))
	return w.add(ctx, format.Entries, item)
}

// void adds a void. They come in order.
func (w *writer) void(ctx context.Context, item []byte) error {
	w.info.Voids++
	w.saw(format.Version(item))
	return w.add(ctx, format.Voids, item)
}

func (w *writer) saw(version uint64) {
	w.info.Lowest, w.info.Highest = min(w.info.Lowest, version), max(w.info.Highest, version)
}

func (w *writer) add(ctx context.Context, list format.List, item []byte) error {
	l := &w.lists[list]
	l.items = append(l.items, item...)
	if len(l.items)/len(item) < w.m.Shape.PerPage(list) {
		return nil
	}
	return w.seal(ctx, list)
}

func (w *writer) seal(ctx context.Context, list format.List) error {
	l := &w.lists[list]
	label := w.pages.Label(list, l.number)
	w.run = append(w.run, sealed{label, w.pages.Seal(label, l.items, w.m.Shape.Item(list))})
	l.items, l.number = l.items[:0], l.number+1
	switch {
	case len(w.run) == runPages:
		return w.send(ctx)
	case len(w.run)%batchPages == 0: // a sign of life
		return w.m.transact(ctx, func(tx core.Tx) error { return w.m.extend(ctx, tx, w.info.Seg, false) })
	}
	return nil
}

// finish writes what is left and returns what the manifest is to say of the segment.
func (w *writer) finish(ctx context.Context) (format.Segment, error) {
	for list := range w.lists {
		if len(w.lists[list].items) > 0 {
			if err := w.seal(ctx, format.List(list)); err != nil {
				return format.Segment{}, err
			}
		}
	}
	return w.info, w.send(ctx)
}

// send writes a run, each batch of it in one transaction with the sign of life: a segment that was condemned meanwhile gets
// no page any more. Two labels of one segment that are equal, of 2^63, end it here; the next try has another seg.
func (w *writer) send(ctx context.Context) error {
	slices.SortFunc(w.run, func(a, b sealed) int { return cmp.Compare(a.label, b.label) })
	for batch := range slices.Chunk(w.run, batchPages) {
		if err := w.sendBatch(ctx, batch); err != nil {
			return err
		}
	}
	w.run = w.run[:0]
	return nil
}

func (w *writer) sendBatch(ctx context.Context, batch []sealed) error {
	return w.m.transact(ctx, func(tx core.Tx) error {
		if err := w.m.extend(ctx, tx, w.info.Seg, false); err != nil {
			return err
		}
		for rows := insertRows; len(batch) > 0; {
			for rows > len(batch) {
				rows /= 2 // few different statements, for a driver that keeps prepared ones
			}
			args := make([]any, 0, 3*rows)
			for _, p := range batch[:rows] {
				args = append(args, w.info.Seg, p.label, p.page)
			}
			batch = batch[rows:]
			if _, err := tx.Exec(ctx, w.m.Store.SQL("INSERT INTO {pages} (seg, label, page) VALUES (?, ?, ?)"+strings.Repeat(", (?, ?, ?)", rows-1)), args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// inUse is the until of a segment that the manifest names.
const inUse int64 = math.MaxInt64

// extend moves the until of a segment's row on, or says that the row is gone or condemned.
func (m *Maintainer) extend(ctx context.Context, tx core.Tx, seg int64, named bool) error {
	text, args := "UPDATE {parts} SET until = CASE WHEN until < {now} + ? THEN {now} + ? ELSE until + 1 END WHERE seg = ? AND until > 0",
		[]any{m.Grace.Milliseconds(), m.Grace.Milliseconds(), seg}
	if named {
		text, args = "UPDATE {parts} SET until = ? WHERE seg = ? AND until > 0", []any{inUse, seg}
	}
	n, err := tx.Exec(ctx, m.Store.SQL(text), args...)
	if err == nil && n != 1 {
		err = errLost
	}
	return err
}

// transact runs work in a transaction of its own. READ COMMITTED is enough.
func (m *Maintainer) transact(ctx context.Context, work func(core.Tx) error) error {
	return transact(ctx, m.db, work)
}

func transact(ctx context.Context, db core.DB, work func(core.Tx) error) error {
	tx, err := db.Begin(ctx)
	if err != nil {
		return err
	}
	if err := work(tx); err != nil {
		_ = tx.Rollback() // the first error is the one to tell
		return err
	}
	return tx.Commit()
}

// byDoc sorts voids and keeps the newest of each document.
func byDoc(voids [][]byte, doc int) [][]byte {
	slices.SortFunc(voids, bytes.Compare)
	kept := voids[:0]
	for i, v := range voids {
		if i+1 == len(voids) || !bytes.Equal(v[:doc], voids[i+1][:doc]) {
			kept = append(kept, v)
		}
	}
	return kept
}
