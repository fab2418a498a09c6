package search

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

// A Transform is a named and versioned normalization of text, such as "fold.v1".
// What a version does never changes.
type Transform string

// The transforms.
const (
	// Trim takes white space (Unicode White_Space) off both ends.
	Trim Transform = "trim.v1"
	// Space is Trim, and makes one U+0020 of every run of white space inside.
	Space Transform = "space.v1"
	// Fold makes text compare without regard to case and compatibility forms: NFKC,
	// full case folding, NFKC, repeated to a fixpoint, Unicode 15.0.0. A code point that
	// version does not assign is an error, because later versions may fold it
	// differently. Normalization is Stream-Safe (UAX #15): it puts U+034F behind
	// thirty combining marks in a row.
	Fold Transform = "fold.v1"
	// Email is Fold and Trim of an address, without the domain's trailing dots; text
	// without an "@" between two parts is an error. Sub-addresses stay.
	Email Transform = "email.v1"
	// Digits keeps decimal digits (Unicode Nd) as 0-9 and drops all else.
	Digits Transform = "digits.v1"
	// Alnum keeps letters and decimal digits and drops all else: for IBANs, number
	// plates, licence keys. Put Fold before it to ignore case.
	Alnum Transform = "alnum.v1"
)

// First keeps the first n characters (code points), 1 to 64.
func First(n int) Transform { return Transform(fmt.Sprintf("first(%d).v1", n)) }

// Last keeps the last n characters (code points), 1 to 64.
func Last(n int) Transform { return Transform(fmt.Sprintf("last(%d).v1", n)) }

// ParseTransform returns the current version of the transform that a tag names
// without its version: "fold", "last(4)".
func ParseTransform(name string) (Transform, error) {
	t := Transform(name + ".v1")
	if _, err := compile(t); err != nil {
		return "", fmt.Errorf("cellseal/search: %w", err)
	}
	return t, nil
}

type transformFunc func(string) (string, error)

var lengthArgument = regexp.MustCompile(`^(first|last)\(([1-9][0-9]?)\)\.v1$`)

func compile(t Transform) (transformFunc, error) {
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
	}
	if which, n, ok := lengthOf(t); ok {
		return pure(func(s string) string { return cut(s, which, n) }), nil
	}
	return nil, fmt.Errorf("unknown transform %q: this version has trim, space, fold, email, digits, alnum, first(n) and last(n) with n from 1 to 64", string(t))
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

func pure(f func(string) string) transformFunc {
	return func(s string) (string, error) { return f(s), nil }
}

func trim(s string) string { return strings.TrimFunc(s, isSpace) }

func space(s string) string { return strings.Join(strings.FieldsFunc(s, isSpace), " ") }

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
	if !assigned(r) {
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
		if unicode.IsLetter(r) && assigned(r) {
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

// distinct estimates the logarithm to base 2 of how many values come out of a
// list of transforms; +Inf if none of them bounds it. A character counts as one of
// 36, for text that people write has few others, and decimal digits as one of 10.
func distinct(list []Transform) float64 {
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

// Collated returns text as transforms leave it, applied in their order: two texts of which it is the
// same are equal to an index with these transforms, and where values are sorted by whoever has
// decrypted them, they are sorted by the bytes of this. An index takes empty text for none; here it
// is text. It is public because a column's index is its collation also where no term is made.
func Collated(s string, transforms ...Transform) (string, error) {
	for _, t := range transforms {
		f, err := compile(t)
		if err == nil {
			s, err = f(s)
		}
		if err != nil {
			return "", fmt.Errorf("cellseal/search: %w", err)
		}
	}
	return s, nil
}
