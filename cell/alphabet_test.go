package cell

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func runes(from rune, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteRune(from + rune(i))
	}
	return b.String()
}

func TestPredeclaredAlphabets(t *testing.T) {
	require.Equal(t, "digits", Digits.Name())
	require.Equal(t, "0123456789", Digits.Chars())
	require.Equal(t, "alnum", Alnum.Name())
	require.Equal(t, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", Alnum.Chars())
}

func TestAlphabets(t *testing.T) {
	for _, c := range []struct{ name, chars string }{
		{"binary", "01"},
		{"B_9", "ab"},
		{"_", "ab"},
		{"case", "aA"},
		{"greek", "αβγδεζηθικλμνξοπρστυφχψω"},
		{"beyond_ascii", "é日😀"},
		{"all_of_them", runes(0x100, 256)},
		{"odd_ones", "\u0000\ufffd\n"},
	} {
		a, err := NewAlphabet(c.name, c.chars)
		require.NoError(t, err)
		require.Equal(t, c.name, a.Name())
		require.Equal(t, c.chars, a.Chars())
	}
}

func TestWhatIsNoAlphabet(t *testing.T) {
	for _, c := range []struct{ what, name, chars, says string }{
		{"no name", "", "ab", "alphabet name"},
		{"a name with a space", "a b", "ab", "alphabet name"},
		{"a name with a line break", "ab\n", "ab", "alphabet name"},
		{"a name with a zero byte", "a\x00b", "ab", "alphabet name"},
		{"a name outside ASCII", "größe", "ab", "alphabet name"},
		{"a hyphen", "a-b", "ab", "alphabet name"},
		{"the name digits", "digits", "0123456789", "predeclared"},
		{"the name alnum", "alnum", "abc", "predeclared"},
		{"no characters", "a", "", "want 2 to 256"},
		{"one character", "a", "x", "want 2 to 256"},
		{"257 characters", "a", runes(0x100, 257), "want 2 to 256"},
		{"a character twice", "a", "abca", "twice, at 3"},
		{"a character outside ASCII twice", "a", "éaé", "twice, at 2"},
		{"no UTF-8", "a", "ab\xff", "valid UTF-8"},
		{"no UTF-8, and the replacement character", "a", "a\ufffd\xff", "valid UTF-8"},
		{"a surrogate", "a", "ab\xed\xa0\x80", "valid UTF-8"},
	} {
		t.Run(c.what, func(t *testing.T) {
			a, err := NewAlphabet(c.name, c.chars)
			require.Nil(t, a)
			require.ErrorContains(t, err, c.says)
			require.ErrorContains(t, err, "cellseal/cell: alphabet")
		})
	}
}

// An alphabet is its name and its order: both are in the key or the numerals.
func TestNumerals(t *testing.T) {
	a, err := NewAlphabet("a", "zéy")
	require.NoError(t, err)
	template, numerals, err := a.numerals([]byte("y-éz!"), true)
	require.NoError(t, err)
	require.Equal(t, []uint16{2, 1, 0}, numerals)
	require.Equal(t, []rune{hole, '-', hole, hole, '!'}, template)
	require.Equal(t, "z-zé!", string(a.text(template, []uint16{0, 0, 1})))
}

// Whatever is kept stands for itself: no character marks a place.
func TestEveryOtherCharacterIsKept(t *testing.T) {
	others := runes(0, 0x30) + runes(0x3A, 0x800) + runes(0xE000, 0x2000) + runes(0x10FF00, 0x100)
	r := NewRow(home(t), homeRow)
	o := &ImprintOptions{Alphabet: Digits, KeepOthers: true}
	value := "123" + others + "456"
	imprinted, err := r.Imprint(homeColumn, []byte(value), o)
	require.NoError(t, err)
	require.Equal(t, others, string(imprinted[3:len(imprinted)-3]))
	out, err := r.Reveal(homeColumn, imprinted, o)
	require.NoError(t, err)
	require.Equal(t, value, string(out))
}
