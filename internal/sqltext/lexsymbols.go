package sqltext

import (
	"strconv"
	"strings"
)

// parameter reads a placeholder, if one begins at l.pos.
func (l *lexer) parameter() bool {
	c, next := l.text[l.pos], l.byteAt(l.pos+1)
	switch {
	case l.d == PostgreSQL && c == '$' && isDigit(next):
		l.numbered()
	case l.d == MySQL && c == '?':
		// The server takes ?a for no parameter.
		if l.nameByte(next) {
			fail(l.pos, "a parameter that runs into a name")
		}
		l.emit(ParamToken, l.pos+1, "")
	case l.d == SQLite && c == '?' && isDigit(next):
		l.numbered()
	case l.d == SQLite && c == '?':
		l.emit(ParamToken, l.pos+1, "")
	case l.d == SQLite && strings.IndexByte(":@$", c) >= 0:
		l.named()
	default:
		return false
	}
	return true
}

// numbered reads $3 and ?3. The servers know no parameter 0 and at most 65535 of them.
func (l *lexer) numbered() {
	end := l.pos + 1
	for isDigit(l.byteAt(end)) {
		end++
	}
	n, err := strconv.ParseUint(l.text[l.pos+1:end], 10, 16)
	if err != nil || n == 0 {
		fail(l.pos, "a parameter number out of range")
	}
	if l.d == PostgreSQL && isNameStart(l.byteAt(end)) {
		fail(l.pos, "a parameter that runs into a name")
	}
	l.emit(ParamToken, end, strconv.FormatUint(n, 10))
}

// named reads SQLite's :name, @name and $name. Tcl's $a::b(c) is refused.
func (l *lexer) named() {
	end := l.pos + 1
	for l.nameByte(l.byteAt(end)) {
		end++
	}
	if end == l.pos+1 || l.byteAt(end) == '(' || strings.HasPrefix(l.text[end:], "::") {
		fail(l.pos, "a malformed parameter")
	}
	l.emit(ParamToken, end, l.text[l.pos:end])
}

// variable reads MySQL's @ or @@ and the name that must follow it at once.
func (l *lexer) variable() {
	sign := l.pos
	if l.has("@@") {
		l.emit(Symbol, l.pos+2, "@@")
	} else {
		l.emit(Symbol, l.pos+1, "@")
	}
	c := l.byteAt(l.pos)
	switch {
	case c == '`', c == '"' && l.o.ANSIQuotes:
		l.quotedIdent()
	case (c == '\'' || c == '"') && l.pos == sign+1:
		// A string behind this one is not part of the name.
		var name strings.Builder
		end := l.quoted(l.pos, c, l.escapes(), &name)
		l.emit(StringToken, end, name.String())
	default:
		end := l.pos
		for c := l.byteAt(end); l.nameByte(c) && c < 0x80 || c == '.' && l.pos == sign+1; c = l.byteAt(end) {
			end++
		}
		if end == l.pos || l.byteAt(end) >= 0x80 {
			fail(sign, "a malformed variable")
		}
		l.emit(Word, end, l.text[l.pos:end])
	}
}

// Symbols of more than one byte, longest first, and those of one.
var (
	longMySQL  = []string{"<=>", "->>", "<<", ">>", "<=", ">=", "<>", "!=", "&&", "||", ":=", "->"}
	longSQLite = []string{"->>", "->", "||", "<<", ">>", "<=", ">=", "<>", "!=", "=="}
)

const (
	shortMySQL  = "+-*/%=<>!~^&|(),;."
	shortSQLite = "+-*/%=<>~&|(),;."
	selfPG      = ",()[];"
	operatorsPG = "~!@#^&|`?+-*/%<>="

	// maxOperator is PostgreSQL's limit for names, operators included.
	maxOperator = 63
)

func (l *lexer) symbol() {
	long, short := longMySQL, shortMySQL
	switch l.d {
	case PostgreSQL:
		l.symbolPostgreSQL()
		return
	case SQLite:
		long, short = longSQLite, shortSQLite
	}
	for _, s := range long {
		if l.has(s) {
			l.emit(Symbol, l.pos+len(s), s)
			return
		}
	}
	l.single(short)
}

func (l *lexer) single(known string) {
	if strings.IndexByte(known, l.text[l.pos]) < 0 {
		fail(l.pos, "a character that begins nothing")
	}
	l.emit(Symbol, l.pos+1, l.text[l.pos:l.pos+1])
}

func (l *lexer) symbolPostgreSQL() {
	for _, s := range []string{"::", ":=", ".."} {
		if l.has(s) {
			l.emit(Symbol, l.pos+2, s)
			return
		}
	}
	if strings.IndexByte(operatorsPG, l.text[l.pos]) < 0 {
		l.single(selfPG + ":.")
		return
	}
	end := l.pos
	for strings.IndexByte(operatorsPG, l.byteAt(end)) >= 0 && !strings.HasPrefix(l.text[end:], "/*") && !strings.HasPrefix(l.text[end:], "--") {
		end++
	}
	if end-l.pos > maxOperator {
		fail(l.pos, "an operator that is too long")
	}
	run := l.text[l.pos:end]
	// An operator ends in + or - only if it has a character in it that no standard operator has.
	for len(run) > 1 && strings.IndexByte("+-", run[len(run)-1]) >= 0 && !strings.ContainsAny(run[:len(run)-1], "~!@#^&|`?%") {
		run = run[:len(run)-1]
	}
	l.emit(Symbol, l.pos+len(run), run)
}
