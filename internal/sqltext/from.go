package sqltext

// tables reads the elements of FROM.
func (p *parser) tables() []Table { return list(p, p.joined) }

// joined reads a table and the joins behind it.
func (p *parser) joined() Table {
	defer p.enter()()
	start := p.pos()
	left := p.table()
	for n := 0; ; n++ {
		p.chain(n)
		j := p.joinOperator()
		if j == nil {
			return left
		}
		j.Left = left
		j.Right = p.table()
		p.joinCondition(j)
		j.Span = p.from(start)
		left = j
	}
}

// joinOperator reads up to JOIN; nil if no join follows.
func (p *parser) joinOperator() *Join {
	j := &Join{Natural: p.accept("NATURAL")}
	switch side := p.any("LEFT", "RIGHT", "FULL", "INNER", "CROSS", "JOIN", "STRAIGHT_JOIN"); side {
	case "":
		if j.Natural {
			p.unexpected("JOIN")
		}
		return nil
	case "JOIN":
		j.Kind = "JOIN"
	case "STRAIGHT_JOIN":
		if p.d != MySQL {
			fail(p.pos(), "STRAIGHT_JOIN outside MySQL")
		}
		j.Kind = side
	case "INNER":
		p.expect("JOIN")
		j.Kind = "JOIN"
	case "CROSS":
		p.expect("JOIN")
		j.Kind = "CROSS JOIN"
	default:
		p.accept("OUTER")
		p.expect("JOIN")
		j.Kind = side + " JOIN"
	}
	return j
}

// joinCondition reads ON or USING. PostgreSQL wants one, or takes the next join for part
// of the right side, which is refused; the others do without.
func (p *parser) joinCondition(j *Join) {
	switch {
	case j.Natural:
	case p.d == PostgreSQL && j.Kind == "CROSS JOIN":
	case p.at("ON", "DUPLICATE"), p.at("ON", "CONFLICT"):
		// These belong to the INSERT around the query.
	case p.accept("ON"):
		j.On = p.expr(lowest)
	case p.accept("USING"):
		j.Using = p.idents()
		if p.d == PostgreSQL && p.at("AS") {
			fail(p.pos(), "an alias behind USING")
		}
	case p.d == PostgreSQL, j.Kind == "LEFT JOIN", j.Kind == "RIGHT JOIN", j.Kind == "FULL JOIN":
		p.unexpected("ON or USING")
	}
}

// table reads one table, derived table, function or parenthesized join.
func (p *parser) table() Table {
	start := p.pos()
	lateral := p.d != SQLite && p.accept("LATERAL")
	switch {
	case p.at("(") && p.isQuery():
		return p.derived(start, lateral)
	case p.at("(") && !lateral:
		p.expect("(")
		inner := p.joined()
		p.expect(")")
		if p.isName(0) && !noAlias[p.key()] || p.at("AS") {
			fail(p.pos(), "an alias of a join")
		}
		return inner
	case p.tableFunc():
		return p.function(start)
	case lateral:
		p.unexpected("a query")
	}
	return p.tableName()
}

func (p *parser) derived(start int, lateral bool) *Derived {
	d := &Derived{Lateral: lateral, Query: p.subquery()}
	if d.Alias = p.alias(); d.Alias != nil && p.at("(") {
		d.Columns = p.idents()
	}
	d.Span = p.from(start)
	return d
}

// tableFunc says whether a function call comes next.
func (p *parser) tableFunc() bool {
	if !p.isName(0) {
		return false
	}
	n := 1
	for p.keyAt(n) == "." {
		n += 2
	}
	return p.keyAt(n) == "("
}

func (p *parser) function(start int) *TableFunc {
	f := &TableFunc{Call: p.call()}
	if p.d == PostgreSQL {
		p.accept("WITH", "ORDINALITY")
	}
	if f.Alias = p.alias(); p.d == PostgreSQL && p.at("(") && f.Alias != nil {
		p.expect("(")
		f.Columns = list(p, p.columnDefinition)
		p.expect(")")
	}
	f.Span = p.from(start)
	return f
}

// columnDefinition reads a column of a function's alias, which may have a type.
func (p *parser) columnDefinition() Ident {
	id := p.ident()
	if !p.at(",") && !p.at(")") {
		p.typeName()
	}
	return id
}

// functionsOfNoTable are PostgreSQL's words that call a function in FROM too, where other
// words name a table.
var functionsOfNoTable = set(`CURRENT_CATALOG CURRENT_DATE CURRENT_ROLE CURRENT_SCHEMA CURRENT_TIME CURRENT_TIMESTAMP
	CURRENT_USER LOCALTIME LOCALTIMESTAMP SESSION_USER SYSTEM_USER USER`)

// tableName reads a table with what dialects put around its alias.
func (p *parser) tableName() *TableName {
	start := p.pos()
	t := &TableName{}
	if p.d == PostgreSQL && functionsOfNoTable[p.key()] && p.keyAt(1) != "." {
		fail(start, "a function in the place of a table")
	}
	if p.d == PostgreSQL && p.accept("ONLY") {
		parenthesized := p.symbol("(")
		t.Name = p.name()
		if parenthesized {
			p.expect(")")
		}
	} else {
		t.Name = p.name()
		if p.d == PostgreSQL {
			p.symbol("*")
		}
	}
	if p.d == MySQL && p.accept("PARTITION") {
		p.idents()
	}
	if t.Alias = p.alias(); t.Alias != nil && p.d == PostgreSQL && p.at("(") {
		t.Columns = p.idents()
	}
	p.tableHints()
	t.Span = p.from(start)
	return t
}

func (p *parser) tableHints() {
	switch p.d {
	case PostgreSQL:
		if p.accept("TABLESAMPLE") {
			p.name()
			p.numbers()
			if p.accept("REPEATABLE") {
				p.numbers()
			}
		}
	case MySQL:
		for p.any("USE", "FORCE", "IGNORE") != "" {
			p.indexHint()
		}
	case SQLite:
		if p.accept("INDEXED") {
			p.expect("BY")
			p.ident()
		} else {
			p.accept("NOT", "INDEXED")
		}
	}
}

// indexHint reads what follows USE, FORCE or IGNORE.
func (p *parser) indexHint() {
	if p.any("INDEX", "KEY") == "" {
		p.unexpected("INDEX or KEY")
	}
	if p.accept("FOR") && p.any("JOIN") == "" {
		if p.any("ORDER", "GROUP") == "" {
			p.unexpected("JOIN, ORDER BY or GROUP BY")
		}
		p.expect("BY")
	}
	p.expect("(")
	if !p.at(")") {
		// PRIMARY is an index's name.
		list(p, p.anyIdent)
	}
	p.expect(")")
}

// numbers reads (1, 2): constants that are no values.
func (p *parser) numbers() {
	p.expect("(")
	list(p, func() Token {
		if p.peek().Kind != NumberToken {
			p.unexpected("a number")
		}
		return p.next()
	})
	p.expect(")")
}
