package plan

import (
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// An upsert changes a row that is there already. What it puts there was sealed for the
// row of the INSERT: that must be the same row, or become it as a whole.
type upsert struct {
	*insertion
	scope *scope
	known map[*schema.Column]Value
	// matched reports whether the rows that conflict have the same value in a column.
	matched func(name string) bool
	set     map[string]bool // columns that are set to what the INSERT has, by name
	written []*schema.Column
}

// conflict analyses ON CONFLICT.
func (i *insertion) conflict(c *sqltext.Conflict) {
	sc := &scope{parent: i.sc, relations: []*relation{i.r, {alias: "excluded", table: i.t, origin: &origin{table: i.t, facts: map[string]Value{}, unstored: true}, live: i.r.live, columns: i.r.columns, known: i.r.known}}}
	target := map[string]bool{}
	for _, e := range c.Target {
		name, ok := unparen(e).(*sqltext.Column)
		if !ok {
			i.expr(e, &scope{relations: []*relation{i.r}})
			continue
		}
		i.refuseHidden(name, i.r, name.Last())
		if col := columnNamed(i.t, name.Last()); col != nil && col.Protected() {
			i.conflictOnCell(name, col)
			continue
		}
		target[strings.ToLower(name.Last())] = true
	}
	a := i.analysis
	a.condition(c.TargetWhere, &scope{relations: []*relation{i.r}}, true)
	if c.Nothing {
		return
	}
	u := &upsert{insertion: i, scope: sc, set: map[string]bool{}, matched: func(name string) bool { return target[strings.ToLower(name)] }}
	u.assign(c.Set, c.SetEnd)
	u.entries(c.Where == nil && len(i.n.Conflicts) == 1 && i.single() && !i.nested) // of WITH nobody says how many rows it was
	a.condition(c.Where, sc, true)
}

// conflictOnCell names the unique index in place of the column it is on.
func (i *insertion) conflictOnCell(name *sqltext.Column, col *schema.Column) {
	for _, x := range i.t.Indexes {
		if x.Options().Unique && len(x.Protected()) == 1 && x.Protected()[0] == col {
			column, _ := i.termColumn(i.t, x)
			pins := i.pins(i.t, x)
			i.plan.Retry = i.plan.Retry || len(pins) > 1 || len(pins) > 0 && i.dialect == sqltext.SQLite
			i.replace(name.At(), i.ident(column))
			return
		}
	}
	i.refuse(name, i.t, col, "has no unique index", `add search:"exact,unique" to its tag`)
}

// onDuplicate analyses ON DUPLICATE KEY UPDATE, which any unique key sets off.
func (i *insertion) onDuplicate() {
	if len(i.n.OnDup) == 0 {
		return
	}
	relations := []*relation{i.r}
	if i.n.RowAlias != nil {
		relations = append(relations, &relation{alias: i.n.RowAlias.Name, table: i.t, origin: &origin{table: i.t, facts: map[string]Value{}, unstored: true}})
	}
	if len(i.n.RowColumns) > 0 {
		i.refuse(i.n, i.t, nil, "the row alias renames its columns", "leave the list out")
	}
	u := &upsert{insertion: i, scope: &scope{parent: i.sc, relations: relations}, set: map[string]bool{}, matched: func(name string) bool {
		if i.r.live == nil || len(i.r.live.Unique) == 0 {
			return false
		}
		for _, key := range i.r.live.Unique {
			if isNumbered(i.t, key) {
				continue
			}
			if !slices.ContainsFunc(key, func(k string) bool { return strings.EqualFold(k, name) }) {
				return false
			}
		}
		return true
	}}
	if i.r.live != nil {
		i.plan.Catalogued = true
	}
	u.assign(i.n.OnDup, i.n.OnDupEnd)
	u.entries(i.single())
}

// assign analyses the assignments of an upsert.
func (u *upsert) assign(all []*sqltext.Assign, end int) {
	u.refuseTwice(u.r, all)
	for _, s := range all {
		if s.Row || len(s.Columns) != 1 {
			u.assignRow(s)
			continue
		}
		u.assignOne(s)
	}
	u.r.origin.stale = nil
	u.checkIdentity(all[0])
	u.checkSums(all[0])
	var parts []any
	for _, h := range u.hiddenOf(u.t, u.written) {
		parts = append(parts, u.hiddenAssign(h, all)...)
	}
	if u.rekeys() {
		parts = append(parts, ", "+u.ident(schema.RowKeyColumn)+" = "+u.excluded(schema.RowKeyColumn))
	}
	u.insertAt(end, parts...)
}

// assignRow lets only plain columns be assigned together.
func (u *upsert) assignRow(s *sqltext.Assign) {
	for _, c := range s.Columns {
		name := c.Last()
		u.refuseHidden(s, u.r, name)
		u.mustHave(s, u.r, name)
		if col := columnNamed(u.t, name); col != nil && (col.Protected() || u.identity(name) || u.t.SumsBy(col)) {
			u.refuse(s, u.t, col, "is assigned in a row", "assign the columns one by one")
		}
	}
	u.expr(s.Value, u.scope)
}

func (u *upsert) assignOne(s *sqltext.Assign) {
	name := s.Columns[0].Last()
	u.refuseHidden(s, u.r, name)
	u.mustHave(s, u.r, name)
	c := columnNamed(u.t, name)
	if c == nil || !c.Protected() {
		if u.isExcluded(s.Value, name) {
			u.set[strings.ToLower(name)] = true
			return
		}
		if u.identity(name) && !u.isItself(s.Value, name) {
			u.refuse(s, u.t, c, "other columns are bound to it, and it is set to something else than what the INSERT has", "change it in an UPDATE of its own")
		}
		if c != nil && u.t.SumsBy(c) && !u.isItself(s.Value, name) {
			u.refuse(s, u.t, c, "sums are kept by it, and it is set to something else than what the INSERT has", "change it in an UPDATE of its own")
		}
		u.expr(s.Value, u.scope)
		return
	}
	switch {
	case u.isItself(s.Value, name):
		return
	case u.isExcluded(s.Value, name):
	default:
		u.assignValue(s, c)
	}
	u.set[strings.ToLower(name)] = true
	u.written = append(u.written, c)
	u.outdate(u.r.origin, u.t, c)
}

// assignValue seals a value for the row of the INSERT, of which there must be one.
func (u *upsert) assignValue(s *sqltext.Assign, c *schema.Column) {
	v, ok := u.value(s.Value, c)
	if !ok {
		u.refuse(s, u.t, c, "is given an expression, whose value is not known before the statement runs", "compute it in the application, or set it to what the INSERT has")
	}
	if u.rows != 1 && !v.isNull() {
		u.refuse(s, u.t, c, "is given one value for several rows that are inserted", "set it to what the INSERT has, or insert the rows one by one")
	}
	if u.known == nil {
		u.known = map[*schema.Column]Value{}
	}
	u.known[c] = v
	u.protect(s.Value)
	if row := &u.plan.Rows[u.first]; !v.isNull() {
		for _, logical := range c.Bind.Columns {
			if row.Bound[logical].Kind == 0 {
				u.refuse(s, u.t, c, "is bound to "+logical+", whose value is not known", "give "+logical+" in the INSERT")
			}
		}
	}
	u.replace(s.Value.At(), u.cell(u.r, c, v, u.first, false))
}

// hiddenAssign is the assignment of a hidden column beside those it belongs to.
func (u *upsert) hiddenAssign(h hiddenColumn, all []*sqltext.Assign) []any {
	of := []*schema.Column{h.column}
	switch {
	case h.index != nil:
		of = h.index.Protected()
	case h.sum != nil:
		of = h.sum.Protected()
	}
	values := 0
	for _, c := range of {
		if _, ok := u.known[c]; ok {
			values++
		}
		if !slices.Contains(u.written, c) {
			u.refuse(all[0], u.t, c, "is in an index with a column that is set", "set all columns of the index")
		}
	}
	switch values {
	case 0:
		return []any{", " + u.ident(h.name) + " = " + u.excluded(h.name)}
	case len(of):
		return []any{", " + u.ident(h.name) + " = ", u.hiddenValue(u.r, h, u.known, u.first, false)}
	}
	u.refuse(all[0], u.t, of[0], "columns of one index are set in two ways", "set all to what the INSERT has, or all to values")
	return nil
}

// excluded is SQL for what the INSERT has of a column.
func (u *upsert) excluded(name string) string {
	switch {
	case u.dialect != sqltext.MySQL:
		return "excluded." + u.ident(name)
	case u.n.RowAlias != nil:
		return u.ident(u.n.RowAlias.Name) + "." + u.ident(name)
	}
	return "VALUES(" + u.ident(name) + ")"
}

// isExcluded reports whether an expression is what the INSERT has of a column.
func (u *upsert) isExcluded(e sqltext.Expr, name string) bool {
	switch e := unparen(e).(type) {
	case *sqltext.Column:
		if len(e.Parts) != 2 || !strings.EqualFold(e.Last(), name) {
			return false
		}
		of := e.Parts[0].Name
		if u.dialect != sqltext.MySQL {
			return strings.EqualFold(of, "excluded")
		}
		return u.n.RowAlias != nil && strings.EqualFold(of, u.n.RowAlias.Name)
	case *sqltext.Call:
		if u.dialect != sqltext.MySQL || len(e.Args) != 1 || !strings.EqualFold(e.Name.Last(), "values") && !strings.EqualFold(e.Name.Last(), "value") {
			return false
		}
		c, ok := e.Args[0].(*sqltext.Column)
		return ok && strings.EqualFold(c.Last(), name)
	}
	return false
}

// isItself reports whether an expression is the column as the row has it.
func (u *upsert) isItself(e sqltext.Expr, name string) bool {
	c, ok := unparen(e).(*sqltext.Column)
	return ok && strings.EqualFold(c.Last(), name) && (len(c.Parts) == 1 && u.dialect != sqltext.PostgreSQL || len(c.Parts) == 2 && c.Parts[0].Name == u.r.alias)
}

// identity reports whether cells are bound to a column, or scoped by it.
func (i *insertion) identity(name string) bool { return isIdentity(i.t, name) }

func isIdentity(t *schema.Table, name string) bool {
	c := columnNamed(t, name)
	if c == nil {
		return false
	}
	if t.Scope.Column == c.Logical {
		return true
	}
	return slices.ContainsFunc(t.Columns, func(p *schema.Column) bool { return p.Protected() && slices.Contains(p.Bind.Columns, c.Logical) })
}

// checkIdentity makes sure that every cell of the row opens afterwards: that the row that is
// changed is the one of the INSERT, or becomes it in everything that is bound together.
func (u *upsert) checkIdentity(at sqltext.Node) {
	for _, c := range u.t.Columns {
		if !c.Protected() {
			continue
		}
		before, after := u.sameRow(c)
		written := slices.Contains(u.written, c)
		_, null := u.known[c]
		null = null && u.known[c].isNull()
		switch {
		case before, null:
		case written && !after, written && u.partly(c):
			u.refuse(at, u.t, c, "the upsert would put a cell that is sealed for the new row into the old one", u.advice(c))
		case !written && u.moves(c):
			u.refuse(at, u.t, c, "the upsert changes what the row's cells are bound to, and leaves this one behind", u.advice(c))
		}
	}
}

func (u *upsert) advice(c *schema.Column) string {
	var identity, all []string
	for _, logical := range c.Bind.Columns {
		identity = append(identity, u.t.Column(logical).Name)
	}
	if s := scopeColumn(u.t); s != nil && !slices.Contains(identity, s.Name) {
		identity = append(identity, s.Name)
	}
	for _, p := range u.t.Columns {
		if p.Protected() && p.Compartment == c.Compartment {
			all = append(all, p.Name)
		}
	}
	whole := "set " + strings.Join(append(all, identity...), ", ") + " to what the INSERT has, all of them"
	switch {
	case u.t.Scope.Kind != "" && u.t.Scope.Column == "":
		return "name a column that says whose the row is: scope=" + u.t.Scope.Kind + "(column)"
	case c.Bind.Kind == schema.BindRowKey:
		return "update the row, and insert it if there was none; or, as the row gets the new row's key, " + whole + ": what the INSERT leaves out becomes NULL"
	case u.dialect == sqltext.MySQL:
		return "here the conflict may be on any unique index: update the row, and insert it if there was none; or " + whole
	}
	return "let the conflict be on " + strings.Join(identity, ", ") + ", or " + whole
}

// sameRow reports whether c's identity in the row that is there is that of the INSERT: before
// the upsert, and after it.
func (u *upsert) sameRow(c *schema.Column) (before, after bool) {
	before, after = c.Bind.Kind != schema.BindRowKey, true
	check := func(name string) {
		matched := u.matched(name)
		before = before && matched
		after = after && (matched || u.set[strings.ToLower(name)])
	}
	for _, logical := range c.Bind.Columns {
		check(u.t.Column(logical).Name)
	}
	switch s := scopeColumn(u.t); {
	case s != nil:
		check(s.Name)
	case u.t.Scope.Kind != "": // nothing in the database says whose the row is
		before, after = false, false
	}
	return before, after
}

// partly reports whether some protected column of c's compartment is not written.
func (u *upsert) partly(c *schema.Column) bool {
	return slices.ContainsFunc(u.t.Columns, func(p *schema.Column) bool {
		return p.Protected() && p.Compartment == c.Compartment && !slices.Contains(u.written, p)
	})
}

// moves reports whether the upsert changes what c is bound to.
func (u *upsert) moves(c *schema.Column) bool {
	moved := func(name string) bool { return u.set[strings.ToLower(name)] && !u.matched(name) }
	for _, logical := range c.Bind.Columns {
		if moved(u.t.Column(logical).Name) {
			return true
		}
	}
	if s := scopeColumn(u.t); s != nil && moved(s.Name) {
		return true
	}
	return c.Bind.Kind == schema.BindRowKey && u.rekeys()
}

// rekeys reports whether the row gets the row key of the INSERT: cells that are bound to it
// are written.
func (u *upsert) rekeys() bool {
	return slices.ContainsFunc(u.written, func(c *schema.Column) bool {
		v, value := u.known[c]
		return c.Bind.Kind == schema.BindRowKey && !(value && v.isNull())
	})
}
