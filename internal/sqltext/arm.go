package sqltext

// arm reads one SELECT, VALUES, TABLE or parenthesized query.
func (p *parser) arm(op string) *Arm {
	start := p.pos()
	a := &Arm{Op: op}
	switch {
	case p.at("("):
		a.Nested = p.subquery()
	case p.accept("VALUES"):
		a.Values = list(p, p.valuesRow)
	case p.d != SQLite && p.accept("TABLE"):
		p.tableCommand(a)
	case p.accept("SELECT"):
		p.selectArm(a)
	default:
		p.unexpected("SELECT")
	}
	a.Span = p.from(start)
	return a
}

// valuesRow reads one row of VALUES, with ROW before it in MySQL.
func (p *parser) valuesRow() []Expr {
	if p.d == MySQL {
		p.expect("ROW")
	}
	p.expect("(")
	l := list(p, p.value)
	p.expect(")")
	return l
}

// tableCommand makes of TABLE t what it means: SELECT * FROM t. Its item has no text of its
// own and is where the table begins.
func (p *parser) tableCommand(a *Arm) {
	at := p.pos()
	name := p.name()
	a.Command = true
	a.FromPos = at
	a.ItemsEnd = at
	a.Items = []*Item{{Span: Span{at, at}, Star: true}}
	a.From = []Table{&TableName{Span: name.Span, Name: name}}
}

func (p *parser) selectArm(a *Arm) {
	p.quantifier(a)
	if p.d == MySQL {
		for p.any("HIGH_PRIORITY", "STRAIGHT_JOIN", "SQL_SMALL_RESULT", "SQL_BIG_RESULT", "SQL_BUFFER_RESULT",
			"SQL_NO_CACHE", "SQL_CACHE", "SQL_CALC_FOUND_ROWS") != "" {
		}
		p.quantifier(a)
	}
	a.ItemsEnd = p.end()
	if !p.emptyList() {
		p.items(a)
	}
	from := p.pos()
	if p.accept("FROM") {
		a.FromPos = from
		a.From = p.tables()
	}
	a.Where = p.where()
	grouping := p.pos()
	if p.accept("GROUP", "BY") {
		a.GroupBy = list(p, p.grouping)
		a.Rollup = p.d == MySQL && p.accept("WITH", "ROLLUP")
		a.Grouping = p.from(grouping)
	}
	having := p.pos()
	if p.accept("HAVING") {
		a.Having = p.expr(lowest)
		a.HavingAll = p.from(having)
	}
	if p.accept("WINDOW") {
		a.Windows = list(p, p.windowClause)
	}
}

// quantifier reads ALL or DISTINCT.
func (p *parser) quantifier(a *Arm) {
	start := p.pos()
	switch {
	case p.accept("ALL"):
	case p.accept("DISTINCT"), p.d == MySQL && p.accept("DISTINCTROW"):
		a.Distinct = true
		if p.d == PostgreSQL && p.accept("ON") {
			p.expect("(")
			a.DistinctOn = p.exprs()
			p.expect(")")
		}
		a.Quantifier = p.from(start)
	}
}

// emptyList says whether no SELECT list follows, as PostgreSQL allows.
func (p *parser) emptyList() bool {
	if p.d != PostgreSQL {
		return false
	}
	switch p.key() {
	case "FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "UNION", "INTERSECT", "EXCEPT", ")", ";":
		return true
	}
	return p.peek().Kind == 0
}

func (p *parser) items(a *Arm) {
	a.Items = list(p, p.item)
	a.ItemsEnd = p.end()
}

func (p *parser) item() *Item {
	start := p.pos()
	it := &Item{}
	if p.symbol("*") {
		it.Star = true
	} else if of := p.qualifiedStar(); of != nil {
		it.Star, it.Of = true, of
	} else {
		it.Expr = p.expr(lowest)
		it.Alias = p.itemAlias()
	}
	it.Span = p.from(start)
	return it
}

// qualifiedStar reads t.* and returns t, if it comes next.
func (p *parser) qualifiedStar() *Name {
	n := 0
	for p.isName(n) && p.keyAt(n+1) == "." {
		n += 2
		if p.keyAt(n) == "*" {
			break
		}
	}
	if n == 0 || p.keyAt(n) != "*" {
		return nil
	}
	start := p.pos()
	of := &Name{}
	for range n / 2 {
		of.Parts = append(of.Parts, p.anyIdent())
		of.Span = p.from(start)
		p.i++
	}
	p.i++
	return of
}

// itemAlias reads a column's alias: behind AS any word is one, and MySQL and SQLite take a
// string for one.
func (p *parser) itemAlias() *Ident {
	as := p.accept("AS")
	switch {
	case p.d != PostgreSQL && p.peek().Kind == StringToken:
		t := p.next()
		return &Ident{Span: t.Span, Name: t.Text, Quoted: true}
	case as && p.d == PostgreSQL:
		id := p.anyIdent()
		return &id
	case as:
		id := p.ident()
		return &id
	}
	return p.alias()
}

func (p *parser) where() Expr {
	if !p.accept("WHERE") {
		return nil
	}
	return p.expr(lowest)
}

// grouping reads one element of GROUP BY.
func (p *parser) grouping() Expr {
	start := p.pos()
	if p.d == PostgreSQL && p.accept("GROUPING", "SETS") {
		defer p.enter()()
		p.expect("(")
		sets := list(p, p.grouping)
		p.expect(")")
		return &Other{Span: p.from(start), What: "GROUPING SETS", Args: sets}
	}
	if p.d == PostgreSQL && p.accept("(", ")") {
		return &Row{Span: p.from(start)}
	}
	x := p.expr(lowest)
	if p.d == MySQL {
		p.any("ASC", "DESC")
	}
	return x
}
