package sorted

import (
	"bytes"
	"context"
	"errors"

	"github.com/cellseal/cellseal/search/internal/entry"
	"github.com/cellseal/cellseal/search/segment"
)

// PageOptions are Page's. nil or zero fields are the defaults.
type PageOptions struct {
	Descending bool
	After      Cursor // of the page before, in the same direction; nil: from the beginning
	Limit      int    // of documents; default: no limit
	// Ties keeps equal values on one page, beyond Limit, where a type is [Complete] too. Every page of
	// a walk is to be read with it, or none.
	Ties bool
}

// A Page is a part of a span, in order.
type Page struct {
	Found []Found
	Next  Cursor // After of the next page; nil: this is the last

	of         *spanState
	first, end []byte // keys that the page lies between; nil: open
	descending bool
	cut        bool // equal keys may stand on two pages
}

// Found is a document on a page. Equal Ranks have equal keys: where a type is
// [Complete], equal values, then in the order of Doc; else values that tie, to be
// sorted with Compare after decryption. Such a tie is never cut: a page goes on beyond
// its Limit until it is complete.
type Found struct {
	Doc  []byte
	Rank int // from 0, on this page
}

// A Cursor is a place in the order of an index. It holds the key of the last document
// of a page, and so what the page itself shows: do not log it, and seal it before it
// leaves for somebody who may not read the page's last value.
type Cursor []byte

var errCursor = errors.New("the cursor is of no page of this index")

// Page returns the next documents of the span.
func (q *Span) Page(ctx context.Context, c segment.Conn, o *PageOptions) (*Page, error) {
	s := q.state()
	if o == nil {
		o = &PageOptions{}
	}
	width, cut := entry.Width(s.x.Type), entry.Complete(s.x.Type) && !o.Ties
	var after *segment.Entry
	if o.After != nil {
		if len(o.After) <= width {
			return nil, s.x.Fail(errCursor)
		}
		after = &segment.Entry{Key: o.After[:width], Doc: o.After[width:]}
	}
	page := &Page{of: s, descending: o.Descending, cut: cut}
	if after != nil {
		page.first = after.Key
	}
	if s.empty {
		return page, nil
	}
	view, err := s.x.Segments.View(ctx, c)
	if err != nil {
		return nil, err
	}
	cursor := view.Scan(s.from, s.to, o.Descending, after)
	var last segment.Entry
	for rank := -1; ; {
		want := chunk
		if o.Limit > 0 {
			want = min(chunk, max(o.Limit-len(page.Found), 0)+1)
		}
		entries, err := cursor.Next(ctx, want)
		if err != nil {
			return nil, err
		}
		if len(entries) == 0 {
			return page, nil
		}
		for _, e := range entries {
			tie := rank >= 0 && bytes.Equal(e.Key, last.Key)
			if o.Limit > 0 && len(page.Found) >= o.Limit && (cut || !tie) {
				page.end = bytes.Clone(last.Key)
				page.Next = append(bytes.Clone(last.Key), last.Doc...)
				return page, nil
			}
			if !tie {
				rank++
			}
			page.Found, last = append(page.Found, Found{e.Doc, rank}), e
		}
	}
}

// Holds reports whether a value, decrypted, has its place on this page. That of a document on the page
// has, unless the document has changed since its entry was written, or before the entry was read: its place is then
// on another page, or nowhere in the span. NULL has none.
func (p *Page) Holds(value any) (bool, error) {
	if p == nil || p.of == nil {
		panic("cellseal/search/sorted: zero Page; ask a Span for one")
	}
	order, null, err := orderOf(p.of.x, value)
	if err != nil || null || !p.of.match(order) {
		return false, err
	}
	key := entry.Key(p.of.x.Type, order)
	compare := func(with []byte) int {
		if p.descending {
			return bytes.Compare(with, key)
		}
		return bytes.Compare(key, with)
	}
	above := p.first == nil || compare(p.first) > 0 || p.cut && bytes.Equal(key, p.first)
	return above && (p.end == nil || compare(p.end) <= 0), nil
}

// chunk is how many entries are asked of the engine at once.
const chunk = 1024

// Find returns the documents of the span in order, those with equal keys in the order
// of their identities.
func (q *Span) Find(ctx context.Context, c segment.Conn) ([][]byte, error) {
	return q.docs(ctx, c, nil)
}

// Min returns a document with the least value of the span; none if there is none. Where
// the type is not [Complete] it returns all that tie, one of which has it.
func (q *Span) Min(ctx context.Context, c segment.Conn) ([][]byte, error) {
	return q.docs(ctx, c, &PageOptions{Limit: 1})
}

// Max is Min of the greatest value.
func (q *Span) Max(ctx context.Context, c segment.Conn) ([][]byte, error) {
	return q.docs(ctx, c, &PageOptions{Limit: 1, Descending: true})
}

func (q *Span) docs(ctx context.Context, c segment.Conn, o *PageOptions) ([][]byte, error) {
	page, err := q.Page(ctx, c, o)
	if err != nil {
		return nil, err
	}
	docs := make([][]byte, len(page.Found))
	for i, f := range page.Found {
		docs[i] = f.Doc
	}
	return docs, nil
}
