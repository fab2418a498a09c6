package sqltext

// isQuery says whether the parenthesis that comes next encloses a query and not an
// expression or a join. In ((SELECT 1) + 1) the inner one does and the outer one does not,
// which what follows the inner one tells.
func (p *parser) isQuery() bool {
	first := p.i
	last := first
	for p.keys[last+1] == "(" {
		last++
	}
	if !p.startsQuery(last + 1) {
		return false
	}
	for inner := last; inner > first; inner-- {
		switch p.keys[p.match[inner]+1] {
		case ")", "UNION", "INTERSECT", "EXCEPT", "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR", "LOCK":
		default:
			return false
		}
	}
	return true
}

func (p *parser) startsQuery(i int) bool {
	switch p.keys[i] {
	case "SELECT", "WITH":
		return true
	case "VALUES":
		// In MySQL (VALUES(a)) is the function.
		return p.d != MySQL || p.keys[i+1] == "ROW"
	case "TABLE":
		return p.d != SQLite
	}
	return false
}

// subquery reads a query in parentheses.
func (p *parser) subquery() *Query {
	p.expect("(")
	q := p.query()
	p.expect(")")
	return q
}

func (p *parser) query() *Query {
	start := p.pos()
	return p.queryAfter(start, p.with())
}

func (p *parser) queryAfter(start int, with *With) *Query {
	defer p.enter()()
	q := &Query{With: with, Arms: []*Arm{p.arm("")}}
	for op := p.setOperation(); op != ""; op = p.setOperation() {
		q.Arms = append(q.Arms, p.arm(op))
	}
	q.TailPos = p.end()
	tail := p.pos()
	if p.queryTail(q) {
		q.TailPos = tail
	}
	q.Span = p.from(start)
	return q
}

func (p *parser) setOperation() string {
	op := p.any("UNION", "INTERSECT", "EXCEPT")
	if op == "" {
		return ""
	}
	if p.accept("ALL") {
		return op + " ALL"
	}
	if p.d != SQLite {
		p.accept("DISTINCT")
	}
	return op
}

// queryTail reads ORDER BY, LIMIT and locking, and says whether there was any.
func (p *parser) queryTail(q *Query) bool {
	start, from := p.i, p.pos()
	if q.OrderBy = p.orderBy(); q.OrderBy != nil {
		q.Sorting = p.from(from)
	}
	for {
		at := p.i
		if cut := p.limit(); cut != nil {
			q.Cuts, q.Limit = append(q.Cuts, *cut), append(q.Limit, cut.Exprs()...)
		}
		if lock := p.lock(); lock != nil {
			if q.Lock != nil {
				lock.Pos = q.Lock.Pos
			}
			q.Lock = lock
		}
		if p.i == at {
			return p.i > start
		}
	}
}

func (p *parser) orderBy() []*Order {
	if !p.accept("ORDER", "BY") {
		return nil
	}
	return list(p, p.order)
}

func (p *parser) order() *Order {
	start := p.pos()
	o := &Order{Expr: p.expr(lowest)}
	direction := p.any("ASC", "DESC")
	o.Desc = direction == "DESC"
	if direction == "" && p.d == PostgreSQL && p.accept("USING") {
		if p.peek().Kind != Symbol {
			p.unexpected("an operator")
		}
		p.i++
		o.Using = true
	}
	if p.d != MySQL && p.accept("NULLS") {
		if o.Nulls = p.any("FIRST", "LAST"); o.Nulls == "" {
			p.unexpected("FIRST or LAST")
		}
	}
	o.Span = p.from(start)
	return o
}

// limit reads LIMIT, OFFSET or FETCH, if one comes next.
func (p *parser) limit() *Cut {
	start, c := p.pos(), &Cut{}
	switch {
	case p.accept("LIMIT"):
		if p.d == PostgreSQL && p.accept("ALL") {
			break
		}
		c.Count = p.expr(lowest)
		if p.d != PostgreSQL && p.symbol(",") {
			c.Offset, c.Count = c.Count, p.expr(lowest)
		} else if p.d != PostgreSQL && p.accept("OFFSET") {
			c.Offset = p.expr(lowest)
		}
	case p.d != SQLite && p.accept("OFFSET"):
		c.Offset = p.expr(lowest)
		p.any("ROW", "ROWS")
	case p.d != SQLite && p.accept("FETCH"):
		p.fetch(c)
	default:
		return nil
	}
	c.Span = p.from(start)
	return c
}

func (p *parser) fetch(c *Cut) {
	if p.any("FIRST", "NEXT") == "" {
		p.unexpected("FIRST or NEXT")
	}
	if c.One = p.at("ROW") || p.at("ROWS"); !c.One {
		c.Count = p.expr(unary)
	}
	if p.any("ROW", "ROWS") == "" {
		p.unexpected("ROWS")
	}
	if !p.accept("ONLY") {
		p.expect("WITH", "TIES")
		c.Ties = true
	}
}

// lock reads FOR UPDATE and the like, if it comes next.
func (p *parser) lock() *Span {
	start := p.pos()
	switch {
	case p.d == SQLite:
		return nil
	case p.d == MySQL && p.accept("LOCK"):
		p.expect("IN", "SHARE", "MODE")
	case p.accept("FOR"):
		p.lockStrength()
		if p.accept("OF") {
			list(p, p.name)
		}
		p.lockWait()
	default:
		return nil
	}
	span := p.from(start)
	return &span
}

func (p *parser) lockStrength() {
	if p.any("UPDATE", "SHARE") != "" {
		return
	}
	if p.d == PostgreSQL && (p.accept("NO", "KEY", "UPDATE") || p.accept("KEY", "SHARE")) {
		return
	}
	p.unexpected("UPDATE or SHARE")
}

func (p *parser) lockWait() {
	switch {
	case p.accept("NOWAIT"), p.accept("SKIP", "LOCKED"):
	case p.d == MySQL && p.accept("WAIT"):
		if p.peek().Kind != NumberToken {
			p.unexpected("a number")
		}
		p.i++
	}
}
