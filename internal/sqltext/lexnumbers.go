package sqltext

import "strings"

// number reads a number. One that runs into a name is an Error, except in MySQL, where 1abc
// is a name.
func (l *lexer) number() {
	if l.d == MySQL {
		l.numberMySQL()
		return
	}
	end := l.pos
	if based := l.based(); based > 0 {
		end = based
	} else {
		end = l.decimals(end)
		// 1..2 is a range.
		if l.byteAt(end) == '.' && (l.d != PostgreSQL || l.byteAt(end+1) != '.') {
			end = l.decimals(end + 1)
		}
		end = l.exponent(end)
	}
	l.numberEnds(end)
	l.emit(NumberToken, end, l.text[l.pos:end])
}

// based is the end of 0x1F, 0o17 or 0b101 at l.pos; 0 if there is none. SQLite has the first
// of them.
func (l *lexer) based() int {
	if l.text[l.pos] != '0' {
		return 0
	}
	var digit func(byte) bool
	switch c := l.byteAt(l.pos+1) | 0x20; {
	case c == 'x':
		digit = isHex
	case c == 'o' && l.d == PostgreSQL:
		digit = func(c byte) bool { return c >= '0' && c <= '7' }
	case c == 'b' && l.d == PostgreSQL:
		digit = func(c byte) bool { return c == '0' || c == '1' }
	default:
		return 0
	}
	end := l.pos + 2
	for digit(l.byteAt(end)) || l.byteAt(end) == '_' && digit(l.byteAt(end+1)) {
		end++
	}
	if end == l.pos+2 {
		fail(l.pos, "a malformed number")
	}
	return end
}

// decimals moves over digits, with single underscores between them outside MySQL.
func (l *lexer) decimals(i int) int {
	for isDigit(l.byteAt(i)) || l.d != MySQL && l.byteAt(i) == '_' && i > l.pos && isDigit(l.text[i-1]) && isDigit(l.byteAt(i+1)) {
		i++
	}
	return i
}

// exponent moves over e5, E-5 and the like, if there is one.
func (l *lexer) exponent(i int) int {
	if l.byteAt(i)|0x20 != 'e' {
		return i
	}
	sign := i + 1
	if c := l.byteAt(sign); c == '+' || c == '-' {
		sign++
	}
	if !isDigit(l.byteAt(sign)) {
		return i
	}
	return l.decimals(sign)
}

func (l *lexer) numberEnds(end int) {
	if l.nameByte(l.byteAt(end)) {
		fail(l.pos, "a number that runs into a name")
	}
}

func (l *lexer) numberMySQL() {
	if l.has("0x") || l.has("0b") {
		prefix, end := l.text[l.pos+1], l.pos+2
		for isHex(l.byteAt(end)) && (prefix == 'x' || l.text[end] <= '1') {
			end++
		}
		if end > l.pos+2 && !l.nameByte(l.byteAt(end)) {
			l.emit(BytesToken, end, l.digits(prefix, l.text[l.pos+2:end]))
			return
		}
		l.word()
		return
	}
	end := l.decimals(l.pos)
	if l.byteAt(end) == '.' {
		end = l.decimals(end + 1)
	}
	if e := l.exponent(end); e > end {
		end = e
	} else if l.nameByte(l.byteAt(end)) && !strings.Contains(l.text[l.pos:end], ".") {
		l.word()
		return
	}
	l.numberEnds(end)
	l.emit(NumberToken, end, l.text[l.pos:end])
}
