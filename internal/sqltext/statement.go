package sqltext

// explain reads EXPLAIN with its options.
func (p *parser) explain() Span {
	start := p.pos()
	switch p.d {
	case PostgreSQL:
		if !p.accept("EXPLAIN") {
			return Span{}
		}
		if p.at("(") && !p.isQuery() {
			p.explainOptions()
			break
		}
		p.accept("ANALYZE")
		p.accept("VERBOSE")
	case MySQL:
		if p.at("ANALYZE", "TABLE") || p.any("EXPLAIN", "DESCRIBE", "DESC", "ANALYZE") == "" {
			return Span{} // ANALYZE TABLE t counts its rows
		}
		p.any("ANALYZE", "EXTENDED", "PARTITIONS")
		if p.accept("FORMAT", "=") {
			p.anyIdent()
		}
	case SQLite:
		if !p.accept("EXPLAIN") {
			return Span{}
		}
		p.accept("QUERY", "PLAN")
	}
	return p.from(start)
}

// explainOptions reads PostgreSQL's (ANALYZE, FORMAT json).
func (p *parser) explainOptions() {
	p.expect("(")
	list(p, func() Ident {
		option := p.anyIdent()
		if p.kindAt(0) == Word || p.kindAt(0) == NumberToken {
			p.i++
		}
		return option
	})
	p.expect(")")
}

// with reads WITH and its common table expressions, if there are any.
func (p *parser) with() *With {
	start := p.pos()
	if !p.accept("WITH") {
		return nil
	}
	w := &With{Recursive: p.accept("RECURSIVE")}
	w.CTEs = list(p, p.cte)
	w.Span = p.from(start)
	return w
}

func (p *parser) cte() *CTE {
	start := p.pos()
	c := &CTE{Name: p.ident()}
	if p.at("(") {
		c.Columns = p.idents()
	}
	p.expect("AS")
	if p.d != MySQL && !p.accept("NOT", "MATERIALIZED") {
		p.accept("MATERIALIZED")
	}
	p.expect("(")
	defer p.enter()()
	if p.d == PostgreSQL {
		c.Body = p.statement(p.with())
	} else {
		c.Body = p.query()
	}
	p.expect(")")
	c.Span = p.from(start)
	return c
}

// statement reads what follows a WITH, which becomes part of it.
func (p *parser) statement(with *With) Statement {
	start := p.pos()
	if with != nil {
		start = with.Pos
	}
	switch p.key() {
	case "SELECT", "VALUES", "(":
		return p.queryAfter(start, with)
	case "TABLE":
		if p.d != SQLite {
			return p.queryAfter(start, with)
		}
	case "INSERT":
		return p.insert(start, with)
	case "REPLACE":
		if p.d != PostgreSQL {
			return p.insert(start, with)
		}
	case "UPDATE":
		return p.update(start, with)
	case "DELETE":
		return p.delete(start, with)
	}
	p.unexpected("SELECT, INSERT, UPDATE or DELETE")
	return nil
}
