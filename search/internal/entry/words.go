package entry

import (
	"iter"
	"unicode"
	"unicode/utf8"

	"github.com/cellseal/cellseal/search/internal/transform"
)

// maxWord is how many code points count of one word: what is longer is no word of
// any language, and must not let one document hold megabytes of variants.
const maxWord = 64

// Words yields the words of a text, in order, as often as they stand there.
func Words(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		var w word
		for _, r := range text {
			if done := w.take(r); done != "" && !yield(done) {
				return
			}
		}
		if len(w.text) > 0 {
			yield(string(w.text))
		}
	}
}

// A word grows by code points. A joiner is kept back until it is known what follows.
type word struct {
	text   []byte
	n      int // code points
	last   class
	joiner rune
}

// take goes on with r, and returns the word that ends before it.
func (w *word) take(r rune) (done string) {
	c := classOf(r)
	if c == other {
		if j := joiner(r); j != 0 && w.n > 0 && w.joiner == 0 {
			w.joiner = j
			return ""
		}
		return w.end()
	}
	if w.joiner != 0 {
		switch {
		case c != w.last:
			done = w.end()
		case w.n+2 <= maxWord:
			w.text, w.n = utf8.AppendRune(w.text, w.joiner), w.n+1
		default:
			w.n = maxWord // cut: a word ends in no joiner
		}
		w.joiner = 0
	}
	if w.n < maxWord {
		w.text, w.n = utf8.AppendRune(w.text, r), w.n+1
	}
	w.last = c
	return done
}

func (w *word) end() string {
	s := string(w.text)
	*w = word{text: w.text[:0]}
	return s
}

type class uint8

const (
	other class = iota
	letter
	digit
)

// classOf is frozen to Unicode 15.0.0. A mark counts as a letter, so that composed
// and decomposed text are cut alike.
func classOf(r rune) class {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
		return letter
	case r >= '0' && r <= '9':
		return digit
	case r < utf8.RuneSelf || !transform.Assigned(r):
		return other
	case unicode.In(r, unicode.L, unicode.M):
		return letter
	case unicode.Is(unicode.Nd, r):
		return digit
	}
	return other
}

// joiner returns what r counts as inside of a word, or 0 if it cannot stand there.
func joiner(r rune) rune {
	switch r {
	case '\'', '\u2019':
		return '\''
	case '\u00B7', '.':
		return r
	}
	return 0
}

// Word returns the key of one word.
func Word(w string) []byte {
	var s keySet
	s.add(tagWord, w)
	return s.keys[0]
}

// WordKeys returns the keys of a document in an index of words: its words, and the
// whole of it if there is any.
func WordKeys(text string) [][]byte {
	if text == "" {
		return nil
	}
	var s keySet
	s.add(tagWhole, text)
	for w := range Words(text) {
		s.add(tagWord, w)
	}
	return s.keys
}
