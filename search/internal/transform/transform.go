// Package transform holds the named and versioned normalizations of text that the
// labels of indexes name (cell/FORMAT.md §7). What a version does never changes.
//
// Each has two forms: what it does to a value, and what it does to a piece of one
// that is looked for inside of values, which has no ends to be trimmed or cut at.
package transform

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Transform is the name of one, with its version: "fold.v1".
type Transform string

// The transforms; package search says what they do.
const (
	Trim    Transform = "trim.v1"
	Space   Transform = "space.v1"
	Fold    Transform = "fold.v1"
	Email   Transform = "email.v1"
	Digits  Transform = "digits.v1"
	Alnum   Transform = "alnum.v1"
	Reverse Transform = "reverse.v1"
)

// First keeps the first n code points.
func First(n int) Transform { return Transform(fmt.Sprintf("first(%d).v1", n)) }

// Last keeps the last n code points.
func Last(n int) Transform { return Transform(fmt.Sprintf("last(%d).v1", n)) }

// Parse returns the current version of the transform that a tag names without its
// version: "fold", "last(4)".
func Parse(name string) (Transform, error) {
	t := Transform(name + ".v1")
	if _, err := Compile(t); err != nil {
		return "", fmt.Errorf("unknown transform %q: this version has trim, space, fold, email, digits, alnum, first(n) and last(n) with n from 1 to 64", name)
	}
	return t, nil
}

// A Func is what a transform does to text. Its errors never quote the text.
type Func func(string) (string, error)

var lengthArgument = regexp.MustCompile(`^(first|last)\(([1-9][0-9]?)\)\.v1$`)

// Compile returns what t does to a value, or an error if this version has no such transform.
func Compile(t Transform) (Func, error) {
	switch t {
	case Trim:
		return pure(trim), nil
	case Space:
		return pure(space), nil
	case Fold:
		return fold, nil
	case Email:
		return email, nil
	case Digits:
		return pure(digits), nil
	case Alnum:
		return pure(alnum), nil
	case Reverse:
		return reverse, nil
	}
	if which, n, ok := lengthOf(t); ok {
		return pure(func(s string) string { return cut(s, which, n) }), nil
	}
	return nil, fmt.Errorf("unknown transform %q: this version has trim, space, fold, email, digits, alnum, reverse, first(n) and last(n) with n from 1 to 64", string(t))
}

// CompilePiece returns what t does to text that is looked for inside of values: it
// folds, drops and reverses the same, but takes nothing off ends that are none. First
// and Last have no such form: what they cut off could not be found.
func CompilePiece(t Transform) (Func, error) {
	f, err := Compile(t)
	if err != nil {
		return nil, err
	}
	switch t {
	case Space:
		return pure(collapse), nil
	case Email:
		return fold, nil
	case Trim:
		return pure(func(s string) string { return s }), nil
	case Fold, Digits, Alnum, Reverse:
		return f, nil
	}
	return nil, fmt.Errorf("transform %q would leave parts of values that cannot be found", string(t))
}

// lengthOf takes First and Last apart.
func lengthOf(t Transform) (which string, n int, ok bool) {
	m := lengthArgument.FindStringSubmatch(string(t))
	if m == nil {
		return "", 0, false
	}
	n, err := strconv.Atoi(m[2])
	return m[1], n, err == nil && n <= 64
}

func pure(f func(string) string) Func {
	return func(s string) (string, error) { return f(s), nil }
}

func trim(s string) string { return strings.TrimFunc(s, isSpace) }

func space(s string) string { return strings.Join(strings.FieldsFunc(s, isSpace), " ") }

// collapse is space without the trimming.
func collapse(s string) string {
	var b strings.Builder
	before := false
	for _, r := range s {
		now := isSpace(r)
		switch {
		case now && !before:
			b.WriteByte(' ')
		case !now:
			b.WriteRune(r)
		}
		before = now
	}
	return b.String()
}

// reverse puts code points in reverse. Bytes that are no text are refused: turned
// around, some of them would make code points, and other values the same text.
func reverse(s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", ErrUTF8
	}
	b := make([]byte, 0, len(s))
	for len(s) > 0 {
		_, n := utf8.DecodeLastRuneInString(s)
		b, s = append(b, s[len(s)-n:]...), s[:len(s)-n]
	}
	return string(b), nil
}

// isSpace is Unicode's White_Space property, spelled out because it is frozen.
func isSpace(r rune) bool {
	switch {
	case r >= '\t' && r <= '\r', r == ' ', r == 0x85, r == 0xA0, r == 0x1680,
		r >= 0x2000 && r <= 0x200A, r == 0x2028, r == 0x2029, r == 0x202F, r == 0x205F, r == 0x3000:
		return true
	}
	return false
}

var errEmail = errors.New("it is no e-mail address: want something on both sides of an @")

func email(s string) (string, error) {
	s, err := fold(s)
	if err != nil {
		return "", err
	}
	s = trim(s) // after fold, which can bring forth a leading space
	if s == "" {
		return "", nil
	}
	s = strings.TrimRightFunc(s, func(r rune) bool { return r == '.' || isSpace(r) })
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at == len(s)-1 {
		return "", errEmail
	}
	return s, nil
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if d, ok := digit(r); ok {
			return d
		}
		return -1
	}, s)
}

// digit returns the ASCII digit of a decimal digit. Unicode keeps the ten digits of a
// script together and in order, and every range of Nd begins with a zero.
func digit(r rune) (rune, bool) {
	if r < utf8.RuneSelf {
		return r, r >= '0' && r <= '9'
	}
	if !Assigned(r) {
		return 0, false
	}
	for _, d := range unicode.Nd.R16 {
		if r <= rune(d.Hi) {
			return '0' + (r-rune(d.Lo))%10, r >= rune(d.Lo)
		}
	}
	for _, d := range unicode.Nd.R32 {
		if r <= rune(d.Hi) {
			return '0' + (r-rune(d.Lo))%10, r >= rune(d.Lo)
		}
	}
	return 0, false
}

func alnum(s string) string {
	return strings.Map(func(r rune) rune {
		if d, ok := digit(r); ok {
			return d
		}
		if unicode.IsLetter(r) && Assigned(r) {
			return r
		}
		return -1
	}, s)
}

// cut counts code points, and each byte that is not UTF-8 as one.
func cut(s, which string, n int) string {
	if which == "last" {
		n = max(utf8.RuneCountInString(s)-n, 0)
	}
	at := len(s)
	for i := range s {
		if n == 0 {
			at = i
			break
		}
		n--
	}
	if which == "first" {
		return s[:at]
	}
	return s[at:]
}

// Distinct estimates the logarithm to base 2 of how many values come out of a
// list of transforms; +Inf if none of them bounds it. A character counts as one of
// 36, for text that people write has few others, and decimal digits as one of 10.
func Distinct(list []Transform) float64 {
	perChar, length := math.Log2(36), math.Inf(1)
	for _, t := range list {
		if _, n, ok := lengthOf(t); ok {
			length = min(length, float64(n))
		} else if t == Digits {
			perChar = math.Log2(10)
		}
	}
	return length * perChar
}
