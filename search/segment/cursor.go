package segment

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"

	"github.com/cellseal/cellseal/internal/redact"
	"github.com/cellseal/cellseal/search/segment/internal/core"
	"github.com/cellseal/cellseal/search/segment/internal/format"
)

// An Entry says that a document is under a key. Version is that of the write that put it there.
type Entry struct {
	Key, Doc []byte
	Version  uint64
}

// A Cursor walks over entries in order: a merge of all segments and the pending rows. It is for one
// goroutine. The zero value is not usable.
type Cursor struct {
	_ [0]func()
	s *cursorState
}

type cursorState struct {
	v      *viewState
	limits core.Limits
	err    error
	walk   *core.Walker // nil: to be made, behind limits.After
}

// Scan returns the entries with from <= key < to (nil: open) in order of (key, doc),
// or from behind. after, if not nil, is the entry behind which to go on, as one that an earlier page of
// results ended with; its Version does not matter. A wrong length is a [LengthError] of Next.
//
// Where segments are replaced and deleted while a Cursor is on its way, it goes on in a new View, behind what it
// has returned: every entry that was there all the time is returned once.
func (v *View) Scan(from, to []byte, descending bool, after *Entry) *Cursor {
	own := *v.state() // begun anew, it must not move the view, nor the view it
	c := &cursorState{v: &own, limits: core.Limits{From: from, To: to, Descending: descending}}
	for _, limit := range [][]byte{from, to} {
		if limit != nil && c.err == nil {
			c.err = c.v.Fits("key", limit, c.v.Shape.Key)
		}
	}
	if after != nil && c.err == nil {
		if c.err = c.v.Fits("key", after.Key, c.v.Shape.Key); c.err == nil {
			c.err = c.v.Fits("doc", after.Doc, c.v.Shape.Doc)
		}
		c.limits.After = slices.Concat(after.Key, after.Doc)
	}
	return &Cursor{s: c}
}

// Next returns up to n more entries. None: it is at the end. Of each segment about as many pages
// are read as n entries are expected to need, then twice as many with each query. After an error a Cursor
// returns that error only.
func (c *Cursor) Next(ctx context.Context, n int) ([]Entry, error) {
	if c == nil || c.s == nil {
		panic("cellseal/segment: zero Cursor; use View.Scan")
	}
	s := c.s
	if s.err != nil || n <= 0 {
		return nil, s.err
	}
	var found []Entry
	s.err = s.v.retry(ctx, func() error {
		err := s.next(ctx, n, &found)
		if err != nil {
			s.walk = nil // a new view has another one
		}
		return err
	})
	if s.err != nil {
		return nil, s.err
	}
	return found, nil
}

func (c *cursorState) next(ctx context.Context, n int, found *[]Entry) error {
	if c.walk == nil {
		c.walk = core.NewWalker(c.v.Index, c.v.c, c.v.segments, c.limits, n-len(*found), c.pending())
	}
	key, doc := c.v.Shape.Key, c.v.Shape.Doc
	for len(*found) < n {
		item, at, err := c.walk.Next(ctx)
		if err != nil || item == nil {
			return err
		}
		if bytes.Equal(item[:key+doc], c.limits.After) { // once more, in another version
			continue
		}
		if version := format.Version(item); c.v.live(at, item[key:key+doc], version) {
			item = bytes.Clone(item[:key+doc]) // what is given away must not hold on to a page
			*found = append(*found, Entry{item[:key:key], item[key:], version})
			c.limits.After = item
		}
	}
	return nil
}

// pending is a source of what is within the limits of pending rows.
func (c *cursorState) pending() *core.Source {
	s := &core.Source{At: len(c.v.segments)}
	size := c.v.Shape.Key
	for _, p := range c.v.pending {
		for at := 0; at < len(p.Keys); at += size {
			item := slices.Concat(p.Keys[at:at+size], p.Doc)
			if c.limits.Within(item) {
				s.Items = append(s.Items, format.PutVersion(item, uint64(p.ID)))
			}
		}
	}
	slices.SortFunc(s.Items, c.limits.Compare)
	return s
}

// Format implements fmt.Formatter and prints nothing secret: the key of a sorted index is the value.
func (Entry) Format(f fmt.State, _ rune) { redact.Format(f, "segment.Entry") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (Entry) LogValue() slog.Value { return redact.LogValue("segment.Entry") }

// Format implements fmt.Formatter and prints nothing secret.
func (Cursor) Format(f fmt.State, _ rune) { redact.Format(f, "segment.Cursor") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (Cursor) LogValue() slog.Value { return redact.LogValue("segment.Cursor") }
