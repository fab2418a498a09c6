package sorted

import (
	"bytes"
	"errors"

	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/internal/entry"
	"github.com/cellseal/cellseal/search/internal/listed"
)

// A Range is an interval of values, its ends included unless said otherwise.
type Range struct {
	From, To  any  // nil: open at this end. A NULL of any other type is a search.ValueError
	AboveFrom bool // From itself is left out
	BelowTo   bool // To itself is left out
}

// A Span is a question to an [Index], made by one of its methods: the documents
// between two places of its order. It is immutable and safe for concurrent use.
type Span struct {
	_ [0]func()
	s *spanState
}

type spanState struct {
	x        *listed.Index
	empty    bool
	from, to []byte // keys, to left out; nil: open
	exact    bool
	match    func(order []byte) bool
}

// All asks for every document whose value is not NULL.
func (x *Index) All() *Span {
	return &Span{s: &spanState{x: x.state(), exact: true, match: func([]byte) bool { return true }}}
}

// Range asks for the documents whose values are in r. An end that is NULL or NaN is
// a [search.ValueError]. It panics on an index with the transform Reverse, whose order is
// that of nothing one asks for.
func (x *Index) Range(r Range) (*Span, error) {
	s := x.state()
	if s.Reversed {
		panic("cellseal/search/sorted: Range asks an index with " + string(search.Reverse) + ", which finds by suffix only")
	}
	typ := s.Type
	q := &spanState{x: s, exact: entry.Complete(typ)}
	var from, to []byte
	var err error
	if r.From != nil {
		if from, err = bound(s, r.From); err != nil {
			return nil, err
		}
		q.from = entry.Key(typ, from)
		if r.AboveFrom && q.exact { // where keys are cut, others with this one may be above
			q.from = entry.Next(typ, q.from)
			q.empty = q.from == nil
		}
	}
	if r.To != nil {
		if to, err = bound(s, r.To); err != nil {
			return nil, err
		}
		q.to = entry.Key(typ, to)
		if !r.BelowTo || !q.exact {
			q.to = entry.Next(typ, q.to)
		}
	}
	q.exact = q.exact || r.From == nil && r.To == nil
	q.empty = q.empty || q.from != nil && q.to != nil && bytes.Compare(q.from, q.to) >= 0
	q.match = func(order []byte) bool {
		low, high := bytes.Compare(order, from), bytes.Compare(order, to)
		return (r.From == nil || low > 0 || low == 0 && !r.AboveFrom) && (r.To == nil || high < 0 || high == 0 && !r.BelowTo)
	}
	return &Span{s: q}, nil
}

// HasPrefix asks for the documents whose text begins with text. White space at its
// ends counts. Empty text is a [search.ValueError]: it would find everything.
func (x *Index) HasPrefix(text string) (*Span, error) {
	return x.pieceOf(text, false)
}

// HasSuffix is HasPrefix from the other end. The index has the transform Reverse.
func (x *Index) HasSuffix(text string) (*Span, error) {
	return x.pieceOf(text, true)
}

func (x *Index) pieceOf(text string, reversed bool) (*Span, error) {
	s := x.ofText(reversed)
	text, err := s.Piece(text)
	if err != nil {
		return nil, err
	}
	return prefix(s, text, true, func(order []byte) bool { return bytes.HasPrefix(order, []byte(text)) })
}

// Like asks for the documents whose text matches an SQL LIKE pattern, as
// text.Index.Like has it, that begins with text: "x%". With Reverse it ends with text: "%x". What
// begins with none is a [search.ValueError].
func (x *Index) Like(pattern string, escape rune) (*Span, error) {
	s := x.ofText(x.state().Reversed)
	p, err := s.Pattern(pattern, escape)
	if err != nil {
		return nil, err
	}
	text, all := p.Prefix()
	return prefix(s, text, all, func(order []byte) bool { return p.Match(string(order)) })
}

// ofText returns the state of an index of text that is as reversed as that.
func (x *Index) ofText(reversed bool) *listed.Index {
	s := x.state()
	if s.Type != search.Text {
		panic("cellseal/search/sorted: prefixes, suffixes and patterns are of text, and this index is of " + s.Type.String())
	}
	if s.Reversed != reversed {
		panic("cellseal/search/sorted: HasSuffix asks an index with " + string(search.Reverse) + ", and HasPrefix one without")
	}
	return s
}

var errNoPrefix = errors.New("it has no text at the end by which the index is sorted, and would find everything")

// prefix asks for what begins with text in the index's order. all says that match
// asks for nothing else.
func prefix(x *listed.Index, text string, all bool, match func(order []byte) bool) (*Span, error) {
	if text == "" {
		return nil, x.Fail(errNoPrefix)
	}
	head := []byte(text[:min(len(text), entry.Size)])
	return &Span{s: &spanState{
		x: x, match: match, from: entry.Key(search.Text, head), to: entry.Next(search.Text, head),
		// Of a key's zeros nobody knows whether they stood in the text.
		exact: all && len(text) <= entry.Size && text[len(text)-1] != 0,
	}}, nil
}

// Matches reports whether a value, decrypted, is one that the span asks for. NULL never is.
func (q *Span) Matches(value any) (bool, error) {
	s := q.state()
	order, null, err := orderOf(s.x, value)
	return err == nil && !null && s.match(order), err
}

// Exact reports whether all documents of the span match, so that values need not be
// decrypted to know.
func (q *Span) Exact() bool { return q.state().exact }

func (q *Span) state() *spanState {
	if q == nil || q.s == nil {
		panic("cellseal/search/sorted: zero Span; ask an Index for one")
	}
	return q.s
}
