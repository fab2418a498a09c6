package sqltext

// separators are the words that stand for a comma in some functions.
var separators = map[string][]string{
	"SUBSTRING": {"FROM", "FOR"},
	"SUBSTR":    {"FROM", "FOR"},
	"MID":       {"FROM", "FOR"},
	"OVERLAY":   {"PLACING", "FROM", "FOR"},
}

// specialCall reads a call, also of the functions with their own syntax.
func (p *parser) specialCall() Expr {
	start := p.pos()
	if p.keyAt(1) != "(" || p.d == SQLite {
		return p.call()
	}
	switch k := p.key(); k {
	case "SUBSTRING", "SUBSTR", "MID", "OVERLAY":
		return p.keyed(start, func(c *Call) {
			c.Args = []Expr{p.expr(lowest)}
			for p.symbol(",") || p.any(separators[k]...) != "" {
				c.Args = append(c.Args, p.expr(lowest))
			}
		})
	case "EXTRACT":
		return p.keyed(start, p.extract)
	case "TRIM":
		return p.keyed(start, p.trim)
	case "POSITION":
		return p.keyed(start, func(c *Call) {
			// IN is no operator here.
			c.Args = []Expr{p.expr(membership + 1)}
			p.expect("IN")
			c.Args = append(c.Args, p.expr(lowest))
		})
	case "TIMESTAMPDIFF", "TIMESTAMPADD":
		if p.d == MySQL {
			return p.keyed(start, p.timestamps)
		}
	case "VALUES":
		// With more than a column in it MariaDB reads rows.
		if p.d == MySQL {
			return p.keyed(start, func(c *Call) { c.Args = []Expr{&Column{Name: p.name()}} })
		}
	}
	return p.call()
}

// keyed reads a call whose arguments have their own syntax.
func (p *parser) keyed(start int, args func(*Call)) Expr {
	id := p.anyIdent()
	c := &Call{Name: Name{Span: id.Span, Parts: []Ident{id}}}
	p.expect("(")
	args(c)
	p.expect(")")
	c.Span = p.from(start)
	return c
}

// extract reads YEAR FROM x. The field is no argument unless it is a string.
func (p *parser) extract(c *Call) {
	if p.peek().Kind == StringToken {
		c.Args = append(c.Args, p.constant(String))
	} else {
		p.anyIdent()
	}
	p.expect("FROM")
	c.Args = append(c.Args, p.expr(lowest))
}

// trim reads [BOTH] [a] [FROM] b, c.
func (p *parser) trim(c *Call) {
	p.any("BOTH", "LEADING", "TRAILING")
	if !p.at("FROM") {
		c.Args = p.exprs()
	}
	if p.accept("FROM") {
		c.Args = append(c.Args, p.exprs()...)
	}
}

// timestamps reads DAY, a, b; the unit is no argument.
func (p *parser) timestamps(c *Call) {
	p.anyIdent()
	p.expect(",")
	c.Args = p.exprs()
}

// call reads a function call and what may follow it.
func (p *parser) call() *Call {
	start := p.pos()
	c := &Call{Name: p.functionName()}
	defer p.enter()()
	p.expect("(")
	p.arguments(c)
	p.expect(")")
	if p.d == PostgreSQL && p.accept("WITHIN", "GROUP") {
		p.expect("(")
		c.OrderBy = append(c.OrderBy, p.orderBy()...)
		p.expect(")")
	}
	if p.d != MySQL && p.at("FILTER", "(") {
		p.expect("FILTER", "(", "WHERE")
		c.Filter = p.expr(lowest)
		p.expect(")")
	}
	if p.d != SQLite && !p.accept("RESPECT", "NULLS") {
		p.accept("IGNORE", "NULLS")
	}
	if p.accept("OVER") {
		c.Over = p.over()
	}
	c.Span = p.from(start)
	return c
}

// functionName allows the reserved words that are functions too.
func (p *parser) functionName() Name {
	if p.keyAt(1) == "(" {
		id := p.anyIdent()
		return Name{Span: id.Span, Parts: []Ident{id}}
	}
	return p.name()
}

func (p *parser) arguments(c *Call) {
	switch {
	case p.at(")"):
		return
	case p.symbol("*"):
		c.Star = true
		return
	case p.accept("DISTINCT"):
		c.Distinct = true
	default:
		p.accept("ALL")
	}
	c.Args = list(p, p.argument)
	c.OrderBy = p.orderBy()
	if p.d == MySQL {
		p.mysqlArguments(c)
	}
}

// mysqlArguments reads what GROUP_CONCAT and CHAR allow behind their arguments.
func (p *parser) mysqlArguments(c *Call) {
	if p.accept("SEPARATOR") {
		if p.peek().Kind != StringToken {
			p.unexpected("a string")
		}
		c.Args = append(c.Args, p.constant(String))
	}
	if p.key() == "USING" && lower(c.Name.Last()) == "char" {
		p.i++
		p.anyIdent()
	}
}

// argument reads an argument, which PostgreSQL may name or mark VARIADIC.
func (p *parser) argument() Expr {
	if p.d == PostgreSQL {
		p.accept("VARIADIC")
		if p.kindAt(0) == Word && (p.keyAt(1) == "=>" || p.keyAt(1) == ":=") {
			p.i += 2
		}
	}
	return p.expr(lowest)
}
