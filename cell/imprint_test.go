package cell

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestImprintOfBytes(t *testing.T) {
	d := newDraw("imprint of bytes")
	for _, bound := range []bool{true, false} {
		r := kind{bound: bound}.row(home(t), homeRow)
		for _, n := range []int{16, 17, 31, 32, 33, 100, 5000} {
			plaintext := d.bytes(n)
			imprinted, err := r.Imprint(homeColumn, plaintext, nil)
			require.NoError(t, err)
			require.Len(t, imprinted, n)
			require.NotEqual(t, plaintext, imprinted)

			again, err := kind{bound: bound}.row(home(t), homeRow).Imprint(homeColumn, plaintext, &ImprintOptions{})
			require.NoError(t, err)
			require.Equal(t, imprinted, again, "equal values give equal imprints")

			out, err := r.Reveal(homeColumn, imprinted, nil)
			require.NoError(t, err)
			require.Equal(t, plaintext, out)
		}
	}
}

// Length-preserving means characters: a Greek value of three bytes more has as
// many letters.
func TestImprintOfText(t *testing.T) {
	greek, err := NewAlphabet("greek", "αβγδεζηθικλμνξοπρστυφχψω")
	require.NoError(t, err)
	mixed, err := NewAlphabet("mixed", "aé日😀")
	require.NoError(t, err)
	r := NewRow(home(t), homeRow)
	for _, c := range []struct {
		alphabet *Alphabet
		value    string
		keep     bool
		want     string // the others, in their places
	}{
		{Digits, "123456", false, "......"},
		{Digits, "0000000000000000", false, "................"},
		{Digits, strings.Repeat("7", 512), false, strings.Repeat(".", 512)},
		{Alnum, "Zz09", false, "...."},
		{greek, "αβγδεζ", false, "......"},
		{mixed, strings.Repeat("aé日😀", 4), false, strings.Repeat(".", 16)},
		{Digits, "4111-1111 1111/1111", true, "....-.... ..../...."},
		{Digits, "+353 (0)86 123 4567", true, "+... (.).. ... ...."},
		{Digits, "é日😀1\u00002\ufffd3456", true, "é日😀.\u0000.\ufffd...."},
		{greek, "Σωκράτης, ὁ φιλόσοφος", true, "Σ...ά..ς, ὁ ...ό....ς"},
	} {
		o := &ImprintOptions{Alphabet: c.alphabet, KeepOthers: c.keep}
		imprinted, err := r.Imprint(homeColumn, []byte(c.value), o)
		require.NoError(t, err)
		require.NotEqual(t, c.value, string(imprinted))
		require.Equal(t, c.want, dots(c.alphabet, string(imprinted)))
		out, err := r.Reveal(homeColumn, imprinted, o)
		require.NoError(t, err)
		require.Equal(t, c.value, string(out))
	}
}

// dots shows where a text has characters of the alphabet.
func dots(a *Alphabet, text string) string {
	return strings.Map(func(c rune) rune {
		if strings.ContainsRune(a.Chars(), c) {
			return '.'
		}
		return c
	}, text)
}

func TestImprintsDifferElsewhere(t *testing.T) {
	ring := ringOf(t, firstKey, secondKey)
	d := derive(t, ring, homePath...)
	ownDigits, err := NewAlphabet("own_digits", "0123456789")
	require.NoError(t, err)
	reversed, err := NewAlphabet("reversed", "9876543210")
	require.NoError(t, err)
	value := []byte("0123456789012345")

	for _, alphabet := range []*Alphabet{nil, Digits} {
		imprint := func(r *Row, column string, o ImprintOptions) string {
			if o.Alphabet == nil {
				o.Alphabet = alphabet
			}
			out, err := r.Imprint(column, value, &o)
			require.NoError(t, err)
			return string(out)
		}
		otherRing := derive(t, ringOf(t, rootKey{firstKey.id, secondKey.secret}), homePath...)
		sameSecret := derive(t, ringOf(t, rootKey{99, firstKey.secret}), homePath...)
		row := NewRow(d, homeRow)
		all := map[string]string{
			"home":             imprint(row, homeColumn, ImprintOptions{}),
			"other column":     imprint(row, "patients.phone", ImprintOptions{}),
			"other row":        imprint(NewRow(d, RowID(BindInt("id", 43))), homeColumn, ImprintOptions{}),
			"unbound":          imprint(NewUnbound(d), homeColumn, ImprintOptions{}),
			"other key":        imprint(row, homeColumn, ImprintOptions{KeyID: secondKey.id}),
			"other path":       imprint(NewRow(derive(t, ring, homePath[1:]...), homeRow), homeColumn, ImprintOptions{}),
			"other ring":       imprint(NewRow(otherRing, homeRow), homeColumn, ImprintOptions{}),
			"key of other id":  imprint(NewRow(sameSecret, homeRow), homeColumn, ImprintOptions{}),
			"own alphabet":     imprint(row, homeColumn, ImprintOptions{Alphabet: ownDigits}),
			"reversed":         imprint(row, homeColumn, ImprintOptions{Alphabet: reversed}),
			"nothing imprints": string(value),
		}
		different := map[string]bool{}
		for _, imprinted := range all {
			different[imprinted] = true
		}
		require.Len(t, different, len(all), "%v", all)

		require.Equal(t, all["home"], imprint(row, homeColumn, ImprintOptions{KeyID: firstKey.id}), "0 stands for the primary")
		require.Equal(t, all["unbound"], imprint(NewUnbound(home(t)), homeColumn, ImprintOptions{}), "one value across the column")
	}
}

// Whole values show as equal and nothing finer does, as HCTR2 is a wide block cipher.
func TestOneBitChangesTheWholeImprint(t *testing.T) {
	r := NewRow(home(t), homeRow)
	value := newDraw("one bit").bytes(64)
	base, err := r.Imprint(homeColumn, value, nil)
	require.NoError(t, err)
	forEachFlip(value, func(bit int) {
		changed, err := r.Imprint(homeColumn, value, nil)
		require.NoError(t, err)
		for at := 0; at < len(base); at += 8 {
			require.False(t, bytes.Equal(base[at:at+8], changed[at:at+8]), "bit %d, bytes from %d", bit, at)
		}
	})
}

// There is no integrity: a changed imprint reveals as some other value, in format.
func TestAChangedImprintRevealsSomethingElse(t *testing.T) {
	r := NewRow(home(t), homeRow)
	imprinted, err := r.Imprint(homeColumn, []byte("a value of some length"), nil)
	require.NoError(t, err)
	imprinted[3] ^= 1
	out, err := r.Reveal(homeColumn, imprinted, nil)
	require.NoError(t, err)
	require.Len(t, out, 22)
	require.NotContains(t, string(out), "value")

	o := &ImprintOptions{Alphabet: Digits}
	out, err = r.Reveal(homeColumn, []byte("123456"), o)
	require.NoError(t, err)
	require.Regexp(t, `^[0-9]{6}$`, string(out))
}

func TestWhatCannotBeImprinted(t *testing.T) {
	binary, err := NewAlphabet("binary", "01")
	require.NoError(t, err)
	greek, err := NewAlphabet("greek", "αβγδεζηθικλμνξοπρστυφχψω")
	require.NoError(t, err)
	d := home(t)
	for _, c := range []struct {
		name   string
		value  string
		o      *ImprintOptions
		reason string
	}{
		{"no bytes", "", nil, "0 bytes"},
		{"15 bytes", "fifteen bytes :", nil, "15 bytes"},
		{"no digits", "", &ImprintOptions{Alphabet: Digits}, "characters of the alphabet digits: want 6 to 512"},
		{"5 digits", "12345", &ImprintOptions{Alphabet: Digits}, "characters of the alphabet digits: want 6 to 512"},
		{"3 of 62", "abc", &ImprintOptions{Alphabet: Alnum}, "characters of the alphabet alnum: want 4 to 512"},
		{"19 of 2", strings.Repeat("1", 19), &ImprintOptions{Alphabet: binary}, "characters of the alphabet binary: want 20 to 512"},
		{"513 digits", strings.Repeat("9", 513), &ImprintOptions{Alphabet: Digits}, "characters of the alphabet digits: want 6 to 512"},
		{"others are not counted", "1-2-3-4-5", &ImprintOptions{Alphabet: Digits, KeepOthers: true}, "characters of the alphabet digits: want 6 to 512"},
		{"nothing but others", "secret", &ImprintOptions{Alphabet: Digits, KeepOthers: true}, "characters of the alphabet digits: want 6 to 512"},
		{"a letter", "123456x", &ImprintOptions{Alphabet: Digits}, "character 7 is outside the alphabet digits"},
		{"a capital", "αβγδεΖ", &ImprintOptions{Alphabet: greek}, "character 6 is outside the alphabet greek"},
		{"a composed letter", "1234567é", &ImprintOptions{Alphabet: Digits}, "character 8 is outside"},
		{"a zero byte", "123456\x00", &ImprintOptions{Alphabet: Digits}, "character 7 is outside"},
		{"no UTF-8", "123456\xff", &ImprintOptions{Alphabet: Digits}, "not valid UTF-8"},
		{"no UTF-8 among kept others", "123456\xff", &ImprintOptions{Alphabet: Digits, KeepOthers: true}, "not valid UTF-8"},
		{"an overlong digit", "123456\xc0\xb1", &ImprintOptions{Alphabet: Digits, KeepOthers: true}, "not valid UTF-8"},
		{"a surrogate", "123456\xed\xa0\x80", &ImprintOptions{Alphabet: Digits, KeepOthers: true}, "not valid UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, r := range []*Row{NewRow(d, homeRow), NewUnbound(d)} {
				for _, f := range []func(string, []byte, *ImprintOptions) ([]byte, error){r.Imprint, r.Reveal} {
					out, err := f(homeColumn, []byte(c.value), c.o)
					require.Nil(t, out)
					var imprintErr *ImprintError
					require.ErrorAs(t, err, &imprintErr)
					require.Equal(t, homeColumn, imprintErr.Column)
					require.Contains(t, imprintErr.Reason, c.reason)
					require.Contains(t, err.Error(), homeColumn)
					require.Contains(t, err.Error(), imprintErr.Reason)
					if utf8.ValidString(c.value) && len(c.value) > 1 {
						require.NotContains(t, err.Error(), c.value)
					}
				}
			}
		})
	}
}

// The lengths next to those refused above.
func TestShortestImprints(t *testing.T) {
	binary, err := NewAlphabet("binary", "01")
	require.NoError(t, err)
	var letters []rune
	for c := rune(0x100); len(letters) < 256; c++ {
		letters = append(letters, c)
	}
	all, err := NewAlphabet("all", string(letters))
	require.NoError(t, err)
	r := NewRow(home(t), homeRow)
	for _, c := range []struct {
		alphabet *Alphabet
		least    int
	}{{Digits, 6}, {Alnum, 4}, {binary, 20}, {all, 3}} {
		for _, n := range []int{c.least - 1, c.least, 512, 513} {
			value := strings.Repeat(c.alphabet.Chars()[:utf8.RuneLen([]rune(c.alphabet.Chars())[0])], n)
			_, err := r.Imprint(homeColumn, []byte(value), &ImprintOptions{Alphabet: c.alphabet})
			if n < c.least || n > 512 {
				require.Error(t, err, "%s, %d", c.alphabet.Name(), n)
			} else {
				require.NoError(t, err, "%s, %d", c.alphabet.Name(), n)
			}
		}
	}
}

func TestImprintUnderAnUnknownKey(t *testing.T) {
	r := NewRow(home(t), homeRow)
	for _, alphabet := range []*Alphabet{nil, Digits} {
		o := &ImprintOptions{Alphabet: alphabet, KeyID: 7}
		out, err := r.Imprint(homeColumn, []byte("0123456789012345"), o)
		requireUnknownKey(t, 7, out, err)
		out, err = r.Reveal(homeColumn, []byte("0123456789012345"), o)
		requireUnknownKey(t, 7, out, err)
		out, err = r.Reveal(homeColumn, nil, o)
		requireUnknownKey(t, 7, out, err)
	}
}

func TestImprintLeavesItsArgumentsAlone(t *testing.T) {
	r := NewRow(home(t), homeRow)
	value, o := []byte("0123456789012345"), ImprintOptions{Alphabet: Digits}
	for _, options := range []*ImprintOptions{nil, &o} {
		imprinted, err := r.Imprint(homeColumn, value, options)
		require.NoError(t, err)
		before := string(imprinted)
		_, err = r.Reveal(homeColumn, imprinted, options)
		require.NoError(t, err)
		require.Equal(t, before, string(imprinted))
	}
	require.Equal(t, "0123456789012345", string(value))
	require.Equal(t, ImprintOptions{Alphabet: Digits}, o)
}
