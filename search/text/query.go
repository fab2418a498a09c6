package text

import (
	"context"
	"errors"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/cellseal/cellseal/internal/like"
	"github.com/cellseal/cellseal/search/internal/entry"
	"github.com/cellseal/cellseal/search/internal/listed"
	"github.com/cellseal/cellseal/search/internal/postings"
	"github.com/cellseal/cellseal/search/internal/transform"
	"github.com/cellseal/cellseal/search/segment"
)

// A Query is a question to an [Index], made by one of its methods: find documents, decrypt
// their values and keep those that match. It is immutable and safe for concurrent use.
type Query struct {
	_ [0]func()
	s *queryState
}

type queryState struct {
	x      *listed.Index
	groups [][][]byte // of each, a document has some key
	exact  bool
	match  func(text string) bool
}

// Find returns the documents that may match, ascending, each once: all that do, and
// unless Exact others too.
func (q *Query) Find(ctx context.Context, c segment.Conn) (docs [][]byte, err error) {
	s := q.state()
	view, err := s.x.Segments.View(ctx, c)
	if err != nil {
		return nil, err
	}
	found, err := view.Lookup(ctx, slices.Concat(s.groups...)...)
	if err != nil {
		return nil, err
	}
	for i, group := range s.groups {
		some := postings.Union(found[:len(group)]...)
		if found = found[len(group):]; i == 0 {
			docs = some
		} else {
			docs = postings.Intersect(docs, some)
		}
	}
	return docs, nil
}

// Matches reports whether a value, decrypted, is one that the query asks for. NULL never is.
func (q *Query) Matches(value any) (bool, error) {
	s := q.state()
	text, null, err := textOf(s.x, value)
	return err == nil && !null && s.match(text), err
}

// Exact reports whether whatever Find returns matches, so that values need not be
// decrypted to know. Only words and whole values are found so.
func (q *Query) Exact() bool { return q.state().exact }

func (q *Query) state() *queryState {
	if q == nil || q.s == nil {
		panic("cellseal/search/text: zero Query; ask an Index for one")
	}
	return q.s
}

func newQuery(x *listed.Index, exact bool, match func(text string) bool) *Query {
	return &Query{s: &queryState{x: x, exact: exact, match: match}}
}

var errNoWord = errors.New("the search text holds no word, and would find everything: leave the condition out")

// wordsOf returns the words of texts, each of which must have one.
func wordsOf(x *listed.Index, texts []string) (map[string]bool, error) {
	all := map[string]bool{}
	none := len(texts) == 0
	for _, t := range texts {
		text, _, err := textOf(x, t)
		if err != nil {
			return nil, err
		}
		words := slices.Collect(entry.Words(text))
		none = none || len(words) == 0
		for _, w := range words {
			all[w] = true
		}
	}
	if none {
		return nil, x.Fail(errNoWord)
	}
	return all, nil
}

// inOrder returns words in an order of their own, so that equal questions are equal to whoever
// looks on.
func inOrder(words map[string]bool) []string { return slices.Sorted(maps.Keys(words)) }

// maxGrams is how many grams are asked for, spread over what there are. More would hardly
// find less, and each is another page to read.
const maxGrams = 32

// askPiece makes the query for one piece of text.
func askPiece(x *listed.Index, text string, match func(value, text string) bool, at like.Run) (*Query, error) {
	text, err := x.Piece(text)
	if err != nil {
		return nil, err
	}
	at.Text = text
	return newQuery(x, false, func(value string) bool { return match(value, text) }).ask(at)
}

// ask makes q look for the grams of runs, of which one has some.
func (q *Query) ask(runs ...like.Run) (*Query, error) {
	var all [][]byte
	for _, run := range runs {
		list, err := entry.Grams(run.Text, run.AtFront, run.AtEnd)
		if err != nil && err != entry.ErrShort {
			return nil, q.s.x.Fail(err)
		}
		all = append(all, list...)
	}
	if len(all) == 0 {
		return nil, q.s.x.Fail(entry.ErrShort)
	}
	n := min(len(all), maxGrams)
	for i := range n {
		q.s.groups = append(q.s.groups, all[i*len(all)/n:][:1])
	}
	return q, nil
}

// textOf returns a value's text after the transforms.
func textOf(x *listed.Index, v any) (text string, null bool, err error) {
	b, null, err := x.Value(v)
	if err == nil && !utf8.Valid(b) {
		err = x.Fail(transform.ErrUTF8)
	}
	return string(b), null, err
}
