package entry

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/cellseal/cellseal/search/internal/transform"
)

// gram is how many code points stand in one.
const gram = 3

// The pads in front of a value and behind it.
const (
	front = '\u0002'
	back  = '\u0003'
)

// ErrShort is of a piece without a gram.
var ErrShort = errors.New("the search text has too few characters: ask for three in a row, or two at the beginning or the end of a value, or leave the condition out; fewer would find everything")

var errPad = errors.New("it holds U+0002 or U+0003, which stand for the ends of a value")

// Grams returns the keys of every three code points in a row of a text, each once:
// of a whole value with atFront and atBack, else of a piece that may stand anywhere. A piece
// without a gram is an error.
func Grams(text string, atFront, atBack bool) ([][]byte, error) {
	if err := checkText(text); err != nil {
		return nil, err
	}
	if atFront {
		text = string(front) + text
	}
	if atBack {
		text += string(back)
	}
	var s keySet
	var starts [gram]int // of the last three code points
	n := 0
	for i, r := range text {
		starts[n%gram] = i
		if n++; n >= gram {
			s.add(tagGram, text[starts[n%gram]:i+utf8.RuneLen(r)])
		}
	}
	if len(s.keys) == 0 {
		return nil, ErrShort
	}
	return s.keys, nil
}

// GramKeys returns the keys of a document in an index of substrings: none if it is empty.
func GramKeys(text string) ([][]byte, error) {
	if text == "" {
		return nil, nil
	}
	return Grams(text, true, true)
}

func checkText(text string) error {
	if !utf8.ValidString(text) {
		return transform.ErrUTF8
	}
	if strings.ContainsRune(text, front) || strings.ContainsRune(text, back) {
		return errPad
	}
	return nil
}
