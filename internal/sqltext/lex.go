package sqltext

import (
	"strings"
	"unicode/utf8"
)

// Scan cuts text into tokens the way the dialect's server does. White space and comments
// are dropped. Where servers or their settings disagree about where a token ends, or the
// text is no valid UTF-8, the answer is an *Error: whoever decides by the tokens what may
// be sent in clear must not see a comment where the server sees a string.
//
// It takes for granted that the connection's character set is UTF-8; in GBK or SJIS a
// backslash can be half of a character.
func Scan(d Dialect, o Options, text string) (toks []Token, err error) {
	defer catch(&err)
	l := &lexer{d: d, o: o, text: text}
	l.run()
	return l.toks, nil
}

type lexer struct {
	d    Dialect
	o    Options
	text string
	pos  int
	toks []Token
}

// bail carries an *Error up to catch. Both lexer and parser stop at the first problem, and
// a hundred functions that pass on an error would hide the grammar.
type bail struct{ err *Error }

func fail(pos int, problem string) {
	panic(bail{&Error{Pos: pos, Problem: problem}})
}

func catch(err *error) {
	switch r := recover().(type) {
	case nil:
	case bail:
		*err = r.err
	default:
		panic(r)
	}
}

func (l *lexer) run() {
	if i := strings.IndexByte(l.text, 0); i >= 0 {
		fail(i, "a NUL byte")
	}
	if !utf8.ValidString(l.text) {
		fail(0, "the statement is not valid UTF-8")
	}
	switch l.d {
	case PostgreSQL, MySQL, SQLite:
	default:
		fail(0, "unknown dialect")
	}
	for {
		l.skip()
		if l.pos == len(l.text) {
			return
		}
		l.token()
	}
}

// byteAt is 0 behind the end, which no statement contains.
func (l *lexer) byteAt(i int) byte {
	if i < len(l.text) {
		return l.text[i]
	}
	return 0
}

func (l *lexer) has(prefix string) bool { return strings.HasPrefix(l.text[l.pos:], prefix) }

// emit adds the token that begins at l.pos and ends before end.
func (l *lexer) emit(kind TokenKind, end int, text string) {
	l.toks = append(l.toks, Token{Span: Span{l.pos, end}, Kind: kind, Text: text})
	l.pos = end
}

// last is the token before, of kind 0 at the beginning.
func (l *lexer) last() Token {
	if len(l.toks) == 0 {
		return Token{}
	}
	return l.toks[len(l.toks)-1]
}

func (l *lexer) token() {
	c := l.text[l.pos]
	switch {
	// SQLite skips a byte order mark before a token; elsewhere it is part of a name.
	case l.has("\uFEFF"):
		fail(l.pos, "a byte order mark")
	case c == '\'':
		l.plainString('\'')
	case c == '"' && l.d == MySQL && !l.o.ANSIQuotes:
		l.plainString('"')
	case c == '"', c == '`' && l.d != PostgreSQL, c == '[' && l.d == SQLite:
		l.quotedIdent()
	case l.prefixedString():
	case l.afterDot() && l.nameByte(c):
		l.word()
	case isDigit(c), c == '.' && isDigit(l.byteAt(l.pos+1)) && !l.separates():
		l.number()
	case isNameStart(c):
		l.word()
	case l.parameter():
	case c == '@' && l.d == MySQL:
		l.variable()
	default:
		l.symbol()
	}
}

// separates says whether the dot at l.pos stands right behind a name. In MySQL t.1a is then
// a name of two parts, where t .1 has a number in it.
func (l *lexer) separates() bool {
	t := l.last()
	return l.d == MySQL && t.End == l.pos && (t.Kind == Word || t.Kind == QuotedIdent)
}

// afterDot says whether a MySQL name part begins at l.pos, which may then begin with a digit.
func (l *lexer) afterDot() bool {
	t := l.last()
	return l.d == MySQL && t.Kind == Symbol && t.Text == "." && t.End == l.pos
}

// word reads an unquoted name. Bytes from 0x80 on belong to names in all dialects, which
// makes Unicode's white space no white space.
func (l *lexer) word() {
	end := l.pos + 1
	for end < len(l.text) && l.nameByte(l.text[end]) {
		end++
	}
	l.emit(Word, end, l.text[l.pos:end])
}

func (l *lexer) nameByte(c byte) bool { return isNameStart(c) || isDigit(c) || c == '$' }

func isNameStart(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isHex(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }
