package like_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/dialect"
	"github.com/cellseal/cellseal/internal/like"
)

func compile(t testing.TB, pattern string, escape rune) *like.Pattern {
	p, err := like.Compile(pattern, escape)
	require.NoError(t, err)
	return p
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		pattern string
		escape  rune
		yes, no []string
	}{
		{"", 0, []string{""}, []string{"a"}},
		{"%", 0, []string{"", "a", "\n"}, nil},
		{"%%", 0, []string{"", "a"}, nil},
		{"_", 0, []string{"a", "é", "\U0001D400", "\n"}, []string{"", "ab", "e\u0301"}},
		{"_%_", 0, []string{"ab", "abc"}, []string{"a", ""}},
		{"abc", 0, []string{"abc"}, []string{"ab", "abcd", "ABC"}},
		{"a%", 0, []string{"a", "ab"}, []string{"", "ba"}},
		{"%a", 0, []string{"a", "aa", "ba"}, []string{"", "ab"}},
		{"%ab%b_", 0, []string{"abbc", "aababbbx"}, []string{"abc", "ab"}},
		{"100\\%", '\\', []string{"100%"}, []string{"100", "1000", "100\\%"}},
		{"100\\%", 0, []string{"100\\", "100\\x"}, []string{"100%"}},
		{"a\\_b\\\\\\c", '\\', []string{"a_b\\c"}, []string{"axb\\c"}},
		{"%%%_", '%', []string{"%_"}, []string{"%a"}},
		{"é%_", 'é', []string{"%a"}, []string{"éa"}},
	} {
		p := compile(t, c.pattern, c.escape)
		for _, s := range c.yes {
			require.True(t, p.Match(s), "%q %q", c.pattern, s)
		}
		for _, s := range c.no {
			require.False(t, p.Match(s), "%q %q", c.pattern, s)
		}
	}
}

func TestAnEscapeCharacterAtTheEndIsRefused(t *testing.T) {
	for pattern, escape := range map[string]rune{"a\\": '\\', "\\\\\\": '\\', "%%%": '%', "é%é": 'é'} {
		_, err := like.Compile(pattern, escape)
		require.ErrorContains(t, err, "escape character", "%q", pattern)
	}
}

func TestEscapeOfDialects(t *testing.T) {
	require.Equal(t, '\\', like.Escape(dialect.PostgreSQL))
	require.Equal(t, '\\', like.Escape(dialect.MySQL))
	require.Zero(t, like.Escape(dialect.SQLite))
}

func TestPartsOfPatterns(t *testing.T) {
	for pattern, want := range map[string]struct {
		runs   []like.Run
		prefix string
		all    bool
	}{
		"":          {nil, "", false},
		"%_%":       {nil, "", false},
		"abc":       {[]like.Run{{"abc", true, true}}, "abc", false},
		"abc%":      {[]like.Run{{"abc", true, false}}, "abc", true},
		"abc%%":     {[]like.Run{{"abc", true, false}}, "abc", true},
		"abc_%":     {[]like.Run{{"abc", true, false}}, "abc", false},
		"%abc":      {[]like.Run{{"abc", false, true}}, "", false},
		"a\\%b%c_d": {[]like.Run{{"a%b", true, false}, {"c", false, false}, {"d", false, true}}, "a%b", false},
	} {
		p := compile(t, pattern, '\\')
		require.Equal(t, want.runs, p.Runs(), pattern)
		text, all := p.Prefix()
		require.Equal(t, want.prefix, text, pattern)
		require.Equal(t, want.all, all, pattern)
	}
}

func TestMapAndTurned(t *testing.T) {
	p, err := compile(t, "%A-B_-%C", 0).Map(func(s string) (string, error) { return strings.ToLower(strings.ReplaceAll(s, "-", "")), nil })
	require.NoError(t, err)
	require.True(t, p.Match("xabycc"))
	require.True(t, p.Match("abyc"))
	require.False(t, p.Match("abc"))
	require.Equal(t, []like.Run{{"ab", false, false}, {"c", false, true}}, p.Runs())
	require.Equal(t, []like.Run{{"c", true, false}, {"ab", false, false}}, p.Turned().Runs())
	failure := errors.New("no")
	_, err = compile(t, "a%", 0).Map(func(string) (string, error) { return "", failure })
	require.ErrorIs(t, err, failure)
}

// translate is the pattern as a regular expression, by another way than Compile's.
func translate(pattern string, escape rune) string {
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	escaped := false
	for _, r := range pattern {
		switch {
		case !escaped && escape != 0 && r == escape:
			escaped = true
			continue
		case !escaped && r == '%':
			b.WriteString(".*")
		case !escaped && r == '_':
			b.WriteString(".")
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
		escaped = false
	}
	return b.String() + `\z`
}

func FuzzMatch(f *testing.F) {
	f.Add("%ab%b_", "aababbbx", int32(0))
	f.Add("a\\%_%", "a%bc", int32('\\'))
	f.Add("%é_漢%", "xéy漢", int32('|'))
	f.Fuzz(func(t *testing.T, pattern, text string, escape int32) {
		if !utf8.ValidString(pattern) || !utf8.ValidString(text) || len(pattern) > 200 || escape != 0 && !utf8.ValidRune(escape) {
			return
		}
		p, err := like.Compile(pattern, escape)
		if err != nil {
			return
		}
		got := p.Match(text)
		if want := regexp.MustCompile(translate(pattern, escape)).MatchString(text); got != want {
			t.Fatalf("%q like %q escape %q: %v", text, pattern, escape, got)
		}
		for _, run := range p.Runs() {
			if got && (!strings.Contains(text, run.Text) || run.AtFront && !strings.HasPrefix(text, run.Text) || run.AtEnd && !strings.HasSuffix(text, run.Text)) {
				t.Fatalf("%q like %q without %+v", text, pattern, run)
			}
		}
		if prefix, all := p.Prefix(); all && got != strings.HasPrefix(text, prefix) {
			t.Fatalf("%q like %q is not what begins with %q", text, pattern, prefix)
		}
	})
}

// A long text and a pattern that goes wrong late.
func TestMatchOfLongText(t *testing.T) {
	text := strings.Repeat("ab", 500_000)
	require.False(t, compile(t, "%aba%c", 0).Match(text))
	require.True(t, compile(t, "%ba_%b%a_", 0).Match(text))
}
