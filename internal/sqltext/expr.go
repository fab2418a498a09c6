package sqltext

// expr reads an expression whose operators all bind at least as tight as level.
func (p *parser) expr(level int) Expr {
	defer p.enter()()
	start := p.pos()
	x := p.prefixed()
	for n := 0; ; n++ {
		p.chain(n)
		more := p.postfixed(start, x, level)
		if more == nil {
			more = p.predicate(start, x, level)
		}
		if more == nil {
			more = p.binary(start, x, level)
		}
		if more == nil {
			return x
		}
		x = more
	}
}

func (p *parser) exprs() []Expr {
	return list(p, func() Expr { return p.expr(lowest) })
}

// value reads an expression or DEFAULT, which VALUES and SET allow.
func (p *parser) value() Expr {
	if p.at("DEFAULT") && p.keyAt(1) != "(" {
		return p.constant(Default)
	}
	return p.expr(lowest)
}

// prefixed reads an operand with the operators before it.
func (p *parser) prefixed() Expr {
	start := p.pos()
	op, level := "", unary
	switch k := p.key(); {
	case p.at("NOT"):
		op, level = "NOT", negation
	case k == "-" || k == "+":
		op = k
	case k == "~" && p.d != PostgreSQL:
		op = k
	case p.d == MySQL && k == "!", p.d == MySQL && k == "BINARY":
		op, level = k, tight
	case p.d == PostgreSQL && p.operatorLevel() == operation && p.peek().Kind == Symbol:
		op, level = k, operation+1
	default:
		return p.primary()
	}
	p.i++
	x := p.expr(level)
	return &Unary{Span: p.from(start), Op: op, X: x}
}

// binary reads an operator and its right operand, if one of the level comes next.
func (p *parser) binary(start int, x Expr, level int) Expr {
	at, op := p.operatorLevel(), p.key()
	if op == "OPERATOR" && p.d == PostgreSQL && p.keyAt(1) == "(" {
		at = operation
	}
	if at == 0 || at < level {
		return nil
	}
	p.i++
	switch op {
	case "!=":
		op = "<>"
	case "==":
		op = "="
	case "&&":
		if p.d == MySQL {
			op = "AND"
		}
	case "OPERATOR":
		p.qualifiedOperator()
	}
	if p.quantified() {
		return p.comparedTo(start, x, op)
	}
	y := p.expr(at + 1)
	return &Binary{Span: p.from(start), Op: op, X: x, Y: y}
}

// qualifiedOperator reads what follows OPERATOR: (pg_catalog.=).
func (p *parser) qualifiedOperator() {
	p.expect("(")
	for p.isName(0) {
		p.ident()
		p.expect(".")
	}
	if p.peek().Kind != Symbol || p.at(")") {
		p.unexpected("an operator")
	}
	p.i++
	p.expect(")")
}

// quantified says whether ANY, SOME or ALL with its parenthesis comes next.
func (p *parser) quantified() bool {
	if p.d == SQLite || p.keyAt(1) != "(" {
		return false
	}
	return p.at("ANY") || p.at("SOME") || p.at("ALL")
}

// comparedTo reads ANY (…) behind x and the operator.
func (p *parser) comparedTo(start int, x Expr, op string) Expr {
	q := &Quantified{X: x, Op: op, All: p.at("ALL")}
	p.i++
	if p.isQuery() {
		q.Query = p.subquery()
	} else {
		p.expect("(")
		q.Array = p.expr(lowest)
		p.expect(")")
	}
	q.Span = p.from(start)
	return q
}

// postfixed reads what stands behind an operand and has no second one.
func (p *parser) postfixed(start int, x Expr, level int) Expr {
	switch {
	case p.at("COLLATE") && level <= p.collateLevel():
		p.i++
		c := &Collate{X: x, Collation: p.collationName()}
		c.Span = p.from(start)
		return c
	case p.d != PostgreSQL:
		return nil
	case p.symbol("::"):
		t := p.typeName()
		return &Cast{Span: p.from(start), X: x, Type: t}
	case p.at("[") && level <= postfix:
		return p.subscript(start, x)
	case p.at(".") && level <= postfix:
		return p.field(start, x)
	case p.at("AT", "TIME", "ZONE") && level <= zone:
		p.i += 3
		y := p.expr(zone + 1)
		return &Binary{Span: p.from(start), Op: "AT TIME ZONE", X: x, Y: y}
	}
	return nil
}

// collationName reads a collation; MySQL's binary is a keyword otherwise.
func (p *parser) collationName() Name {
	if p.d == MySQL {
		id := p.anyIdent()
		return Name{Span: id.Span, Parts: []Ident{id}}
	}
	return p.name()
}

// subscript reads [1], [1:2] or [:].
func (p *parser) subscript(start int, x Expr) Expr {
	p.expect("[")
	var subs []Expr
	if !p.at(":") && !p.at("]") {
		subs = append(subs, p.expr(lowest))
	}
	if p.symbol(":") && !p.at("]") {
		subs = append(subs, p.expr(lowest))
	}
	p.expect("]")
	return &Index{Span: p.from(start), X: x, Subs: subs}
}

// field reads .f or .* behind something that is no name.
func (p *parser) field(start int, x Expr) Expr {
	switch x.(type) {
	case *Paren, *Param, *Index, *Subquery, *Row:
	default:
		fail(p.pos(), "a field of what is neither in parentheses nor a name")
	}
	p.expect(".")
	if !p.symbol("*") {
		p.anyIdent()
	}
	return &Index{Span: p.from(start), X: x}
}
