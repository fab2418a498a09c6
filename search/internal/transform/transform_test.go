package transform

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTransforms(t *testing.T) {
	for _, c := range []struct {
		by       []Transform
		in, want string
	}{
		{nil, " As it is ", " As it is "},

		{[]Transform{Trim}, " \t\r\n\v\fa b\u00A0\u1680\u2003\u2028\u2029\u202F\u205F\u3000\u0085 ", "a b"},
		{[]Transform{Trim}, "\u200Ba\uFEFF", "\u200Ba\uFEFF"}, // no White_Space
		{[]Transform{Trim}, " \u3000 ", ""},
		{[]Transform{Trim}, " \xff\x85 ", "\xff\x85"},

		{[]Transform{Space}, "  a \t\n b\u00A0\u00A0c ", "a b c"},
		{[]Transform{Space}, "a\u200Bb", "a\u200Bb"},
		{[]Transform{Space}, "\n", ""},

		{[]Transform{Digits}, "+353 (0)1 234-56.78", "353012345678"},
		{[]Transform{Digits}, "\u0661\u06F2\u0969\uFF14\U0001D7DB", "12343"},
		{[]Transform{Digits}, "\u00BD\u00B2\u2460\u216B\u4E09", ""}, // numbers, but no decimal digits
		{[]Transform{Digits}, "1\x00\x7f\xff2", "12"},
		{[]Transform{Digits}, "none", ""},

		{[]Transform{Alnum}, "DE89 3704-0044 \u0661", "DE89370400441"},
		{[]Transform{Alnum}, "Straße, Ωμέγα_漢字!", "StraßeΩμέγα漢字"},
		{[]Transform{Alnum}, "e\u0301\u00E9\u2160\u00B2\xffz", "e\u00E9z"},
		{[]Transform{Fold, Alnum}, "E\u0301-\u2160\u00B2", "\u00E9i2"},
		{[]Transform{Alnum}, "\u1C89\uA7CBa", "a"}, // letters only since 16.0

		{[]Transform{First(1)}, "漢字", "漢"},
		{[]Transform{First(3)}, "ab", "ab"},
		{[]Transform{First(3)}, "abc", "abc"},
		{[]Transform{First(3)}, "ßüéx", "ßüé"},
		{[]Transform{First(2)}, "e\u0301x", "e\u0301"},
		{[]Transform{First(2)}, "\xff\xfe\xfd", "\xff\xfe"}, // bytes stay what they are
		{[]Transform{First(64)}, strings.Repeat("é", 65), strings.Repeat("é", 64)},
		{[]Transform{First(4)}, "", ""},
		{[]Transform{Last(4)}, "1234567", "4567"},
		{[]Transform{Last(4)}, "4567", "4567"},
		{[]Transform{Last(4)}, "567", "567"},
		{[]Transform{Last(1)}, "漢字", "字"},
		{[]Transform{Last(2)}, "\xff\xfe\xfd", "\xfe\xfd"},
		{[]Transform{Last(64)}, "a" + strings.Repeat("é", 64), strings.Repeat("é", 64)},
		{[]Transform{Last(4)}, "", ""},

		{[]Transform{Email}, " Siobhan.O+Tag@Example.COM. ", "siobhan.o+tag@example.com"},
		{[]Transform{Email}, "a@b", "a@b"},
		{[]Transform{Email}, "a@b..", "a@b"},
		{[]Transform{Email}, "a@b. . ", "a@b"},
		{[]Transform{Email}, "\u00A0\uFF21@Bücher.EXAMPLE\u3000", "a@bücher.example"},
		{[]Transform{Email}, "\u037Aa@b", "\u03B9a@b"}, // NFKC makes a leading space here
		{[]Transform{Email}, "\"a@b\"@c", "\"a@b\"@c"},
		{[]Transform{Email}, "", ""},
		{[]Transform{Email}, " \u3000", ""},

		{[]Transform{Reverse}, "abc", "cba"},
		{[]Transform{Reverse}, "e\u0301\U0001D400ß", "ß\U0001D400\u0301e"}, // code points, not what one sees
		{[]Transform{Reverse}, "", ""},

		// In the order they are written.
		{[]Transform{Trim, Fold}, " Ä ", "ä"},
		{[]Transform{Fold, Reverse}, "E\u0301a", "aé"},
		{[]Transform{Reverse, Fold}, "E\u0301a", "áe"},
		{[]Transform{Reverse, First(2)}, "abc", "cb"},
		{[]Transform{Digits, Last(4)}, "12-34-56", "3456"},
		{[]Transform{Last(4), Digits}, "12-34-56", "456"},
		{[]Transform{Fold, First(2)}, "\uFB03x", "ff"},
		{[]Transform{First(2), Fold}, "\uFB03x", "ffix"},
		{[]Transform{Fold, Trim}, "\u037Aa", "\u03B9a"},
		{[]Transform{Trim, Fold}, "\u037Aa", " \u03B9a"},
		{[]Transform{Space, Fold, First(3), Last(1)}, "  A  B  ", "b"},
	} {
		got, err := Apply(c.in, c.by...)
		require.NoError(t, err, "%v of %+q", c.by, c.in)
		require.Equal(t, c.want, got, "%v of %+q", c.by, c.in)
	}
}

func TestTransformsThatRefuse(t *testing.T) {
	for _, in := range []string{"a", "@", "@b", "a@", "a@ ", " @b", "a@.", "a@. .", "...", "\u00A8", "a\uFF20", "example.com"} {
		_, err := Apply(in, Email)
		require.ErrorIs(t, err, errEmail, "%q", in)
	}
	_, err := Apply("a\uFF20b", Email) // a full-width @ is one
	require.NoError(t, err)
	_, err = Apply("a\xff@b", Email)
	require.ErrorIs(t, err, ErrUTF8)
	_, err = Apply("a\u1C89@b", Email)
	require.ErrorIs(t, err, errUnassigned)
}

func TestReverseRefusesWhatIsNoText(t *testing.T) {
	for _, in := range []string{"\xff", "\xa9\xc3", "a\xed\xa0\x80"} {
		_, err := Apply(in, Reverse)
		require.ErrorIs(t, err, ErrUTF8, "%q", in)
	}
}

func TestTransformNames(t *testing.T) {
	require.Equal(t, []Transform{"trim.v1", "space.v1", "fold.v1", "email.v1", "digits.v1", "alnum.v1", "reverse.v1", "first(1).v1", "last(64).v1"},
		[]Transform{Trim, Space, Fold, Email, Digits, Alnum, Reverse, First(1), Last(64)})
	for _, name := range []string{"trim", "space", "fold", "email", "digits", "alnum", "reverse", "first(1)", "first(64)", "last(4)", "last(64)"} {
		got, err := Parse(name)
		require.NoError(t, err)
		require.Equal(t, Transform(name+".v1"), got)
	}
	for _, name := range []string{
		"", "Fold", "lower", "fold.v1", "trim ", "first", "first()", "first(0)", "first(04)", "first(65)", "first(99)",
		"first(100)", "first(-1)", "first(1", "last(x)", "last(4)(4)", "fold(1)", "digits,last(4)",
	} {
		got, err := Parse(name)
		require.ErrorContains(t, err, "unknown transform", name)
		require.Empty(t, got)
	}
	for _, later := range []Transform{"fold.v2", "fold.v11", "last(4).v2", "fold", "first(4).v1\n"} {
		_, err := Compile(later)
		require.Error(t, err, "%s", later)
	}
}

func TestDistinctValues(t *testing.T) {
	const digit, char = 3.321928, 5.169925 // log2 of 10 and 36
	for _, c := range []struct {
		by   []Transform
		bits float64
	}{
		{[]Transform{Last(4)}, 4 * char},
		{[]Transform{First(1)}, char},
		{[]Transform{Digits, Last(4)}, 4 * digit},
		{[]Transform{Last(4), Digits}, 4 * digit}, // no more than the other way round
		{[]Transform{First(10), Fold, Last(3)}, 3 * char},
		{[]Transform{First(3), Last(10)}, 3 * char},
	} {
		require.InDelta(t, c.bits, Distinct(c.by), 1e-4, "%v", c.by)
	}
	for _, c := range [][]Transform{nil, {Fold}, {Digits}, {Trim, Email}} {
		require.Greater(t, Distinct(c), 1e9, "%v", c)
	}
}
