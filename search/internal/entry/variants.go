package entry

import "unicode/utf8"

// minFuzzy is how long a word is, in code points, that is found by one like it.
// Nearly all shorter words are like each other.
const minFuzzy = 4

// Variants returns the keys a word is found by in a fuzzy index: of the word, and of
// all that are left of it without one code point (deletion neighbourhood: Mor and
// Fraenkel, 1982). Two words share a key if they are [Near].
func Variants(w string) [][]byte {
	var s keySet
	s.variants(w)
	return s.keys
}

func (s *keySet) variants(w string) {
	s.add(tagVariant, w)
	if utf8.RuneCountInString(w) < minFuzzy {
		return
	}
	for i, r := range w {
		s.add(tagVariant, w[:i]+w[i+utf8.RuneLen(r):])
	}
}

// VariantKeys returns the keys of a document in a fuzzy index.
func VariantKeys(text string) [][]byte {
	var s keySet
	for w := range Words(text) {
		s.variants(w)
	}
	return s.keys
}

// Near reports whether a and b are the same word, or one of at least four code points
// and another that differs from it in one edit: a code point more, fewer or other,
// or two neighbours swapped.
func Near(a, b string) bool {
	if a == b {
		return true
	}
	x, y := []rune(a), []rune(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(y) < minFuzzy || len(y)-len(x) > 1 {
		return false
	}
	for len(x) > 0 && x[0] == y[0] {
		x, y = x[1:], y[1:]
	}
	for len(x) > 0 && x[len(x)-1] == y[len(y)-1] {
		x, y = x[:len(x)-1], y[:len(y)-1]
	}
	return len(y) == 1 || len(x) == 2 && len(y) == 2 && x[0] == y[1] && x[1] == y[0]
}
