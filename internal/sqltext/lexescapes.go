package sqltext

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// escapeMySQL leaves \% and \_ as they are: they are for LIKE.
func escapeMySQL(l *lexer, i int, out *strings.Builder) int {
	c := l.byteAt(i + 1)
	switch c {
	case 'n':
		c = '\n'
	case 't':
		c = '\t'
	case 'r':
		c = '\r'
	case 'b':
		c = '\b'
	case '0':
		c = 0
	case 'Z':
		c = 0x1a
	case '%', '_':
		out.WriteByte('\\')
	case 0:
		fail(i, "unterminated quote")
	}
	out.WriteByte(c)
	return i + 2
}

// escapePostgreSQL knows what E'…' does.
func escapePostgreSQL(l *lexer, i int, out *strings.Builder) int {
	c := l.byteAt(i + 1)
	switch {
	case c >= '0' && c <= '7':
		return l.escapedByte(i, i+1, 3, 8, out)
	case c == 'x' && isHex(l.byteAt(i+2)):
		return l.escapedByte(i, i+2, 2, 16, out)
	case c == 'u', c == 'U':
		return l.escapedRune(i, out)
	case c == 0:
		fail(i, "unterminated quote")
	}
	if at := strings.IndexByte("bfnrtv", c); at >= 0 {
		c = "\b\f\n\r\t\v"[at]
	}
	out.WriteByte(c)
	return i + 2
}

// escapedByte decodes up to max digits at from.
func (l *lexer) escapedByte(start, from, most, base int, out *strings.Builder) int {
	end := from
	for end < from+most && (base == 16 && isHex(l.byteAt(end)) || base == 8 && l.byteAt(end) >= '0' && l.byteAt(end) <= '7') {
		end++
	}
	n, err := strconv.ParseUint(l.text[from:end], base, 16)
	if err != nil || byte(n) == 0 {
		fail(start, "an escaped NUL byte")
	}
	// The server keeps the low eight bits of \777.
	out.WriteByte(byte(n))
	return end
}

// escapedRune decodes \uXXXX and \UXXXXXXXX, and two of them that are a surrogate pair.
func (l *lexer) escapedRune(i int, out *strings.Builder) int {
	r, end := l.codePoint(i)
	if utf16.IsSurrogate(r) {
		low, lowEnd := rune(0), end
		if l.byteAt(end) == '\\' && l.byteAt(end+1)|0x20 == 'u' {
			low, lowEnd = l.codePoint(end)
		}
		r, end = utf16.DecodeRune(r, low), lowEnd
		if r == utf8.RuneError {
			fail(i, "half a surrogate pair")
		}
	}
	if r == 0 || !utf8.ValidRune(r) {
		fail(i, "an invalid Unicode escape")
	}
	out.WriteRune(r)
	return end
}

func (l *lexer) codePoint(i int) (rune, int) {
	end := i + 6
	if l.text[i+1] == 'U' {
		end = i + 10
	}
	if end > len(l.text) {
		fail(i, "an invalid Unicode escape")
	}
	for _, c := range []byte(l.text[i+2 : end]) {
		if !isHex(c) {
			fail(i, "an invalid Unicode escape")
		}
	}
	n, err := strconv.ParseUint(l.text[i+2:end], 16, 32)
	if err != nil || n > utf8.MaxRune {
		fail(i, "an invalid Unicode escape")
	}
	return rune(n), end
}
