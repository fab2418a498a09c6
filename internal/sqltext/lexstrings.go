package sqltext

import (
	"strings"
	"unicode/utf8"
)

// An escaper decodes the backslash sequence at i, writes what it means and returns the
// index behind it.
type escaper func(l *lexer, i int, out *strings.Builder) int

// plainString reads a string that has no prefix but perhaps a character set before it.
func (l *lexer) plainString(quote byte) {
	value, end := l.stringAt(l.pos, quote, l.escapes())
	if n := len(l.toks) - 1; n >= 0 && l.d == MySQL && l.introducer(n) {
		l.pos = l.toks[n].Pos
		l.toks = l.toks[:n]
	}
	l.emit(StringToken, end, value)
}

// escapes is how backslashes are read in a string without a prefix; nil if they are text.
func (l *lexer) escapes() escaper {
	switch {
	case !l.o.BackslashEscapes:
		return nil
	case l.d == PostgreSQL:
		return escapePostgreSQL
	case l.d == MySQL:
		return escapeMySQL
	}
	return nil
}

// stringAt decodes the string whose quote is at i and those that continue it.
func (l *lexer) stringAt(i int, quote byte, esc escaper) (string, int) {
	var out strings.Builder
	start := i
	for {
		end := l.quoted(i, quote, esc, &out)
		if i = l.continuation(end); i < 0 {
			if !utf8.ValidString(out.String()) {
				fail(start, "a string that decodes to invalid UTF-8")
			}
			return out.String(), end
		}
		quote = l.text[i]
	}
}

// quoted decodes what stands between the quote at i and its counterpart; a doubled quote is
// one quote. It returns the index behind the closing one.
func (l *lexer) quoted(i int, quote byte, esc escaper, out *strings.Builder) int {
	start := i
	for i++; i < len(l.text); {
		switch c := l.text[i]; {
		case c == '\\' && esc != nil:
			i = esc(l, i, out)
		case c != quote:
			out.WriteByte(c)
			i++
		case l.byteAt(i+1) == quote:
			out.WriteByte(c)
			i += 2
		default:
			return i + 1
		}
	}
	fail(start, "unterminated quote")
	return 0
}

// continuation is where a string goes on that seems to end before i; -1 if it does not.
// PostgreSQL continues it behind white space and line comments with a line end among them,
// MySQL behind whatever is no token. What continues it is read with the escapes of the
// first part.
func (l *lexer) continuation(i int) int {
	switch l.d {
	case PostgreSQL:
		return l.continuationPostgreSQL(i)
	case MySQL:
		pos := l.pos
		l.pos = i
		l.skip()
		i, l.pos = l.pos, pos
		if c := l.byteAt(i); c == '\'' || c == '"' && !l.o.ANSIQuotes {
			return i
		}
	}
	return -1
}

func (l *lexer) continuationPostgreSQL(i int) int {
	newline := false
	for i < len(l.text) {
		switch {
		case l.text[i] == '\n', l.text[i] == '\r':
			newline = true
			i++
		case l.spaceAt(i):
			i++
		case l.lineComment(i):
			i = l.lineEnd(i)
		case l.text[i] == '\'' && newline:
			return i
		default:
			return -1
		}
	}
	return -1
}

// quotedIdent reads "x", `x` or [x]. Backslashes mean nothing in them.
func (l *lexer) quotedIdent() {
	var name string
	var end int
	if l.text[l.pos] == '[' {
		n := strings.IndexByte(l.text[l.pos:], ']')
		if n < 0 {
			fail(l.pos, "unterminated quote")
		}
		name, end = l.text[l.pos+1:l.pos+n], l.pos+n+1
	} else {
		var out strings.Builder
		end = l.quoted(l.pos, l.text[l.pos], nil, &out)
		name = out.String()
	}
	if name == "" && l.d != SQLite {
		fail(l.pos, "an empty name")
	}
	l.emit(QuotedIdent, end, name)
}
