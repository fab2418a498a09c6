package sqltext

import "strings"

// skip moves over white space and comments.
func (l *lexer) skip() {
	for l.pos < len(l.text) {
		switch {
		case l.spaceAt(l.pos):
			l.pos++
		case l.lineComment(l.pos):
			l.pos = l.lineEnd(l.pos)
		case l.has("/*") && !l.conditional():
			l.blockComment()
		default:
			return
		}
	}
}

func (l *lexer) spaceAt(i int) bool {
	switch l.text[i] {
	case ' ', '\t', '\n', '\r', '\f':
		return true
	case '\v':
		// SQLite takes it for white space behind other white space only.
		return l.d != SQLite
	}
	return false
}

// lineComment says whether a comment to the end of the line begins at i. MySQL wants white
// space or a control character behind the dashes, so that 5--1 is 6.
func (l *lexer) lineComment(i int) bool {
	if l.d == MySQL && l.text[i] == '#' {
		return true
	}
	if !strings.HasPrefix(l.text[i:], "--") {
		return false
	}
	if l.d != MySQL {
		return true
	}
	c := l.byteAt(i + 2)
	return c <= ' ' || c == 0x7f
}

// lineEnd is where the line comment at i ends. Only PostgreSQL ends it at a carriage return.
func (l *lexer) lineEnd(i int) int {
	ends := "\n"
	if l.d == PostgreSQL {
		ends = "\n\r"
	}
	if n := strings.IndexAny(l.text[i:], ends); n >= 0 {
		return i + n
	}
	return len(l.text)
}

// blockComment moves over a comment; they nest in PostgreSQL only.
func (l *lexer) blockComment() {
	start := l.pos
	if l.d == MySQL && l.has("/*+") {
		// The server reads an optimizer hint with another lexer, which knows quotes.
		l.pos = l.conditionalEnd()
		return
	}
	depth := 1
	for i := l.pos + 2; i+1 < len(l.text); {
		switch pair := l.text[i : i+2]; {
		case pair == "*/":
			i += 2
			if depth--; depth == 0 {
				l.pos = i
				return
			}
		case pair == "/*" && l.d == PostgreSQL:
			i += 2
			depth++
		default:
			i++
		}
	}
	fail(start, "unterminated comment")
}

// conditional says whether a comment whose content some servers execute begins at l.pos.
func (l *lexer) conditional() bool {
	return l.d == MySQL && (l.has("/*!") || l.has("/*M!"))
}

// conditionalEnd finds the end of a comment that the server may read either as text or as a
// comment, depending on its version. Unless both readings end at the same place it is an
// Error.
func (l *lexer) conditionalEnd() int {
	body := l.text[l.pos+2:]
	n := strings.Index(body, "*/")
	if n < 0 {
		fail(l.pos, "unterminated comment")
	}
	body = body[:n]
	doubt := strings.ContainsAny(body, "\\#") || strings.Contains(body, "--") || strings.Contains(body, "/*")
	var quote byte
	for i := range len(body) {
		switch c := body[i]; {
		case quote == c:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"' || c == '`'):
			quote = c
		}
	}
	if doubt || quote != 0 {
		fail(l.pos, "a conditional comment whose end depends on the server")
	}
	return l.pos + 2 + n + 2
}
