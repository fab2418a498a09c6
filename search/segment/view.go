package segment

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/cellseal/cellseal/internal/redact"
	"github.com/cellseal/cellseal/search/segment/internal/core"
)

// tries is how often a reader begins anew before it gives up with a MovedError. Segments stay
// readable for Options.Grace after they are replaced, so that once is rare.
const tries = 5

// A View is what an index holds at one moment: a manifest and the pending rows beside it. Use it
// for one search and then take another. It is for one goroutine. The zero value is not usable.
type View struct {
	_ [0]func()
	s *viewState
}

type viewState struct {
	*core.Index
	c        core.Conn
	manifest *core.Manifest
	segments []*core.Segment    // oldest first
	pending  []*core.PendingRow // by id
	voids    map[string]uint64  // of pending rows: the newest void of each document
}

// View takes the manifest and the ids of the pending rows in one statement on c, so that READ
// COMMITTED is enough, and then reads what the Store does not keep in memory yet. On
// a transaction's Conn it holds what that transaction has written. It uses c later, when pages are read.
//
// A [CorruptError] says that something stored is missing or was changed, a *keys.UnknownKeyError that it
// is under a key that this process does not hold, a [ShapeError] that the index has other lengths, a [FillingError] that
// documents are missing, a [SetBackError] that this process has met a newer state. Of an index that nobody has written to
// it is empty: see [Index.Begun].
func (x *Index) View(ctx context.Context, c Conn) (*View, error) {
	s := x.state()
	v := &viewState{Index: s.Index, c: c}
	if err := v.retry(ctx, func() error { return nil }); err != nil {
		return nil, err
	}
	s.alarm(len(v.pending))
	return &View{s: v}, nil
}

// alarm tells the Observer, once a minute at the most, that a search met more pending rows than there should be: where
// nobody maintains an index, nobody else would.
func (s *indexState) alarm(pending int) {
	if pending <= s.store.waiting.Rows {
		return
	}
	now, last := time.Now().UnixNano(), s.alarmed.Load()
	if now-last >= int64(time.Minute) && s.alarmed.CompareAndSwap(last, now) {
		s.store.Tell(s.Index, Event{Kind: Alarm, Rows: pending})
	}
}

func (v *View) state() *viewState {
	if v == nil || v.s == nil {
		panic("cellseal/segment: zero View; use Index.View")
	}
	return v.s
}

// retry runs read on a view; where something was missing, on a new one. Segments are deleted only
// after the manifest has ceased to name them: what a manifest of the same version
// still misses was deleted by somebody else.
func (v *viewState) retry(ctx context.Context, read func() error) error {
	var before *core.Manifest
	for try := range tries {
		var err error
		if try > 0 || v.manifest == nil {
			err = v.take(ctx)
		}
		if err == nil {
			err = read()
		}
		table, moved := err.(core.Missing)
		if !moved {
			return err
		}
		if v.manifest.Same(before) {
			return v.Corrupt(string(table), err)
		}
		before = v.manifest
	}
	return &MovedError{Index: v.Name}
}

func (v *viewState) take(ctx context.Context) error {
	m, heads, err := v.Snapshot(ctx, v.c)
	if err != nil {
		return err
	}
	if m.Filling {
		return &FillingError{Index: v.Name}
	}
	v.manifest = m
	if v.segments, err = v.Segments(ctx, v.c, m.Segments); err != nil {
		return err
	}
	if v.pending, err = v.OpenPending(ctx, v.c, heads); err != nil {
		return err
	}
	v.voids = map[string]uint64{}
	for _, p := range v.pending {
		if Op(p.Op) != Added {
			v.voids[string(p.Doc)] = uint64(p.ID)
		}
	}
	return nil
}

// live reports whether no newer void covers an entry of the segment at, or of a pending row if at
// is the number of segments.
func (v *viewState) live(at int, doc []byte, version uint64) bool {
	return v.voids[string(doc)] <= version && !core.Covered(v.segments, at, doc, version)
}

// Format implements fmt.Formatter and prints nothing secret.
func (View) Format(f fmt.State, _ rune) { redact.Format(f, "segment.View") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (View) LogValue() slog.Value { return redact.LogValue("segment.View") }
