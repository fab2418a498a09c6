package search

import (
	"bytes"
	"errors"

	"github.com/cellseal/cellseal/search/internal/entry"
)

// A Range is an interval of values, its ends included unless said otherwise.
type Range struct {
	From, To  any  // nil: open at this end. A NULL of any other type is a ValueError
	AboveFrom bool // From itself is left out
	BelowTo   bool // To itself is left out
}

// A Span is a question to a [SortedIndex], made by one of its methods: the documents
// between two places of its order. It is immutable and safe for concurrent use.
type Span struct {
	_ [0]func()
	s *spanState
}

type spanState struct {
	x        *segmented
	empty    bool
	from, to []byte // keys, to left out; nil: open
	exact    bool
	match    func(order []byte) bool
}

// All asks for every document whose value is not NULL.
func (x *SortedIndex) All() *Span {
	return &Span{s: &spanState{x: x.state(), exact: true, match: func([]byte) bool { return true }}}
}

// Range asks for the documents whose values are in r. An end that is NULL or NaN is
// a [ValueError]. It panics on an index with the transform Reverse, whose order is
// that of nothing one asks for.
func (x *SortedIndex) Range(r Range) (*Span, error) {
	s := x.state()
	if s.reversed {
		panic("cellseal/search: Range asks an index with " + string(Reverse) + ", which finds by suffix only")
	}
	typ := s.column.typ
	q := &spanState{x: s, exact: entry.Complete(typ)}
	var from, to []byte
	var err error
	if r.From != nil {
		if from, err = s.bound(r.From); err != nil {
			return nil, err
		}
		q.from = entry.Key(typ, from)
		if r.AboveFrom && q.exact { // where keys are cut, others with this one may be above
			q.from = entry.Next(typ, q.from)
			q.empty = q.from == nil
		}
	}
	if r.To != nil {
		if to, err = s.bound(r.To); err != nil {
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
// ends counts. Empty text is a [ValueError]: it would find everything.
func (x *SortedIndex) HasPrefix(text string) (*Span, error) {
	return x.pieceOf(text, false)
}

// HasSuffix is HasPrefix from the other end. The index has the transform Reverse.
func (x *SortedIndex) HasSuffix(text string) (*Span, error) {
	return x.pieceOf(text, true)
}

func (x *SortedIndex) pieceOf(text string, reversed bool) (*Span, error) {
	s := x.ofText(reversed)
	text, err := s.piece(text)
	if err != nil {
		return nil, s.fail(err)
	}
	return s.prefix(text, true, func(order []byte) bool { return bytes.HasPrefix(order, []byte(text)) })
}

// Like asks for the documents whose text matches an SQL LIKE pattern, as
// [TextIndex.Like] has it, that begins with text: "x%". With Reverse it ends with text: "%x". What
// begins with none is a [ValueError].
func (x *SortedIndex) Like(pattern string, escape rune) (*Span, error) {
	s := x.ofText(x.state().reversed)
	p, err := s.pattern(pattern, escape)
	if err != nil {
		return nil, err
	}
	text, all := p.Prefix()
	return s.prefix(text, all, func(order []byte) bool { return p.Match(string(order)) })
}

// ofText returns the state of an index of text that is as reversed as that.
func (x *SortedIndex) ofText(reversed bool) *segmented {
	s := x.state()
	if s.column.typ != Text {
		panic("cellseal/search: prefixes, suffixes and patterns are of text, and this index is of " + s.column.typ.String())
	}
	if s.reversed != reversed {
		panic("cellseal/search: HasSuffix asks an index with " + string(Reverse) + ", and HasPrefix one without")
	}
	return s
}

var errNoPrefix = errors.New("it has no text at the end by which the index is sorted, and would find everything")

// prefix asks for what begins with text in the index's order. all says that match
// asks for nothing else.
func (s *segmented) prefix(text string, all bool, match func(order []byte) bool) (*Span, error) {
	if text == "" {
		return nil, s.fail(errNoPrefix)
	}
	head := []byte(text[:min(len(text), entry.Size)])
	return &Span{s: &spanState{
		x: s, match: match, from: entry.Key(Text, head), to: entry.Next(Text, head),
		// Of a key's zeros nobody knows whether they stood in the text.
		exact: all && len(text) <= entry.Size && text[len(text)-1] != 0,
	}}, nil
}

// Matches reports whether a value, decrypted, is one that the span asks for. NULL never is.
func (q *Span) Matches(value any) (bool, error) {
	s := q.state()
	order, null, err := s.x.order(value)
	return err == nil && !null && s.match(order), err
}

// Exact reports whether all documents of the span match, so that values need not be
// decrypted to know.
func (q *Span) Exact() bool { return q.state().exact }

func (q *Span) state() *spanState {
	if q == nil || q.s == nil {
		panic("cellseal/search: zero Span; ask a SortedIndex for one")
	}
	return q.s
}
