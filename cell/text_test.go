package cell

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestText(t *testing.T) {
	for _, c := range []struct{ sealed, text string }{
		{"", ""},
		{"\x00", "AA"},
		{"\xc1", "wQ"},
		{"\xc1\x00", "wQA"},
		{"\xc1\x00\x00", "wQAA"},
		{"\xfb\xef\xbe", "----"},
		{"\xff\xff\xff", "____"},
		{"\xfb\xff", "-_8"},
	} {
		require.Equal(t, c.text, Text([]byte(c.sealed)))
		out, err := ParseText(c.text)
		require.NoError(t, err)
		require.Equal(t, c.sealed, string(out))
	}
}

func TestCellsThroughTheirTextForm(t *testing.T) {
	forEachKind(t, func(t *testing.T, k kind, r *Row) {
		for n := range 40 { // all remainders of 3
			sealed := k.seal(r, homeColumn, make([]byte, n))
			parsed, err := ParseText(Text(sealed))
			require.NoError(t, err)
			require.Equal(t, sealed, parsed)
			require.NotContains(t, Text(sealed), "=")
		}
	})
}

// One cell has one text form; whatever else decoders let pass is refused.
func TestOnlyTheCanonicalTextIsRead(t *testing.T) {
	sealed := append([]byte("\xfb\xff\xbe"), make([]byte, 70)...) // 73: one byte in the last group
	two := sealed[:72:72]
	two = append(two, 1, 2) // 74: two bytes in the last group
	text := Text(sealed)
	for what, spelling := range map[string]string{
		"line break at the end":     text + "\n",
		"carriage return":           text + "\r\n",
		"line break inside":         text[:20] + "\n" + text[20:],
		"line break in front":       "\n" + text,
		"nothing but a line break":  "\n",
		"space":                     text + " ",
		"padding":                   base64.URLEncoding.EncodeToString(sealed),
		"half the padding":          text + "=",
		"padding of two":            base64.URLEncoding.EncodeToString(two),
		"standard alphabet":         base64.RawStdEncoding.EncodeToString(sealed),
		"standard, padded":          base64.StdEncoding.EncodeToString(sealed),
		"one bit behind the end":    text[:len(text)-1] + string(text[len(text)-1]+1),
		"stray bits of two":         Text(two)[:98] + string(Text(two)[98]+1),
		"one character of a group":  text + "AAA",
		"zero byte":                 text + "\x00",
		"hexadecimal with a prefix": "0x" + strings.Repeat("00", 40),
		"a character outside ASCII": text + "é",
	} {
		out, err := ParseText(spelling)
		requireRefused(t, out, err, what)
	}
	out, err := ParseText(text)
	require.NoError(t, err)
	require.Equal(t, sealed, out)
}

// Every single other character in every place is another cell or none.
func TestNoTwoTextsAreOneCell(t *testing.T) {
	sealed := newDraw("texts").bytes(70)
	text := []byte(Text(sealed))
	for at, right := range text {
		for c := range 256 {
			text[at] = byte(c)
			out, err := ParseText(string(text))
			switch {
			case byte(c) == right:
				require.NoError(t, err)
			case err == nil:
				require.NotEqual(t, sealed, out)
			default:
				requireRefused(t, out, err)
			}
		}
		text[at] = right
	}
}
