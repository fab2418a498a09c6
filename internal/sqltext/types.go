package sqltext

// cast reads CAST(x AS type).
func (p *parser) cast() Expr {
	start := p.pos()
	p.expect("CAST", "(")
	c := &Cast{X: p.expr(lowest)}
	p.expect("AS")
	c.Type = p.typeName()
	p.expect(")")
	c.Span = p.from(start)
	return c
}

// convert reads MySQL's CONVERT(x, type), and CONVERT(x USING charset), which is a call.
func (p *parser) convert() Expr {
	start := p.pos()
	id := p.anyIdent()
	p.expect("(")
	x := p.expr(lowest)
	if p.accept("USING") {
		p.anyIdent()
		p.expect(")")
		return &Call{Span: p.from(start), Name: Name{Span: id.Span, Parts: []Ident{id}}, Args: []Expr{x}}
	}
	p.expect(",")
	t := p.typeName()
	p.expect(")")
	return &Cast{Span: p.from(start), X: x, Type: t}
}

// typeName reads a type. Types matter to nobody here but for where they end.
func (p *parser) typeName() Span {
	start := p.pos()
	if p.d == PostgreSQL {
		p.typePostgreSQL()
		return p.from(start)
	}
	// Both other dialects take a row of words with numbers in parentheses, and only inside
	// of parentheses.
	p.anyIdent()
	for p.kindAt(0) == Word || p.at("(") {
		if p.at("(") {
			p.sizes()
		} else {
			p.i++
		}
	}
	return p.from(start)
}

// sizes reads (10, 2), of which SQLite allows signs.
func (p *parser) sizes() {
	p.expect("(")
	list(p, func() Token {
		if p.d == SQLite {
			p.any("+", "-")
		}
		if p.peek().Kind != NumberToken {
			p.unexpected("a number")
		}
		return p.next()
	})
	p.expect(")")
}

func (p *parser) typePostgreSQL() {
	switch k := p.key(); k {
	case "DOUBLE":
		p.i++
		p.accept("PRECISION")
	case "CHARACTER", "CHAR", "NCHAR", "BIT":
		p.i++
		p.accept("VARYING")
	case "NATIONAL":
		p.i++
		p.any("CHARACTER", "CHAR")
		p.accept("VARYING")
	case "INTERVAL":
		p.i++
		p.intervalFields()
	case "TIME", "TIMESTAMP":
		p.i++
		if p.at("(") {
			p.sizes()
		}
		if !p.accept("WITH", "TIME", "ZONE") {
			p.accept("WITHOUT", "TIME", "ZONE")
		}
	default:
		p.name()
	}
	if p.at("(") {
		p.sizes()
	}
	p.accept("ARRAY")
	for p.symbol("[") {
		if p.peek().Kind == NumberToken {
			p.i++
		}
		p.expect("]")
	}
}

// intervalFields reads DAY TO SECOND, if it follows INTERVAL.
func (p *parser) intervalFields() {
	fields := []string{"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"}
	if p.any(fields...) != "" && p.accept("TO") && p.any(fields...) == "" {
		p.unexpected("a field of an interval")
	}
}

// typedLiteral says whether PostgreSQL's type 'literal' comes next.
func (p *parser) typedLiteral() bool {
	if !p.isName(0) {
		return false
	}
	n := 1
	for p.keyAt(n) == "." {
		n += 2
	}
	switch p.key() {
	case "DOUBLE", "CHARACTER", "CHAR", "BIT":
		if p.keyAt(n) == "PRECISION" || p.keyAt(n) == "VARYING" {
			n++
		}
	}
	switch p.key() {
	case "TIME", "TIMESTAMP", "INTERVAL", "CHARACTER", "CHAR", "BIT":
		if p.keyAt(n) == "(" {
			n = p.match[p.i+n] + 1 - p.i
		}
		if (p.keyAt(n) == "WITH" || p.keyAt(n) == "WITHOUT") && p.keyAt(n+1) == "TIME" {
			n += 3
		}
	}
	return p.kindAt(n) == StringToken
}

// literalOfType reads date '2020-01-01' and interval '1' day.
func (p *parser) literalOfType() Expr {
	start := p.pos()
	interval := p.at("INTERVAL")
	c := &Cast{Type: p.typeName()}
	if p.peek().Kind != StringToken {
		p.unexpected("a string")
	}
	c.X = p.constant(String)
	if interval {
		p.intervalFields()
	}
	c.Span = p.from(start)
	return c
}

// units are those of MySQL's INTERVAL.
var units = set(`MICROSECOND SECOND MINUTE HOUR DAY WEEK MONTH QUARTER YEAR SECOND_MICROSECOND
	MINUTE_MICROSECOND MINUTE_SECOND HOUR_MICROSECOND HOUR_SECOND HOUR_MINUTE DAY_MICROSECOND DAY_SECOND
	DAY_MINUTE DAY_HOUR YEAR_MONTH`)

// interval reads MySQL's INTERVAL 1 DAY, and the function INTERVAL(a, b).
func (p *parser) interval() Expr {
	start := p.pos()
	id := p.anyIdent()
	x := p.expr(lowest)
	if row, ok := x.(*Row); ok && !units[p.key()] {
		return &Call{Span: p.from(start), Name: Name{Span: id.Span, Parts: []Ident{id}}, Args: row.Values}
	}
	if !units[p.key()] {
		p.unexpected("a unit of time")
	}
	p.i++
	return &Other{Span: p.from(start), What: "INTERVAL", Args: []Expr{x}}
}

// matchAgainst reads MATCH (a, b) AGAINST (x IN BOOLEAN MODE).
func (p *parser) matchAgainst() Expr {
	start := p.pos()
	p.expect("MATCH")
	o := &Other{What: "MATCH"}
	if p.symbol("(") {
		o.Args = p.exprs()
		p.expect(")")
	} else {
		o.Args = p.exprs()
	}
	p.expect("AGAINST", "(")
	// IN is no operator here.
	o.Args = append(o.Args, p.expr(membership+1))
	if !p.accept("IN", "BOOLEAN", "MODE") {
		p.accept("IN", "NATURAL", "LANGUAGE", "MODE")
		p.accept("WITH", "QUERY", "EXPANSION")
	}
	p.expect(")")
	o.Span = p.from(start)
	return o
}
