package sqltext

import "unicode/utf8"

// Limits against hostile statements. Nesting costs stack here and in whoever walks the
// tree; so does a chain, because a + b + c leans to the left.
const (
	maxDepth = 200
	maxChain = 5000
)

// Parse reads exactly one statement, which one semicolon may end.
func Parse(d Dialect, o Options, text string) (parsed *Parsed, err error) {
	defer catch(&err)
	toks, err := Scan(d, o, text)
	if err != nil {
		return nil, err
	}
	p := newParser(d, text, toks)
	explain := p.explain()
	st := p.statement(p.with())
	if p.symbol(";") && p.peek().Kind != 0 {
		fail(p.peek().Pos, "more than one statement")
	}
	if p.peek().Kind != 0 {
		p.unexpected("the end of the statement")
	}
	return &Parsed{Statement: st, Explain: explain, Params: p.params}, nil
}

type parser struct {
	d     Dialect
	text  string
	toks  []Token  // with one of kind 0 behind the last
	keys  []string // of words in upper case, of symbols as they are, else ""
	match []int    // of an opening parenthesis: the closing one's index
	i     int
	depth int

	params    []*Param
	maxNumber int            // the highest number a parameter has
	named     map[string]int // SQLite's numbers of names
}

func newParser(d Dialect, text string, toks []Token) *parser {
	p := &parser{d: d, text: text, toks: append(toks, Token{Span: Span{len(text), len(text)}})}
	p.keys = make([]string, len(p.toks))
	p.match = make([]int, len(p.toks))
	var open []int
	for i, t := range p.toks {
		switch t.Kind {
		case Word:
			p.keys[i] = upper(t.Text)
		case Symbol:
			p.keys[i] = t.Text
		case Opaque:
			fail(t.Pos, "text that is read only by some servers (/*! … */, U&)")
		}
		switch p.keys[i] {
		case "(":
			if open = append(open, i); len(open) > maxDepth {
				fail(t.Pos, "parentheses nested too deep")
			}
		case ")":
			if len(open) == 0 {
				fail(t.Pos, "an unbalanced parenthesis")
			}
			p.match[open[len(open)-1]] = i
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		fail(p.toks[open[len(open)-1]].Pos, "an unbalanced parenthesis")
	}
	return p
}

func (p *parser) peek() Token { return p.toks[p.i] }
func (p *parser) key() string { return p.keys[p.i] }

// keyAt is the key n tokens ahead; "" behind the end.
func (p *parser) keyAt(n int) string {
	if p.i+n < len(p.keys) {
		return p.keys[p.i+n]
	}
	return ""
}

func (p *parser) kindAt(n int) TokenKind {
	if p.i+n < len(p.toks) {
		return p.toks[p.i+n].Kind
	}
	return 0
}

func (p *parser) next() Token {
	t := p.toks[p.i]
	p.i++
	return t
}

// pos is where the next token begins.
func (p *parser) pos() int { return p.toks[p.i].Pos }

// from is the span from start to the last token read.
func (p *parser) from(start int) Span { return Span{start, p.end()} }

func (p *parser) end() int {
	if p.i == 0 {
		return 0
	}
	return p.toks[p.i-1].End
}

// at says whether these keywords or symbols come next.
func (p *parser) at(keys ...string) bool {
	for n, k := range keys {
		if p.keyAt(n) != k {
			return false
		}
	}
	return true
}

// accept reads these keywords if all of them come next.
func (p *parser) accept(keys ...string) bool {
	if !p.at(keys...) {
		return false
	}
	p.i += len(keys)
	return true
}

// symbol is accept for punctuation, which reads better.
func (p *parser) symbol(s string) bool { return p.accept(s) }

// any reads one of the keywords and returns it; "" if none comes next.
func (p *parser) any(keys ...string) string {
	for _, k := range keys {
		if p.accept(k) {
			return k
		}
	}
	return ""
}

func (p *parser) expect(keys ...string) {
	for _, k := range keys {
		if !p.accept(k) {
			p.unexpected(k)
		}
	}
}

// unexpected fails with what was met. A name may be a secret somebody forgot to quote, so
// only known words are said.
func (p *parser) unexpected(wanted string) {
	t, k := p.peek(), p.key()
	met := "the end"
	switch t.Kind {
	case Word:
		met = "a name"
		if reserved[p.d][k] || noAlias[k] || statements[k] {
			met = k
		}
	case QuotedIdent:
		met = "a quoted name"
	case StringToken, BytesToken:
		met = "a string"
	case NumberToken:
		met = "a number"
	case ParamToken:
		met = "a parameter"
	case Symbol:
		met = k
	}
	fail(t.Pos, "met "+met+" where "+wanted+" should be")
}

// enter counts nesting; call the result on return.
func (p *parser) enter() func() {
	if p.depth++; p.depth > maxDepth {
		fail(p.pos(), "nested too deep")
	}
	return func() { p.depth-- }
}

// chain counts the links of a chain of operators or joins.
func (p *parser) chain(n int) {
	if n > maxChain {
		fail(p.pos(), "too many operators in a row")
	}
}

// list reads one or more elements with commas between them.
func list[T any](p *parser, element func() T) []T {
	var l []T
	for {
		l = append(l, element())
		if !p.symbol(",") {
			return l
		}
	}
}

// isName says whether token n from here can name something.
func (p *parser) isName(n int) bool {
	k := p.kindAt(n)
	return k == QuotedIdent || k == Word && !reserved[p.d][p.keyAt(n)]
}

func (p *parser) ident() Ident {
	if !p.isName(0) {
		p.unexpected("a name")
	}
	return p.anyIdent()
}

// anyIdent reads a name where reserved words are names too: behind a dot or AS.
func (p *parser) anyIdent() Ident {
	t := p.peek()
	if t.Kind != Word && t.Kind != QuotedIdent {
		p.unexpected("a name")
	}
	p.i++
	id := Ident{Span: t.Span, Name: t.Text, Quoted: t.Kind == QuotedIdent}
	if p.d == PostgreSQL {
		if !id.Quoted {
			id.Name = lower(id.Name)
		}
		id.Name = clip(id.Name)
	}
	return id
}

// clip shortens a name to the 63 bytes PostgreSQL keeps of it, at a character's boundary: a
// longer spelling means the same column to the server.
func clip(name string) string {
	const most = 63
	if len(name) <= most {
		return name
	}
	n := most
	for !utf8.RuneStart(name[n]) {
		n--
	}
	return name[:n]
}

func (p *parser) name() Name {
	start := p.pos()
	parts := []Ident{p.ident()}
	for p.symbol(".") {
		parts = append(parts, p.anyIdent())
	}
	return Name{Span: p.from(start), Parts: parts}
}

// idents reads (a, b).
func (p *parser) idents() []Ident {
	p.expect("(")
	l := list(p, p.ident)
	p.expect(")")
	return l
}

// alias reads an alias with or without AS, if there is one.
func (p *parser) alias() *Ident {
	switch {
	case p.accept("AS"):
		id := p.ident()
		return &id
	case p.isName(0) && !noAlias[p.key()]:
		id := p.ident()
		return &id
	}
	return nil
}
