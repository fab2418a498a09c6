package sqltext

// Options says how a connection reads text where that is the server's setting.
type Options struct {
	// BackslashEscapes is on in MySQL unless NO_BACKSLASH_ESCAPES, off in PostgreSQL
	// unless standard_conforming_strings = off.
	BackslashEscapes bool
	// ANSIQuotes makes "…" an identifier in MySQL.
	ANSIQuotes bool
}

// An Error says where a statement is not understood, and what was met there. It never quotes
// literals.
type Error struct {
	Pos     int
	Problem string
}

func (e *Error) Error() string { return e.Problem }

// A TokenKind says what a Token is.
type TokenKind uint8

// The kinds of tokens. White space and comments are none.
const (
	Word        TokenKind = iota + 1 // an unquoted identifier or keyword
	QuotedIdent                      // "x", `x`, [x]
	StringToken
	NumberToken
	BytesToken // x'…', b'…', 0x…
	ParamToken
	Symbol // an operator or punctuation
	// Opaque is what may hide anything: MySQL's /*! … */ and /*M! … */, PostgreSQL's U&"…".
	// Its content is not read.
	Opaque
)

// A Token is one lexeme.
type Token struct {
	Span
	Kind TokenKind
	// Text is a Word as written, an identifier or string decoded, a Symbol or number as written,
	// a Param's name or number.
	Text string
}

// A Parsed is one statement that was understood to its last token.
type Parsed struct {
	Statement Statement
	// Explain is the span of an EXPLAIN … before the statement; empty if there is none.
	Explain Span
	// Params are the placeholders in the order of the text.
	Params []*Param
}
