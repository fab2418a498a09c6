package sqltext

// update reads UPDATE.
func (p *parser) update(start int, with *With) *Update {
	p.expect("UPDATE")
	s := &Update{With: with, Verb: "UPDATE"}
	switch p.d {
	case MySQL:
		for _, m := range []string{p.any("LOW_PRIORITY"), p.any("IGNORE")} {
			if m != "" {
				s.Verb += " " + m
			}
		}
		s.Tables = p.tables()
	case SQLite:
		s.Verb += p.orAction()
		s.Tables = []Table{p.tableName()}
	default:
		s.Tables = []Table{p.tableName()}
	}
	p.expect("SET")
	s.SetPos = p.pos()
	s.Set = p.assigns()
	s.SetEnd = p.end()
	if p.d != MySQL && p.accept("FROM") {
		s.From = p.tables()
	}
	s.WherePos, s.Where = p.wherePos()
	s.TailPos = p.end()
	tail, at := p.pos(), p.i
	s.OrderBy, s.Limit = p.rowTail()
	s.Returning = p.returning()
	if p.i > at {
		s.TailPos = tail
	}
	s.Span = p.from(start)
	return s
}

// delete reads DELETE.
func (p *parser) delete(start int, with *With) *Delete {
	p.expect("DELETE")
	s := &Delete{With: with}
	if p.d == MySQL {
		p.accept("LOW_PRIORITY")
		p.accept("QUICK")
		p.accept("IGNORE")
		if !p.at("FROM") {
			s.Targets = list(p, p.target)
		}
	}
	p.expect("FROM")
	switch {
	case p.d != MySQL:
		s.Tables = []Table{p.tableName()}
	case s.Targets != nil:
		s.Tables = p.tables()
	default:
		s.Tables = p.deleteFrom()
	}
	if p.d != SQLite && (p.d == PostgreSQL || s.Targets == nil) && p.accept("USING") {
		s.Using = p.tables()
	}
	s.WherePos, s.Where = p.wherePos()
	s.OrderBy, s.Limit = p.rowTail()
	s.Returning = p.returning()
	s.Span = p.from(start)
	return s
}

// deleteFrom reads one table with an alias, or with USING behind them more, as t or t.*.
func (p *parser) deleteFrom() []Table {
	return list(p, func() Table {
		if p.qualifiedStarNext() {
			name := p.target()
			return &TableName{Span: name.Span, Name: name}
		}
		return p.tableName()
	})
}

func (p *parser) qualifiedStarNext() bool {
	n := 1
	for p.keyAt(n) == "." {
		if p.keyAt(n+1) == "*" {
			return true
		}
		n += 2
	}
	return false
}

// target reads t or t.* of MySQL's DELETE with several tables. The star is not in the span.
func (p *parser) target() Name {
	if of := p.qualifiedStar(); of != nil {
		return *of
	}
	return p.name()
}

func (p *parser) wherePos() (int, Expr) {
	at := p.pos()
	if !p.at("WHERE") {
		return 0, nil
	}
	return at, p.where()
}

// rowTail reads ORDER BY and LIMIT, which only PostgreSQL lacks.
func (p *parser) rowTail() ([]*Order, []Expr) {
	if p.d == PostgreSQL {
		return nil, nil
	}
	orders := p.orderBy()
	if !p.at("LIMIT") {
		return orders, nil
	}
	return orders, p.limit().Exprs()
}
