package search

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/cellseal/cellseal/internal/like"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search/internal/entry"
	"github.com/cellseal/cellseal/search/segment"
)

// TextOptions are NewText's. nil or zero fields are the defaults.
type TextOptions struct {
	Doc int // length of a document's identity in bytes, 1 to 255; default 8, for [DocInt]
}

// A TextIndex finds documents by their text, which lies in segments (FORMAT.md §2 and §3):
//
//	Words      documents that hold words, or are one value: All, Any, Equal
//	Substring  values that hold a piece of text: Contains, HasPrefix, HasSuffix, Like
//	Fuzzy      documents that hold a word like another: Near
//
// A document is whatever has an identity of its own, most often a row. The index is
// written with Add, Replace and Remove in the transaction that writes the row, after the
// statement that locks it. Questions are [Query]s. It is safe for concurrent use.
type TextIndex struct {
	_ [0]func()
	s *segmented
}

// NewText returns the index that d is the key of: its label is one of [Words],
// [Substring] and [Fuzzy]. It panics on any other.
func NewText(d *keys.Derived, store *segment.Store, o *TextOptions) *TextIndex {
	s := newSegmented(d, Text, textKinds...)
	doc := defaultDoc
	if o != nil && o.Doc != 0 {
		doc = o.Doc
	}
	s.index = store.Index(d, segment.Shape{Key: entry.Size, Doc: doc, Room: 8})
	return &TextIndex{s: s}
}

var textKinds = []string{"words", "substring", "fuzzy"}

// CheckText returns what NewText would panic with for this label, for callers whose
// labels come from outside the program.
func CheckText(label keys.Label) error { return checkLabel(label, Text, textKinds...) }

// Add puts a document into the index that is not in it, with one INSERT on c. NULL and
// empty text have no entries: nothing finds them here.
func (x *TextIndex) Add(ctx context.Context, c segment.Conn, doc []byte, value any) error {
	return x.put(ctx, c, segment.Added, doc, value)
}

// Replace is Add for a document that may be in the index.
func (x *TextIndex) Replace(ctx context.Context, c segment.Conn, doc []byte, value any) error {
	return x.put(ctx, c, segment.Replaced, doc, value)
}

// Remove takes a document out of the index, with one INSERT on c. It is harmless if
// the document is not in it.
func (x *TextIndex) Remove(ctx context.Context, c segment.Conn, doc []byte) error {
	return x.state().index.Write(ctx, c, segment.Removed, doc, nil)
}

// Segments is the engine below the index: its Stats, Verify, Drop, and what else an
// operator asks for.
func (x *TextIndex) Segments() *segment.Index { return x.state().index }

func (x *TextIndex) put(ctx context.Context, c segment.Conn, op segment.Op, doc []byte, value any) error {
	s := x.state()
	text, _, err := s.text(value)
	if err != nil {
		return err
	}
	var list [][]byte
	switch s.kind {
	case "words":
		list = entry.WordKeys(text)
	case "substring":
		if list, err = entry.GramKeys(text); err != nil {
			return s.fail(err)
		}
	case "fuzzy":
		list = entry.VariantKeys(text)
	}
	return s.write(ctx, c, op, doc, list)
}

func (x *TextIndex) state() *segmented {
	if x == nil || x.s == nil {
		panic("cellseal/search: zero TextIndex; use NewText")
	}
	return x.s
}

// want returns the state of an index of a kind.
func (x *TextIndex) want(kind, method string) *segmented {
	s := x.state()
	if s.kind != kind {
		panic(fmt.Sprintf("cellseal/search: %s asks a %s index, and this one is %s", method, kind, s.kind))
	}
	return s
}

// All asks for the documents that hold every word of every text. A text without
// a word is a [ValueError].
func (x *TextIndex) All(texts ...string) (*Query, error) {
	s := x.want("words", "All")
	words, err := s.words(texts)
	if err != nil {
		return nil, err
	}
	q := s.query(true, func(text string) bool {
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
func (x *TextIndex) Any(texts ...string) (*Query, error) {
	s := x.want("words", "Any")
	words, err := s.words(texts)
	if err != nil {
		return nil, err
	}
	q := s.query(true, func(text string) bool {
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
func (x *TextIndex) Equal(value any) (*Query, error) {
	s := x.want("words", "Equal")
	want, null, err := s.text(value)
	if err != nil {
		return nil, err
	}
	if null || want == "" {
		return nil, s.fail(errors.New("no document can be found by NULL, or by a value of which the transforms leave nothing"))
	}
	q := s.query(true, func(text string) bool { return text == want })
	q.s.groups = [][][]byte{{entry.Whole(want)}}
	return q, nil
}

// Near asks for the documents that have, for every word of text, the word or one of at
// least four characters that differs from it in one edit: a character more,
// fewer or other, or two neighbours swapped.
func (x *TextIndex) Near(text string) (*Query, error) {
	s := x.want("fuzzy", "Near")
	words, err := s.words([]string{text})
	if err != nil {
		return nil, err
	}
	q := s.query(false, func(text string) bool {
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
func (x *TextIndex) Contains(text string) (*Query, error) {
	s := x.want("substring", "Contains")
	return s.grams(text, strings.Contains, like.Run{})
}

// HasPrefix asks for the values that begin with text, of at least two characters.
func (x *TextIndex) HasPrefix(text string) (*Query, error) {
	s := x.want("substring", "HasPrefix")
	return s.grams(text, strings.HasPrefix, like.Run{AtFront: true})
}

// HasSuffix asks for the values that end with text, of at least two characters.
func (x *TextIndex) HasSuffix(text string) (*Query, error) {
	s := x.want("substring", "HasSuffix")
	return s.grams(text, strings.HasSuffix, like.Run{AtEnd: true})
}

// Like asks for the values that match an SQL LIKE pattern: "%" is any number of
// characters, "_" is one, and what follows escape stands for itself (0: nothing escapes). The
// transforms apply to the text between them. Three characters must stand in a row somewhere,
// or two at an end.
func (x *TextIndex) Like(pattern string, escape rune) (*Query, error) {
	s := x.want("substring", "Like")
	p, err := s.pattern(pattern, escape)
	if err != nil {
		return nil, err
	}
	return s.ask(s.query(false, p.Match), p.Runs()...)
}
