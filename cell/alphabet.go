package cell

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/cellseal/cellseal/internal/tree"
)

// An Alphabet is the ordered characters of a format that imprint must keep. Its
// name and order are part of the key derivation: never change them once values
// are stored.
type Alphabet struct {
	name  string
	chars []rune
	index map[rune]uint16
}

// The alphabets every program has.
var (
	Digits = mustAlphabet("digits", "0123456789")
	Alnum  = mustAlphabet("alnum", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
)

// NewAlphabet declares an alphabet of 2 to 256 different characters under a name
// of A-Z a-z 0-9 and _. The names "digits" and "alnum" are taken.
func NewAlphabet(name, chars string) (*Alphabet, error) {
	if name == Digits.name || name == Alnum.name {
		return nil, fmt.Errorf("cellseal/cell: alphabet %q is predeclared: choose another name", name)
	}
	return newAlphabet(name, chars)
}

func newAlphabet(name, chars string) (*Alphabet, error) {
	if !tree.IsName(name) {
		return nil, fmt.Errorf("cellseal/cell: alphabet name %q: want one or more of A-Z a-z 0-9 _", name)
	}
	a := &Alphabet{name: name, chars: []rune(chars), index: map[rune]uint16{}}
	if len(a.chars) < 2 || len(a.chars) > 256 || !utf8.ValidString(chars) {
		return nil, fmt.Errorf("cellseal/cell: alphabet %s has %d characters: want 2 to 256 of valid UTF-8", name, len(a.chars))
	}
	for i, c := range a.chars {
		if _, twice := a.index[c]; twice {
			return nil, fmt.Errorf("cellseal/cell: alphabet %s has a character twice, at %d", name, i)
		}
		a.index[c] = uint16(i)
	}
	return a, nil
}

func mustAlphabet(name, chars string) *Alphabet {
	a, err := newAlphabet(name, chars)
	if err != nil {
		panic(err)
	}
	return a
}

// Name returns the alphabet's name.
func (a *Alphabet) Name() string { return a.name }

// Chars returns the alphabet's characters in order.
func (a *Alphabet) Chars() string { return string(a.chars) }

// numerals splits text into the places of its characters in the alphabet and a
// template that says where they stand.
func (a *Alphabet) numerals(text []byte, keepOthers bool) (template []rune, numerals []uint16, err error) {
	if a.index == nil {
		panic("cellseal/cell: zero Alphabet; use NewAlphabet")
	}
	if !utf8.Valid(text) {
		return nil, nil, errors.New("it is not valid UTF-8")
	}
	template = []rune(string(text))
	for i, c := range template {
		n, ok := a.index[c]
		if ok {
			numerals = append(numerals, n)
			template[i] = hole
		} else if !keepOthers {
			return nil, nil, fmt.Errorf("its character %d is outside the alphabet %s; remove it, or declare that others are kept in place", i+1, a.name)
		}
	}
	return template, numerals, nil
}

// hole marks a place in a template: no rune of valid UTF-8 is negative.
const hole rune = -1

// text is the inverse of numerals.
func (a *Alphabet) text(template []rune, numerals []uint16) []byte {
	var b strings.Builder
	for _, c := range template {
		if c == hole {
			c, numerals = a.chars[numerals[0]], numerals[1:]
		}
		b.WriteRune(c)
	}
	return []byte(b.String())
}
