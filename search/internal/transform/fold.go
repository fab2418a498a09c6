package transform

import (
	"errors"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/unicode/rangetable"
)

// unicodeVersion is what fold.v1 is frozen to. Newer tables under it are harmless:
// Unicode promises that the normalization and case folding of text whose code
// points a version assigns never change after it (Unicode stability policy).
const unicodeVersion = "15.0.0"

var assignedTable = sync.OnceValue(func() *unicode.RangeTable { return rangetable.Assigned(unicodeVersion) })

// Assigned reports whether Unicode 15.0.0 assigns r. What later versions assign is
// unknown here for ever, so that an index never holds two readings of one text.
func Assigned(r rune) bool { return r < utf8.RuneSelf || unicode.Is(assignedTable(), r) }

var (
	// ErrUTF8 is of text that is none.
	ErrUTF8       = errors.New("it is not valid UTF-8")
	errUnassigned = errors.New("it holds a code point that Unicode " + unicodeVersion + " does not assign; such text cannot be folded the same way for ever")
	errFixpoint   = errors.New("it does not fold to a fixpoint")
)

func fold(s string) (string, error) {
	if ascii, ok := foldASCII(s); ok {
		return ascii, nil
	}
	return foldUnicode(s)
}

func foldUnicode(s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", ErrUTF8
	}
	for _, r := range s {
		if !Assigned(r) {
			return "", errUnassigned
		}
	}
	caser := cases.Fold()
	s = norm.NFKC.String(s)
	// One round has done for every text tried so far; the next finds that out, and
	// would fold again what the last NFKC brought forth.
	for range 8 {
		next := norm.NFKC.String(strings.Map(foldCherokee, caser.String(s)))
		if next == s {
			return s, nil
		}
		s = next
	}
	return "", errFixpoint
}

// foldCherokee mends what golang.org/x/text gets wrong (golang/go#46101): Cherokee
// alone folds to upper case, and its Fold makes upper case of lower and lower of
// upper. Mapping lower case afterwards is right with and without that mistake.
func foldCherokee(r rune) rune {
	switch {
	case r >= 0xAB70 && r <= 0xABBF:
		return r - 0xAB70 + 0x13A0
	case r >= 0x13F8 && r <= 0x13FD:
		return r - 8
	}
	return r
}

// foldASCII is fold for text that is ASCII throughout, as most is.
func foldASCII(s string) (string, bool) {
	upper := false
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return "", false
		}
		upper = upper || s[i] >= 'A' && s[i] <= 'Z'
	}
	if !upper {
		return s, true
	}
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b), true
}
