package text

import (
	"errors"
	"maps"
	"strings"

	"github.com/cellseal/cellseal/internal/like"
	"github.com/cellseal/cellseal/search/internal/entry"
)

// All asks for the documents that hold every word of every text. A text without
// a word is a [search.ValueError].
func (x *Index) All(texts ...string) (*Query, error) {
	s := x.want("words", "All")
	words, err := wordsOf(s, texts)
	if err != nil {
		return nil, err
	}
	q := newQuery(s, true, func(text string) bool {
		missing := maps.Clone(words)
		for w := range entry.Words(text) {
			delete(missing, w)
		}
		return len(missing) == 0
	})
	for _, w := range inOrder(words) {
		q.s.groups = append(q.s.groups, [][]byte{entry.Word(w)})
	}
	return q, nil
}

// Any asks for the documents that hold at least one word of the texts, each of which
// has one.
func (x *Index) Any(texts ...string) (*Query, error) {
	s := x.want("words", "Any")
	words, err := wordsOf(s, texts)
	if err != nil {
		return nil, err
	}
	q := newQuery(s, true, func(text string) bool {
		for w := range entry.Words(text) {
			if words[w] {
				return true
			}
		}
		return false
	})
	var some [][]byte
	for _, w := range inOrder(words) {
		some = append(some, entry.Word(w))
	}
	q.s.groups = [][][]byte{some}
	return q, nil
}

// Equal asks for the documents whose whole value is this one: what a column of few
// values is looked up by without showing how often each occurs.
func (x *Index) Equal(value any) (*Query, error) {
	s := x.want("words", "Equal")
	want, null, err := textOf(s, value)
	if err != nil {
		return nil, err
	}
	if null || want == "" {
		return nil, s.Fail(errors.New("no document can be found by NULL, or by a value of which the transforms leave nothing"))
	}
	q := newQuery(s, true, func(text string) bool { return text == want })
	q.s.groups = [][][]byte{{entry.Whole(want)}}
	return q, nil
}

// Near asks for the documents that have, for every word of text, the word or one of at
// least four characters that differs from it in one edit: a character more,
// fewer or other, or two neighbours swapped.
func (x *Index) Near(text string) (*Query, error) {
	s := x.want("fuzzy", "Near")
	words, err := wordsOf(s, []string{text})
	if err != nil {
		return nil, err
	}
	q := newQuery(s, false, func(text string) bool {
		missing := maps.Clone(words)
		for have := range entry.Words(text) {
			maps.DeleteFunc(missing, func(w string, _ bool) bool { return entry.Near(w, have) })
		}
		return len(missing) == 0
	})
	for _, w := range inOrder(words) {
		q.s.groups = append(q.s.groups, entry.Variants(w))
	}
	return q, nil
}

// Contains asks for the values that hold text, of at least three characters (code
// points, after the transforms). White space at its ends counts.
func (x *Index) Contains(text string) (*Query, error) {
	s := x.want("substring", "Contains")
	return askPiece(s, text, strings.Contains, like.Run{})
}

// HasPrefix asks for the values that begin with text, of at least two characters.
func (x *Index) HasPrefix(text string) (*Query, error) {
	s := x.want("substring", "HasPrefix")
	return askPiece(s, text, strings.HasPrefix, like.Run{AtFront: true})
}

// HasSuffix asks for the values that end with text, of at least two characters.
func (x *Index) HasSuffix(text string) (*Query, error) {
	s := x.want("substring", "HasSuffix")
	return askPiece(s, text, strings.HasSuffix, like.Run{AtEnd: true})
}

// Like asks for the values that match an SQL LIKE pattern: "%" is any number of
// characters, "_" is one, and what follows escape stands for itself (0: nothing escapes). The
// transforms apply to the text between them. Three characters must stand in a row somewhere,
// or two at an end.
func (x *Index) Like(pattern string, escape rune) (*Query, error) {
	s := x.want("substring", "Like")
	p, err := s.Pattern(pattern, escape)
	if err != nil {
		return nil, err
	}
	return newQuery(s, false, p.Match).ask(p.Runs()...)
}
