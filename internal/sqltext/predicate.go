package sqltext

// predicate reads IS, IN, LIKE, BETWEEN and their kin behind x, if one of the level comes
// next.
func (p *parser) predicate(start int, x Expr, level int) Expr {
	if level <= p.isLevel() {
		if more := p.is(start, x); more != nil {
			return more
		}
	}
	if level > p.predicateLevel() {
		return nil
	}
	n := 0
	if p.at("NOT") {
		n = 1
	}
	k := p.keyAt(n)
	_, pattern := patterns[p.d][k]
	switch {
	case k == "BETWEEN":
		p.i += n + 1
		return p.between(start, x, n == 1)
	case k == "IN":
		p.i += n + 1
		return p.in(start, x, n == 1)
	case pattern:
		p.i += n + 1
		return p.pattern(start, x, k, n == 1)
	case p.d != MySQL || n == 1:
		return nil
	case p.accept("SOUNDS", "LIKE"):
		y := p.expr(membership + 1)
		return &Binary{Span: p.from(start), Op: "SOUNDS LIKE", X: x, Y: y}
	case p.accept("MEMBER", "OF"):
		p.expect("(")
		y := p.expr(lowest)
		p.expect(")")
		return &Binary{Span: p.from(start), Op: "MEMBER OF", X: x, Y: y}
	}
	return nil
}

// is reads IS …, ISNULL, NOTNULL and SQLite's NOT NULL.
func (p *parser) is(start int, x Expr) Expr {
	if p.d != MySQL {
		if op := p.any("ISNULL", "NOTNULL"); op != "" {
			return &Unary{Span: p.from(start), Op: op, X: x}
		}
		if p.d == SQLite && p.accept("NOT", "NULL") {
			return &Unary{Span: p.from(start), Op: "NOTNULL", X: x}
		}
	}
	if !p.accept("IS") {
		return nil
	}
	not := p.accept("NOT")
	op := "IS"
	if not {
		op = "IS NOT"
	}
	switch {
	case p.d != SQLite && p.accept("NULL"):
		return &IsNull{Span: p.from(start), X: x, Not: not}
	case p.d != MySQL && p.accept("DISTINCT", "FROM"):
		y := p.expr(p.isLevel() + 1)
		return &Binary{Span: p.from(start), Op: op + " DISTINCT FROM", X: x, Y: y}
	case p.d == SQLite:
		// NULL is an operand like any other: x IS NULL > 1 is x IS (NULL > 1).
		y := p.expr(equality + 1)
		if null, ok := y.(*Literal); ok && null.Kind == Null {
			return &IsNull{Span: p.from(start), X: x, Not: not}
		}
		return &Binary{Span: p.from(start), Op: op, X: x, Y: y}
	case p.at("TRUE"), p.at("FALSE"):
		kind := True
		if p.at("FALSE") {
			kind = False
		}
		y := p.constant(kind)
		return &Binary{Span: p.from(start), Op: op, X: x, Y: y}
	case p.accept("UNKNOWN"):
		return &Unary{Span: p.from(start), Op: op + " UNKNOWN", X: x}
	}
	p.unexpected("NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM")
	return nil
}

// between reads the bounds. They hold no comparison without parentheses, though PostgreSQL
// and SQLite would allow one in the lower.
func (p *parser) between(start int, x Expr, not bool) Expr {
	if p.d == PostgreSQL {
		p.any("SYMMETRIC", "ASYMMETRIC")
	}
	b := &Between{X: x, Not: not, Low: p.expr(p.predicateLevel() + 1)}
	p.expect("AND")
	// In MySQL the upper bound may be a predicate: x BETWEEN 1 AND y IN (2).
	high := p.predicateLevel() + 1
	if p.d == MySQL {
		high = membership
	}
	b.High = p.expr(high)
	b.Span = p.from(start)
	return b
}

func (p *parser) in(start int, x Expr, not bool) Expr {
	in := &In{X: x, Not: not}
	switch {
	case !p.at("("):
		p.unexpected("a list or a query")
	case p.isQuery():
		in.Query = p.subquery()
	default:
		p.expect("(")
		// SQLite allows an empty list.
		if p.d != SQLite || !p.at(")") {
			in.List = p.exprs()
		}
		p.expect(")")
	}
	in.Span = p.from(start)
	return in
}

func (p *parser) pattern(start int, x Expr, op string, not bool) Expr {
	escape := patterns[p.d][op]
	if op == "SIMILAR" {
		p.expect("TO")
		op = "SIMILAR TO"
	}
	if not {
		op = "NOT " + op
	}
	if p.quantified() {
		return p.comparedTo(start, x, op)
	}
	b := &Binary{Op: op, X: x, Y: p.expr(p.predicateLevel() + 1)}
	if escape && p.accept("ESCAPE") {
		b.Escape = p.expr(p.predicateLevel() + 1)
	}
	b.Span = p.from(start)
	return b
}
