package sqltext

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	backslash = Options{BackslashEscapes: true}
	ansi      = Options{ANSIQuotes: true, BackslashEscapes: true}
)

// spell writes tokens as kind:text, one letter a kind.
func spell(toks []Token) string {
	var out []string
	for _, t := range toks {
		out = append(out, fmt.Sprintf("%c:%s", "?wqsnbp.o"[t.Kind], t.Text))
	}
	return strings.Join(out, " ")
}

func TestScan(t *testing.T) {
	for _, c := range []struct {
		d    Dialect
		o    Options
		text string
		want string
	}{
		// Strings of PostgreSQL.
		{PostgreSQL, Options{}, `'it''s'`, `s:it's`},
		{PostgreSQL, Options{}, `'a\' x`, `s:a\ w:x`},
		{PostgreSQL, backslash, `'a\' x'`, `s:a' x`},
		{PostgreSQL, Options{}, `E'a\' x'`, `s:a' x`},
		{PostgreSQL, Options{}, `e'\x41\101\u0041\U00000041\q\\'`, `s:AAAAq\`},
		{PostgreSQL, Options{}, `E'\uD83D\uDE00'`, "s:\U0001F600"},
		{PostgreSQL, Options{}, "'a'\n'b'", `s:ab`},
		{PostgreSQL, Options{}, "'a' -- c'\n 'b'", `s:ab`},
		{PostgreSQL, Options{}, "'a' 'b'", `s:a s:b`},
		{PostgreSQL, Options{}, "'a' /*\n*/ 'b'", `s:a s:b`},
		{PostgreSQL, Options{}, "'a'\n/**/'b'", `s:a s:b`},
		{PostgreSQL, Options{}, "E'a'\n'b\\'c'", `s:ab'c`},
		{PostgreSQL, Options{}, "'a'\n'b\\' c", `s:ab\ w:c`},
		{PostgreSQL, Options{}, `N'a\' n 'b'`, `s:a\ w:n s:b`},
		{PostgreSQL, Options{}, `B'101' X'4142'`, `b:101 b:AB`},
		{PostgreSQL, Options{}, "X'41'\n'42'", `b:AB`},
		{PostgreSQL, Options{}, `U&'\0041' U&"x" u & 'y'`, `o: o: w:u .:& s:y`},
		{PostgreSQL, Options{}, `be'a'`, `w:be s:a`},
		// Dollar quotes.
		{PostgreSQL, Options{}, `$$a'$$ $t$b$$c$t$`, `s:a' s:b$$c`},
		{PostgreSQL, Options{}, `$T$a$t$b$T$`, `s:a$t$b`},
		{PostgreSQL, Options{}, `a$b$c`, `w:a$b$c`},
		{PostgreSQL, Options{}, `$1 $02`, `p:1 p:2`},
		// Names.
		{PostgreSQL, Options{}, `"a""b" A "x\"`, `q:a"b w:A q:x\`},
		{PostgreSQL, Options{}, "a\u00a0b", "w:a\u00a0b"},
		// Comments of PostgreSQL.
		{PostgreSQL, Options{}, "a /* x /* y */ ' */ b", `w:a w:b`},
		{PostgreSQL, Options{}, "a /*/**/*/ b", `w:a w:b`},
		{PostgreSQL, Options{}, "a -- x\rb -- y\nc --", `w:a w:b w:c`},
		{PostgreSQL, Options{}, "a # b", `w:a .:# w:b`},
		// Operators.
		{PostgreSQL, Options{}, "a=-1", `w:a .:= .:- n:1`},
		{PostgreSQL, Options{}, "a@-1", `w:a .:@- n:1`},
		{PostgreSQL, Options{}, "a*--1\nb", `w:a .:* w:b`},
		{PostgreSQL, Options{}, "a=/*c*/b", `w:a .:= w:b`},
		{PostgreSQL, Options{}, "a ?| b ? c::d", `w:a .:?| w:b .:? w:c .::: w:d`},
		{PostgreSQL, Options{}, "a<>b!=c", `w:a .:<> w:b .:!= w:c`},
		{PostgreSQL, Options{}, "@name", `.:@ w:name`},
		// Numbers.
		{PostgreSQL, Options{}, "1_000 0x1F .5 1e5 1. 1E-5 1..2", `n:1_000 n:0x1F n:.5 n:1e5 n:1. n:1E-5 n:1 .:.. n:2`},

		// Strings of MySQL.
		{MySQL, backslash, `'a\' x' "b\" ""y"`, `s:a' xb" "y`},
		{MySQL, Options{}, `'a\' , 'x'`, `s:a\ .:, s:x`},
		{MySQL, ansi, `"a\" x`, `q:a\ w:x`},
		{MySQL, ansi, `'a' "b"`, `s:a q:b`},
		{MySQL, backslash, `'\n\0\Z\%\_\q'`, "s:\n\x00\x1a\\%\\_q"},
		{MySQL, backslash, "'a' /* ' */ 'b' -- '\n\"c\"", `s:abc`},
		{MySQL, backslash, `_utf8mb4 'x' _BINARY'y' N'z'`, `s:x s:y s:z`},
		{MySQL, backslash, `_foo 'x' t._utf8 'y'`, `w:_foo s:x w:t .:. w:_utf8 s:y`},
		{MySQL, backslash, `x'4142' X'' 0x41 0x141 b'01' 0b1`, "b:AB b: b:A b:\x01A b:01 b:1"},
		{MySQL, backslash, "`a``b\\`", "q:a`b\\"},
		// Comments of MySQL.
		{MySQL, backslash, "5--1", `n:5 .:- .:- n:1`},
		{MySQL, backslash, "5-- 1\n--\n6 --", `n:5 n:6`},
		{MySQL, backslash, "5--\x011\n6", `n:5 n:6`},
		{MySQL, backslash, "a # 'x\rb\nc", `w:a w:c`},
		{MySQL, backslash, "a /* /* */ b", `w:a w:b`},
		{MySQL, backslash, "a /*/ b */ c", `w:a w:c`},
		{MySQL, backslash, "a /*!50000 b '*' */ /*M!1 c */ d", `w:a o: o: w:d`},
		{MySQL, backslash, "SELECT /*+ MAX_EXECUTION_TIME(1) */ a", `w:SELECT w:a`},
		// Names, numbers, variables of MySQL.
		{MySQL, backslash, "1abc 1e5 1e 1ex 0X1 a$b t.1a t.5 .5 1.5", `w:1abc n:1e5 w:1e w:1ex w:0X1 w:a$b w:t .:. w:1a w:t .:. w:5 n:.5 n:1.5`},
		{MySQL, backslash, "@v @a.b @`x` @'y' 'z' @@global.x := ?", `.:@ w:v .:@ w:a.b .:@ q:x .:@ s:y s:z .:@@ w:global .:. w:x .::= p:`},
		{MySQL, backslash, "a->'x'->>'y'<=>b&&c||!d<<e", `w:a .:-> s:x .:->> s:y .:<=> w:b .:&& w:c .:|| .:! w:d .:<< w:e`},

		// SQLite.
		{SQLite, backslash, `'a\' x`, `s:a\ w:x`},
		{SQLite, Options{}, "\"a\"\"b\" `c``d` [e\"f] \"\"", "q:a\"b q:c`d q:e\"f q:"},
		{SQLite, Options{}, "'a' 'b'", `s:a s:b`},
		{SQLite, Options{}, "x'41' X'4243'", `b:A b:BC`},
		{SQLite, Options{}, "? ?3 :a @b $c", `p: p:3 p::a p:@b p:$c`},
		{SQLite, Options{}, "a -- x\rb\nc /* /* */ d", `w:a w:c w:d`},
		{SQLite, Options{}, "a==b||c->>'d'", `w:a .:== w:b .:|| w:c .:->> s:d`},
		{SQLite, Options{}, "a--1\n+0x1F", `w:a .:+ n:0x1F`},
	} {
		toks, err := Scan(c.d, c.o, c.text)
		require.NoError(t, err, c.text)
		require.Equal(t, c.want, spell(toks), "%q", c.text)
	}
}

func TestScanRefuses(t *testing.T) {
	for _, c := range []struct {
		d    Dialect
		o    Options
		text []string
	}{
		{PostgreSQL, Options{}, []string{
			"'a", `"a`, "$$a", "$a$b$A$", "/* /* */", `E'a\'`, `E'\u12'`, `E'\uD83D'`, `E'\000'`, `E'\xff'`, "1$1", "1a", "0x", "1__0",
			"$1a", "$0", "$99999", "a\x00", "a\xff", "\ufeffa", `""`, "B'2'", "X'4142''43'", "{", `\`, strings.Repeat("*", 64), "$a",
		}},
		{PostgreSQL, backslash, []string{`'a\'`, `U&'a'`}},
		{MySQL, backslash, []string{
			"'a", `'a\'`, "`a", "/* a", "/*! a", "/*! '*/' */", "/*! /* */ */", "/*! -- */", `/*+ \ */`, "/*+ x('*/') */", "?a", "@ x", "@",
			"x'4'", "b'2'", `\N`, "{d '2020-01-01'}", "``", "$$a$$", "$a", "_latin1'x'", "_gbk 'x'", "1.5a", "1e5a", ":a", "a\x01",
		}},
		{MySQL, ansi, []string{`"a`}},
		{SQLite, Options{}, []string{
			"'a", "[a", "/* a", "?0", ":", "@ a", "$a::b", "$a(b)", ":a(b)", "#a", "!a", "1a", "x'4'", "x'zz'", "a \v b", "\ufeffa",
		}},
	} {
		for _, text := range c.text {
			_, err := Scan(c.d, c.o, text)
			var e *Error
			require.ErrorAs(t, err, &e, "%q", text)
			require.LessOrEqual(t, e.Pos, len(text))
		}
	}
	_, err := Scan(0, Options{}, "SELECT 1")
	require.Error(t, err)
}

func TestScanSpans(t *testing.T) {
	toks, err := Scan(MySQL, backslash, "SELECT _utf8'a' 'b' x, 1")
	require.NoError(t, err)
	require.Equal(t, Span{7, 19}, toks[1].Span)
	toks, err = Scan(PostgreSQL, Options{}, "E'a'\n'b' $12::int")
	require.NoError(t, err)
	require.Equal(t, Span{0, 8}, toks[0].Span)
	require.Equal(t, Span{9, 12}, toks[1].Span)
}

// Hostile text is read in linear time: each of these took minutes if one step were
// quadratic.
func TestScanIsLinear(t *testing.T) {
	const n = 200_000
	for _, unit := range []string{"'a'\n", "(", "- ", "+", "/*", "$a", "1 "} {
		_, _ = Scan(PostgreSQL, Options{}, strings.Repeat(unit, n))
		_, _ = Parse(PostgreSQL, Options{}, "SELECT "+strings.Repeat(unit, n))
		_, _ = Parse(MySQL, backslash, "SELECT "+strings.Repeat(unit, n))
	}
}
