package sqltext

import (
	"encoding/hex"
	"strings"
)

// introducer says whether token n is a character set before a string: _utf8mb4 'x'. Sets
// that would give the string's bytes another meaning are refused.
func (l *lexer) introducer(n int) bool {
	t := l.toks[n]
	if t.Kind != Word || t.Text[0] != '_' || n > 0 && l.toks[n-1].Kind == Symbol && l.toks[n-1].Text == "." {
		return false
	}
	switch name := lower(t.Text[1:]); {
	case name == "utf8" || name == "utf8mb3" || name == "utf8mb4" || name == "binary":
		return true
	case foreignCharset[name]:
		fail(t.Pos, "a character set introducer other than _utf8mb4 and _binary")
	}
	return false
}

// foreignCharset are the other sets of MySQL and MariaDB. A name with an underscore that is
// none of them is an ordinary name.
var foreignCharset = set(`armscii8 ascii big5 cp1250 cp1251 cp1256 cp1257 cp850 cp852 cp866 cp932
	dec8 eucjpms euckr filename gb18030 gb2312 gbk geostd8 greek hebrew hp8 keybcs2 koi8r koi8u latin1
	latin2 latin5 latin7 macce macroman sjis swe7 tis620 ucs2 ujis utf16 utf16le utf32`)

// prefixedString reads a string with a letter before its quote, if one begins at l.pos.
func (l *lexer) prefixedString() bool {
	c, next := l.text[l.pos]|0x20, l.byteAt(l.pos+1)
	if l.d == PostgreSQL && l.has("$") {
		return l.dollarString()
	}
	if l.d == MySQL && l.conditional() {
		l.emit(Opaque, l.conditionalEnd(), "")
		return true
	}
	if l.d == PostgreSQL && c == 'u' && next == '&' {
		return l.unicodeString()
	}
	if next != '\'' || l.afterDot() {
		return false
	}
	switch {
	case c == 'x', c == 'b' && l.d != SQLite:
		l.digitString(c)
	case c == 'n' && l.d != SQLite, c == 'e' && l.d == PostgreSQL:
		esc := l.escapes()
		if c == 'e' {
			esc = escapePostgreSQL
		}
		value, end := l.stringAt(l.pos+1, '\'', esc)
		l.emit(StringToken, end, value)
	default:
		return false
	}
	return true
}

// unicodeString reads PostgreSQL's U&'…' and U&"…", whose escape character is said behind
// them only: opaque.
func (l *lexer) unicodeString() bool {
	quote := l.byteAt(l.pos + 2)
	if quote == '\'' && l.o.BackslashEscapes {
		fail(l.pos, "U&'…' without standard_conforming_strings")
	}
	var end int
	switch quote {
	case '\'':
		_, end = l.stringAt(l.pos+2, quote, nil)
	case '"':
		end = l.quoted(l.pos+2, quote, nil, new(strings.Builder))
	default:
		return false
	}
	l.emit(Opaque, end, "")
	return true
}

// digitString reads x'…' and b'…'. Text is the bytes, or of b'…' the digits.
func (l *lexer) digitString(prefix byte) {
	var value strings.Builder
	end := l.pos + 1
	for {
		n := strings.IndexByte(l.text[end+1:], '\'')
		if n < 0 {
			fail(l.pos, "unterminated quote")
		}
		value.WriteString(l.text[end+1 : end+1+n])
		end += n + 2
		if l.byteAt(end) == '\'' {
			fail(end, "a quote right behind a hexadecimal string")
		}
		next := -1
		if l.d == PostgreSQL {
			next = l.continuation(end)
		}
		if next < 0 {
			break
		}
		end = next
	}
	l.emit(BytesToken, end, l.digits(prefix, value.String()))
}

// digits decodes hexadecimal digits; an odd number of them is right in PostgreSQL's bit
// strings and behind MySQL's 0x.
func (l *lexer) digits(prefix byte, value string) string {
	if prefix == 'b' {
		if strings.Trim(value, "01") != "" {
			fail(l.pos, "a bit string of other digits than 0 and 1")
		}
		return value
	}
	if len(value)%2 == 1 && (l.d == PostgreSQL || l.text[l.pos] == '0') {
		value = "0" + value
	}
	raw, err := hex.DecodeString(value)
	if err != nil {
		fail(l.pos, "a malformed hexadecimal string")
	}
	return string(raw)
}

// dollarString reads PostgreSQL's $tag$…$tag$.
func (l *lexer) dollarString() bool {
	i := l.pos + 1
	if isNameStart(l.byteAt(i)) {
		for i < len(l.text) && (isNameStart(l.text[i]) || isDigit(l.text[i])) {
			i++
		}
	}
	if l.byteAt(i) != '$' {
		return false
	}
	tag := l.text[l.pos : i+1]
	n := strings.Index(l.text[i+1:], tag)
	if n < 0 {
		fail(l.pos, "unterminated dollar quote")
	}
	l.emit(StringToken, i+1+n+len(tag), l.text[i+1:i+1+n])
	return true
}
