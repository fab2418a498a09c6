package transform

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
)

// digit counts from the start of a range of unicode.Nd. A Go upgrade that laid the
// table out otherwise would change what an index holds; it must fail here.
func TestEveryRangeOfDecimalDigitsStartsWithAZero(t *testing.T) {
	type span struct{ lo, hi, stride rune }
	var spans []span
	for _, r := range unicode.Nd.R16 {
		spans = append(spans, span{rune(r.Lo), rune(r.Hi), rune(r.Stride)})
	}
	for _, r := range unicode.Nd.R32 {
		spans = append(spans, span{rune(r.Lo), rune(r.Hi), rune(r.Stride)})
	}
	zeros := map[rune]bool{}
	for _, r := range zeroDigits {
		zeros[r] = true
	}
	blocks := 0
	for _, s := range spans {
		require.EqualValues(t, 1, s.stride, "%U", s.lo)
		require.Zero(t, (s.hi-s.lo+1)%10, "%U to %U is no multiple of ten", s.lo, s.hi)
		for lo := s.lo; lo < s.hi; lo += 10 {
			blocks++
			if Assigned(lo) {
				require.True(t, zeros[lo], "%U is no zero digit of Unicode 15.0", lo)
			}
		}
	}
	require.GreaterOrEqual(t, blocks, len(zeroDigits))
}

// zeroDigits are the code points of Unicode 15.0 with the numeric value 0 and the
// category Nd.
var zeroDigits = []rune{
	0x0030, 0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6,
	0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40,
	0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30, 0x11066, 0x110F0,
	0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50,
	0x11DA0, 0x11F50, 0x16A60, 0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0,
	0x1E4F0, 0x1E950, 0x1FBF0,
}

func TestEveryDecimalDigitHasItsValue(t *testing.T) {
	found := map[rune]rune{}
	for _, zero := range zeroDigits {
		for i := range rune(10) {
			found[zero+i] = '0' + i
		}
	}
	require.Len(t, found, 680) // what Unicode 15.0 has
	for _, r := range everyAssigned() {
		got, ok := digit(r)
		want, isDigit := found[r]
		if ok != isDigit || unicode.Is(unicode.Nd, r) != isDigit {
			t.Fatalf("%U is a digit: want %v, got %v", r, isDigit, ok)
		}
		if !isDigit {
			continue
		}
		require.Equal(t, want, got, "%U", r)
		if compatible := norm.NFKC.String(string(r)); compatible != string(r) {
			require.Equal(t, string(got), compatible, "%U", r)
		}
		require.Equal(t, string(want), digits(string(r)))
		require.Equal(t, string(want), alnum(string(r)))
	}
}

// Digits of a later Unicode are dropped for ever, as all is that is no digit.
func TestLaterDigitsAreNone(t *testing.T) {
	for _, r := range []rune{0x10D40, 0x116D0, 0x11BF0, 0x1CCF0, 0x1E5F1, 0x11DE0} {
		require.False(t, Assigned(r), "%U", r)
		_, ok := digit(r)
		require.False(t, ok, "%U", r)
		require.Equal(t, "12", digits("1"+string(r)+"2"))
		require.Equal(t, "12", alnum("1"+string(r)+"2"))
	}
}

func TestWhiteSpaceIsUnicodes(t *testing.T) {
	n := 0
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if isSpace(r) != unicode.Is(unicode.White_Space, r) {
			t.Fatalf("%U is white space: got %v", r, isSpace(r))
		}
		if isSpace(r) {
			n++
		}
	}
	require.Equal(t, 25, n)
	require.False(t, isSpace(0x180E) || isSpace(0x200B) || isSpace(0xFEFF), "these lost the property, or never had it")
	require.Empty(t, trim(strings.Repeat("\u3000\u2028\t", 3)))
}
