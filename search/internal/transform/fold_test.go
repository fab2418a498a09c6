package transform

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
)

func TestFold(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"ASCII", "Siobhan@Example.COM", "siobhan@example.com"},
		{"ASCII, lower already", "a-z 0-9 {|}~", "a-z 0-9 {|}~"},
		{"around A and Z", "@AZ[`az{", "@az[`az{"},
		{"control characters", "A\x00\x7fB", "a\x00\x7fb"},
		{"sharp s", "Straße", "strasse"},
		{"capital sharp s", "STRA\u1E9EE", "strasse"},
		{"İ keeps its dot", "\u0130", "i\u0307"},
		{"dotless ı stays apart", "\u0131", "\u0131"},
		{"long s", "Congre\u017F\u017F", "congress"},
		{"long s with dot below, dot above", "\u1E9B\u0323", "\u1E69"},
		{"ligature ﬁ", "\uFB01sh", "fish"},
		{"ligatures ſt and st", "\uFB05 \uFB06", "st st"},
		{"Armenian ligature", "\uFB13", "\u0574\u0576"},
		{"full width", "\uFF21\uFF22\uFF23\u3000\uFF11", "abc 1"},
		{"half-width kana and voicing mark", "\uFF76\uFF9E", "\u30AC"},
		{"final sigma", "\u03A3\u03AF\u03C3\u03C5\u03C6\u03BF\u03C2", "\u03C3\u03AF\u03C3\u03C5\u03C6\u03BF\u03C3"},
		{"capital sigma at the end", "\u03A3\u038A\u03A3\u03A5\u03A6\u039F\u03A3", "\u03C3\u03AF\u03C3\u03C5\u03C6\u03BF\u03C3"},
		{"Cherokee capital stays", "\u13A0\u13EF\u13F5", "\u13A0\u13EF\u13F5"},
		{"Cherokee small becomes capital", "\uAB70\uABBF\u13FD", "\u13A0\u13EF\u13F5"},
		{"Georgian capital", "\u1C90", "\u10D0"},
		{"Kelvin and Angstrom", "\u212A\u212B", "k\u00E5"},
		{"micro", "\u00B5", "\u03BC"},
		{"ypogegrammeni alone", "\u0345", "\u03B9"},
		{"ypogegrammeni between marks", "\u03B1\u0345\u0301", "\u03AC\u03B9"},
		{"alpha with ypogegrammeni", "\u1FB3", "\u03B1\u03B9"},
		{"alpha with prosgegrammeni", "\u1FBC", "\u03B1\u03B9"},
		{"marks in either order 1", "q\u0307\u0323", "q\u0323\u0307"},
		{"marks in either order 2", "q\u0323\u0307", "q\u0323\u0307"},
		{"composed", "\u00C9", "\u00E9"},
		{"decomposed", "E\u0301", "\u00E9"},
		{"folds apart and composes again: h", "\u1E96", "\u1E96"},
		{"folds apart and composes again: j", "\u01F0", "\u01F0"},
		{"folds apart and composes again: iota", "\u0390 \u1FD3", "\u0390 \u0390"},
		{"folds apart and composes again: upsilon", "\u1FE6", "\u1FE6"},
		{"n preceded by apostrophe", "\u0149", "\u02BCn"},
		{"DZ with caron", "\u01C4\u01C5\u01C6", "d\u017Ed\u017Ed\u017E"},
		{"hook upsilon with acute", "\u03D3", "\u03CD"},
		{"Hangul jamo", "\u1112\u1161\u11AB", "\uD55C"},
		{"circled, squared, fraction", "\u2460 \u338F \u00BD", "1 kg 1\u20442"},
		{"ordinal indicator", "1\u00AA", "1a"},
		{"ligature that holds spaces", "\uFDFA", "\u0635\u0644\u0649 \u0627\u0644\u0644\u0647 \u0639\u0644\u064A\u0647 \u0648\u0633\u0644\u0645"},
		{"diaeresis brings a space", "\u00A8", " \u0308"},
		{"no-break space", "a\u00A0b", "a b"},
		{"mathematical bold capital", "\U0001D400", "a"},
		{"Deseret", "\U00010400", "\U00010428"},
		{"Adlam", "\U0001E900", "\U0001E922"},
		{"default ignorables stay", "a\u00ADb\u200Bc\uFE0F", "a\u00ADb\u200Bc\uFE0F"},
		{"private use stays", "\uE000\U000F0000", "\uE000\U000F0000"},
		{"replacement character stays", "\uFFFD", "\uFFFD"},
		{"emoji stay", "\U0001F469\u200D\U0001F680", "\U0001F469\u200D\U0001F680"},
		{"thirty marks", "A" + strings.Repeat("\u0301", 30), "\u00E1" + strings.Repeat("\u0301", 29)},
		// Stream-Safe Text Format (UAX #15 §13), which golang.org/x/text always applies.
		{"more than thirty marks", "A" + strings.Repeat("\u0301", 31), "\u00E1" + strings.Repeat("\u0301", 29) + "\u034F\u0301"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := fold(c.in)
			require.NoError(t, err)
			require.Equal(t, c.want, got, "%+q", got)
			again, err := fold(got)
			require.NoError(t, err)
			require.Equal(t, got, again, "%+q is no fixpoint", got)
		})
	}
}

// What Unicode 15.0 leaves open, a later version may fold in any way.
func TestFoldRefusesUnassigned(t *testing.T) {
	for name, r := range map[string]rune{
		"U+1C89, a Cyrillic capital of 16.0": 0x1C89,
		"U+A7CB, a Latin capital of 16.0":    0xA7CB,
		"U+A7DA, a Latin capital of 16.0":    0xA7DA,
		"U+10D50, a Garay capital of 16.0":   0x10D50,
		"U+16EA0, Beria Erfe of 17.0":        0x16EA0,
		"U+2EBF0, an ideograph of 15.1":      0x2EBF0,
		"U+0378, never assigned so far":      0x0378,
		"noncharacter U+FFFE":                0xFFFE,
		"noncharacter U+FDD0":                0xFDD0,
		"the last code point":                0x10FFFF,
	} {
		for _, s := range []string{string(r), "Abc" + string(r), string(r) + "abc", "ÄÖ" + string(r) + "\u0301"} {
			_, err := fold(s)
			require.ErrorIs(t, err, errUnassigned, name)
		}
	}
	for name, r := range map[string]rune{"U+1C88": 0x1C88, "U+31350 of 15.0": 0x31350, "U+1E4F0 of 15.0": 0x1E4F0} {
		_, err := fold(string(r))
		require.NoError(t, err, name)
	}
}

func TestFoldRefusesWhatIsNoUTF8(t *testing.T) {
	for _, s := range []string{"\xff", "abc\x80", "\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "é\xe2\x82"} {
		_, err := fold(s)
		require.ErrorIs(t, err, ErrUTF8, "%q", s)
	}
}

func TestFoldIsTheSameForEveryNormalizationForm(t *testing.T) {
	r := rng(t)
	for range 20000 {
		s := randomText(r, 8)
		want, err := fold(s)
		require.NoError(t, err)
		for _, form := range []norm.Form{norm.NFC, norm.NFD, norm.NFKC, norm.NFKD} {
			got, err := fold(form.String(s))
			require.NoError(t, err)
			require.Equal(t, want, got, "%+q", s)
		}
	}
}

// Most text never leaves the ASCII path, so it must be the same function.
func TestASCIIPathEqualsTheLongWay(t *testing.T) {
	r := rng(t)
	all := make([]byte, 128)
	for i := range all {
		all[i] = byte(i)
	}
	require.Equal(t, strings.ToLower(string(all)), must(foldUnicode(string(all))))
	for range 20000 {
		b := make([]byte, r.IntN(30))
		for i := range b {
			b[i] = byte(r.IntN(128))
		}
		fast, ok := foldASCII(string(b))
		require.True(t, ok)
		require.Equal(t, must(foldUnicode(string(b))), fast, "%q", b)
		require.Equal(t, fast, must(fold(string(b))))
	}
	for _, s := range []string{"é", "abc\x80", "\u212A", strings.Repeat("a", 100) + "ß"} {
		_, ok := foldASCII(s)
		require.False(t, ok, "%q", s)
	}
}

func must(s string, err error) string {
	if err != nil {
		panic(err)
	}
	return s
}

func rng(t testing.TB) *rand.Rand {
	return rand.New(rand.NewPCG(uint64(len(t.Name())), 0x5EA2C4))
}
