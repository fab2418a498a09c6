package sqltext

import "strconv"

// primary reads an operand: a constant, a name, a call, or something in parentheses.
func (p *parser) primary() Expr {
	switch t := p.peek(); t.Kind {
	case StringToken:
		return p.constant(String)
	case NumberToken:
		return p.constant(Number)
	case BytesToken:
		if c := p.text[t.Pos] | 0x20; c == 'b' || p.text[t.Pos:t.Pos+2] == "0b" {
			return p.constant(Bits)
		}
		return p.constant(Bytes)
	case ParamToken:
		return p.param()
	case Symbol:
		if p.at("(") {
			return p.parenthesized()
		}
		if p.d == MySQL && (p.at("@") || p.at("@@")) {
			return p.variable()
		}
	case Word:
		if x := p.keyword(); x != nil {
			return x
		}
		return p.nameOrCall()
	case QuotedIdent:
		return p.nameOrCall()
	}
	p.unexpected("an expression")
	return nil
}

func (p *parser) constant(kind LiteralKind) Expr {
	t := p.next()
	return &Literal{Span: t.Span, Kind: kind, Value: t.Text}
}

// param reads a placeholder and numbers it as the dialect's server does: SQLite counts on
// from the highest number so far, and gives a name the same number each time.
func (p *parser) param() Expr {
	t := p.next()
	x := &Param{Span: t.Span}
	switch n, err := strconv.Atoi(t.Text); {
	case err == nil:
		x.Number = n
	case t.Text == "":
		x.Number = p.maxNumber + 1
	default:
		x.Name = t.Text
		if p.named[t.Text] == 0 {
			if p.named == nil {
				p.named = map[string]int{}
			}
			p.named[t.Text] = p.maxNumber + 1
		}
		x.Number = p.named[t.Text]
	}
	p.maxNumber = max(p.maxNumber, x.Number)
	p.params = append(p.params, x)
	return x
}

// parenthesized reads a query, a row or an expression in parentheses.
func (p *parser) parenthesized() Expr {
	start := p.pos()
	if p.isQuery() {
		q := p.subquery()
		return &Subquery{Span: p.from(start), Query: q}
	}
	p.expect("(")
	l := p.exprs()
	p.expect(")")
	if len(l) == 1 {
		return &Paren{Span: p.from(start), X: l[0]}
	}
	return &Row{Span: p.from(start), Values: l}
}

// keyword reads what begins with a word that has its own syntax; nil if none comes next.
func (p *parser) keyword() Expr {
	start := p.pos()
	call := p.keyAt(1) == "("
	switch k := p.key(); {
	case k == "NULL":
		return p.constant(Null)
	case k == "TRUE":
		return p.constant(True)
	case k == "FALSE":
		return p.constant(False)
	case k == "CASE":
		return p.caseOf()
	case k == "EXISTS" && call:
		p.i++
		if !p.isQuery() {
			p.unexpected("a query")
		}
		q := p.subquery()
		return &Exists{Span: p.from(start), Query: q}
	case k == "CAST" && call:
		return p.cast()
	case k == "CONVERT" && call && p.d == MySQL:
		return p.convert()
	case k == "ROW" && call && p.d != SQLite:
		return p.row()
	case k == "ARRAY" && p.d == PostgreSQL:
		return p.array()
	case k == "INTERVAL" && p.d == MySQL:
		return p.interval()
	case k == "MATCH" && p.d == MySQL:
		return p.matchAgainst()
	case (k == "DATE" || k == "TIME" || k == "TIMESTAMP") && p.d == MySQL && p.kindAt(1) == StringToken:
		p.i++
		return &Cast{Type: p.toks[p.i-1].Span, X: p.constant(String), Span: p.from(start)}
	case p.d == PostgreSQL && p.typedLiteral():
		return p.literalOfType()
	}
	return nil
}

// nameOrCall reads a column or a call.
func (p *parser) nameOrCall() Expr {
	if p.isCall() {
		return p.specialCall()
	}
	if !p.isName(0) {
		p.unexpected("an expression")
	}
	return &Column{Name: p.name()}
}

// isCall says whether a function's name and its parenthesis come next.
func (p *parser) isCall() bool {
	n := 1
	for p.keyAt(n) == "." {
		n += 2
	}
	if p.keyAt(n) != "(" {
		return false
	}
	return p.isName(0) || n == 1 && callable[p.d][p.key()]
}

// caseOf reads CASE … END.
func (p *parser) caseOf() Expr {
	start := p.pos()
	p.expect("CASE")
	c := &Case{}
	if !p.at("WHEN") {
		c.X = p.expr(lowest)
	}
	for p.accept("WHEN") {
		w := When{Cond: p.expr(lowest)}
		p.expect("THEN")
		w.Then = p.expr(lowest)
		c.Whens = append(c.Whens, w)
	}
	if len(c.Whens) == 0 {
		p.unexpected("WHEN")
	}
	if p.accept("ELSE") {
		c.Else = p.expr(lowest)
	}
	p.expect("END")
	c.Span = p.from(start)
	return c
}

// row reads ROW(a, b).
func (p *parser) row() Expr {
	start := p.pos()
	p.expect("ROW", "(")
	r := &Row{}
	if !p.at(")") {
		r.Values = p.exprs()
	}
	p.expect(")")
	r.Span = p.from(start)
	return r
}

// array reads ARRAY[…] or ARRAY(SELECT …).
func (p *parser) array() Expr {
	start := p.pos()
	p.expect("ARRAY")
	if p.at("(") && p.isQuery() {
		q := p.subquery()
		return &Array{Span: p.from(start), Query: q}
	}
	return p.brackets(start)
}

// brackets reads […], whose elements may be such again.
func (p *parser) brackets(start int) Expr {
	defer p.enter()()
	p.expect("[")
	a := &Array{}
	if !p.at("]") {
		a.Values = list(p, func() Expr {
			if p.at("[") {
				return p.brackets(p.pos())
			}
			return p.expr(lowest)
		})
	}
	p.expect("]")
	a.Span = p.from(start)
	return a
}

// variable reads MySQL's @v, @@global.v and @v := x.
func (p *parser) variable() Expr {
	start := p.pos()
	session := p.next().Text == "@@"
	p.i++
	for session && p.symbol(".") {
		p.anyIdent()
	}
	v := &Other{What: "VARIABLE"}
	if !session && p.symbol(":=") {
		v.Args = []Expr{p.expr(lowest)}
	}
	v.Span = p.from(start)
	return v
}
