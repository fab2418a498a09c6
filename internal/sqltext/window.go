package sqltext

// windowClause reads one element of WINDOW: w AS (…).
func (p *parser) windowClause() *Window {
	start := p.pos()
	name := p.ident()
	p.expect("AS")
	w := p.windowSpec()
	// A window that extends another one has two names, and the one it declares is needed.
	w.Name = &name
	w.Span = p.from(start)
	return w
}

// over reads what follows OVER.
func (p *parser) over() *Window {
	if p.at("(") {
		return p.windowSpec()
	}
	name := p.ident()
	return &Window{Span: name.Span, Name: &name}
}

func (p *parser) windowSpec() *Window {
	start := p.pos()
	p.expect("(")
	w := &Window{}
	switch p.key() {
	case "PARTITION", "ORDER", "ROWS", "RANGE", "GROUPS", ")":
	default:
		name := p.ident()
		w.Name = &name
	}
	if p.accept("PARTITION", "BY") {
		w.PartitionBy = p.exprs()
	}
	w.OrderBy = p.orderBy()
	if p.any("ROWS", "RANGE", "GROUPS") != "" {
		p.frame(w)
	}
	p.expect(")")
	w.Span = p.from(start)
	return w
}

func (p *parser) frame(w *Window) {
	if p.accept("BETWEEN") {
		p.bound(w)
		p.expect("AND")
	}
	p.bound(w)
	if p.accept("EXCLUDE") && !p.accept("CURRENT", "ROW") && !p.accept("NO", "OTHERS") && p.any("GROUP", "TIES") == "" {
		p.unexpected("CURRENT ROW, GROUP, TIES or NO OTHERS")
	}
}

func (p *parser) bound(w *Window) {
	if p.accept("CURRENT", "ROW") {
		return
	}
	if !p.accept("UNBOUNDED") {
		w.Frame = append(w.Frame, p.expr(additive))
	}
	if p.any("PRECEDING", "FOLLOWING") == "" {
		p.unexpected("PRECEDING or FOLLOWING")
	}
}
