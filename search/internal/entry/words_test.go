package entry

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func words(text string) []string { return slices.Collect(Words(text)) }

func TestWords(t *testing.T) {
	for text, want := range map[string][]string{
		"":                                  nil,
		" \t.,'\u2019\u00B7-%_\x00\xff":     nil,
		"one":                               {"one"},
		"One, two;three  one":               {"One", "two", "three", "one"},
		"don't can\u2019t 'tis dogs' o''c":  {"don't", "can't", "tis", "dogs", "o", "c"},
		"l\u00B7l col\u00B7lecci\u00F3":     {"l\u00B7l", "col\u00B7lecci\u00F3"},
		"3.14 1.000.000 v1.2 1.a a.1":       {"3.14", "1.000.000", "v1.2", "1", "a", "a", "1"},
		"e.g. example.com.":                 {"e.g", "example.com"},
		"a1b2 42nd x'1":                     {"a1b2", "42nd", "x", "1"},
		"a.'b a'.b":                         {"a", "b", "a", "b"},
		"Siobh\u00E1n Siobha\u0301n":        {"Siobh\u00E1n", "Siobha\u0301n"},
		"a\u0301'b":                         {"a\u0301'b"},
		"\u6F22\u5B57\u3001\u304B\u306A":    {"\u6F22\u5B57", "\u304B\u306A"},
		"\u0661\u0662.\u0663":               {"\u0661\u0662.\u0663"},
		"a\u1C89b":                          {"a", "b"}, // a letter only since 16.0
		"\u00BD\u00B2\u2160x":               {"x"},      // numbers, but no decimal digits
		"a\xffb":                            {"a", "b"},
		"a'":                                {"a"},
		"snake_case kebab-case":             {"snake", "case", "kebab", "case"},
		strings.Repeat("\u00E9", 65) + " b": {strings.Repeat("\u00E9", 64), "b"},
		strings.Repeat("a", 63) + "'bc d":   {strings.Repeat("a", 63), "d"},
		strings.Repeat("a", 62) + "'bc d":   {strings.Repeat("a", 62) + "'b", "d"},
		strings.Repeat("a", 64) + "'" + "b1 b\u2019": {strings.Repeat("a", 64), "b"},
	} {
		require.Equal(t, want, words(text), "%+q", text)
	}
}

// What a word is may never change: of every code point alone, and between others.
func TestWordsOfEveryCodePoint(t *testing.T) {
	h := sha256.New()
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if utf8.ValidRune(r) {
			h.Write([]byte{byte(classOf(r)), byte(joiner(r) & 0xff)})
		}
	}
	require.Equal(t, "f3df5dea30b4188c487a0690baf6bfc42c35fce0515e7fa71dd918958e932687", hex.EncodeToString(h.Sum(nil)))
}

func TestWordKeysHoldTheWholeOnce(t *testing.T) {
	require.Nil(t, WordKeys(""))
	require.Equal(t, [][]byte{Whole(" - ")}, WordKeys(" - "), "a value without a word is found as a whole")
	require.Equal(t, [][]byte{Whole("b a b"), Word("b"), Word("a")}, WordKeys("b a b"))
	require.NotEqual(t, Whole("a"), Word("a"))
}

// Words stand apart where they stood together: each is one word by itself, and all of
// them with spaces between are the same words.
func FuzzWords(f *testing.F) {
	for _, s := range []string{"don't e.g. 3.14", "a\u0301'b l\u00B7l", strings.Repeat("a'", 70), "\xff1.a", "\u2019\u2019a\u20191"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		list := words(s)
		for _, w := range list {
			if again := words(w); len(again) != 1 || again[0] != w || utf8.RuneCountInString(w) > maxWord {
				t.Fatalf("%+q of %+q is %+q", w, s, again)
			}
		}
		if again := words(strings.Join(list, " ")); !slices.Equal(again, list) {
			t.Fatalf("%+q gave %+q and then %+q", s, list, again)
		}
	})
}
