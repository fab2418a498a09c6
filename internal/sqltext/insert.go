package sqltext

// insert reads INSERT and REPLACE.
func (p *parser) insert(start int, with *With) *Insert {
	s := &Insert{With: with, Verb: p.next().Text}
	s.Verb = upper(s.Verb)
	p.insertModifiers(s)
	if !p.accept("INTO") && p.d != MySQL {
		p.unexpected("INTO")
	}
	s.Table = p.insertTable()
	if p.at("(") && !p.isQuery() {
		p.insertColumns(s)
	}
	if p.d == PostgreSQL && p.accept("OVERRIDING") {
		if p.any("SYSTEM", "USER") == "" {
			p.unexpected("SYSTEM or USER")
		}
		p.expect("VALUE")
	}
	s.ValuesPos = p.pos()
	p.insertSource(s)
	if p.d == MySQL {
		p.onDuplicate(s)
	}
	for p.d != MySQL && p.at("ON", "CONFLICT") {
		s.Conflicts = append(s.Conflicts, p.conflict())
	}
	s.Returning = p.returning()
	s.Span = p.from(start)
	return s
}

func (p *parser) insertModifiers(s *Insert) {
	switch p.d {
	case MySQL:
		for _, m := range []string{p.any("LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY"), p.any("IGNORE")} {
			if m != "" {
				s.Verb += " " + m
			}
		}
	case SQLite:
		if s.Verb == "INSERT" {
			s.Verb += p.orAction()
		}
	}
}

// orAction reads SQLite's OR REPLACE and the like, and returns it with a space before.
func (p *parser) orAction() string {
	if !p.accept("OR") {
		return ""
	}
	action := p.any("REPLACE", "IGNORE", "ABORT", "FAIL", "ROLLBACK")
	if action == "" {
		p.unexpected("what to do")
	}
	return " OR " + action
}

// insertTable reads the table; where it may have an alias, AS is needed.
func (p *parser) insertTable() *TableName {
	start := p.pos()
	t := &TableName{Name: p.name()}
	if p.d == MySQL && p.accept("PARTITION") {
		p.idents()
	}
	if p.d != MySQL && p.accept("AS") {
		id := p.ident()
		t.Alias = &id
	}
	t.Span = p.from(start)
	return t
}

func (p *parser) insertColumns(s *Insert) {
	p.expect("(")
	s.Columns = []Ident{}
	if p.d != MySQL || !p.at(")") {
		s.Columns = list(p, p.ident)
	}
	s.ColumnsEnd = p.pos()
	p.expect(")")
}

func (p *parser) insertSource(s *Insert) {
	switch {
	case p.accept("DEFAULT", "VALUES"):
		s.Default = true
	case p.d == MySQL && p.accept("SET"):
		s.Set = p.assigns()
		s.SetEnd = p.end()
		p.rowAlias(s)
	case p.at("VALUES") && !p.at("VALUES", "ROW"), p.d == MySQL && p.at("VALUE"):
		p.i++
		s.Rows = list(p, p.insertRow)
		p.rowAlias(s)
	default:
		s.Query = p.query()
	}
}

func (p *parser) insertRow() *InsertRow {
	start := p.pos()
	r := &InsertRow{}
	p.expect("(")
	if p.d != MySQL || !p.at(")") {
		r.Values = list(p, p.value)
	}
	p.expect(")")
	r.Span = p.from(start)
	return r
}

// rowAlias reads MySQL's AS new (a, b).
func (p *parser) rowAlias(s *Insert) {
	if p.d != MySQL || !p.accept("AS") {
		return
	}
	id := p.ident()
	s.RowAlias = &id
	if p.at("(") {
		s.RowColumns = p.idents()
	}
}

func (p *parser) onDuplicate(s *Insert) {
	if p.accept("ON", "DUPLICATE", "KEY", "UPDATE") {
		s.OnDup = p.assigns()
		s.OnDupEnd = p.end()
	}
}

// conflict reads one ON CONFLICT ….
func (p *parser) conflict() *Conflict {
	start := p.pos()
	p.expect("ON", "CONFLICT")
	c := &Conflict{}
	switch {
	case p.d == PostgreSQL && p.accept("ON", "CONSTRAINT"):
		id := p.ident()
		c.Constraint = &id
	case p.symbol("("):
		c.Target = list(p, p.conflictTarget)
		p.expect(")")
		c.TargetWhere = p.where()
	}
	p.expect("DO")
	if p.accept("NOTHING") {
		c.Nothing = true
	} else {
		p.expect("UPDATE", "SET")
		c.Set = p.assigns()
		c.SetEnd = p.end()
		c.Where = p.where()
	}
	c.Span = p.from(start)
	return c
}

func (p *parser) conflictTarget() Expr {
	x := p.expr(lowest)
	if p.d == SQLite {
		p.any("ASC", "DESC")
	}
	return x
}

// assigns reads the assignments behind SET.
func (p *parser) assigns() []*Assign { return list(p, p.assign) }

func (p *parser) assign() *Assign {
	start := p.pos()
	a := &Assign{}
	if p.d != MySQL && p.symbol("(") {
		a.Row = true
		a.Columns = list(p, p.assigned)
		p.expect(")")
	} else {
		a.Columns = []Name{p.assigned()}
	}
	if !p.accept("=") && (p.d != MySQL || !p.accept(":=")) {
		p.unexpected("=")
	}
	if a.Row {
		a.Value = p.assignedRow()
	} else {
		a.Value = p.value()
	}
	a.Span = p.from(start)
	return a
}

// assigned reads a column to set. Only in MySQL may a table be before it: PostgreSQL would
// take email.x for a field of email.
func (p *parser) assigned() Name {
	if p.d == MySQL {
		return p.name()
	}
	id := p.ident()
	return Name{Span: id.Span, Parts: []Ident{id}}
}

// assignedRow reads (x, DEFAULT), ROW(x, y) or a query as the value of (a, b).
func (p *parser) assignedRow() Expr {
	start := p.pos()
	if p.d == PostgreSQL && p.at("ROW", "(") {
		p.i++
	}
	if !p.at("(") || p.isQuery() {
		return p.expr(lowest)
	}
	r := &Row{}
	p.expect("(")
	r.Values = list(p, p.value)
	p.expect(")")
	r.Span = p.from(start)
	return r
}

// returning reads RETURNING with its list, if it comes next.
func (p *parser) returning() *Arm {
	if !p.accept("RETURNING") {
		return nil
	}
	start := p.pos()
	a := &Arm{}
	p.items(a)
	a.Span = p.from(start)
	return a
}
