package plan

import (
	"fmt"
	"slices"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// output says what the columns of a statement's result are, and adds what it takes to open
// them. nil leaves the result as it is.
func (a *analysis) output(q *query) *Output {
	short := slices.ContainsFunc(q.lookups, (*lookup).short)
	rowByRow := a.late != nil && q.returning // whose rows are gathered
	if !a.finish && !q.shows() && !short && !rowByRow && (len(q.names) == 0 || !q.known) {
		return nil
	}
	if !q.known {
		a.refuseUnknown(q.node, nil, "what columns the result has is not known", "write the columns instead of *")
	}
	out := &Output{}
	for _, c := range q.columns {
		col := OutColumn{Visible: true, Hidden: -1, Name: q.names[len(out.Columns)]}
		if c.protected() {
			col.Column, col.Origin = c.source.column, a.origin(out, q, c.source.origin)
		}
		out.Columns = append(out.Columns, col)
	}
	for i, c := range q.columns {
		if !c.protected() {
			continue
		}
		if h := c.source.column.Hidden(); h != "" {
			out.Columns[i].Hidden = a.position(q, c.source.origin, h)
		}
	}
	for _, l := range q.lookups {
		if l.with != nil {
			a.pair(out, q, l)
			continue
		}
		a.filter(out, q, l)
	}
	for range q.exposed {
		out.Columns = append(out.Columns, OutColumn{Hidden: -1})
	}
	a.openExposed(out, q)
	return out
}

// origin returns the number of an origin in the output, with the positions of what its
// cells are bound to.
func (a *analysis) origin(out *Output, q *query, o *origin) int {
	if i, ok := a.origins[o]; ok {
		return i
	}
	where := Origin{Table: o.table, Bound: map[string]int{}, Scope: -1, RowKey: -1}
	for _, c := range o.table.Columns {
		if !c.Protected() {
			continue
		}
		for _, logical := range c.Bind.Columns {
			if _, ok := where.Bound[logical]; !ok {
				where.Bound[logical] = a.position(q, o, o.table.Column(logical).Name)
			}
		}
		if c.Bind.Kind == schema.BindRowKey && where.RowKey < 0 {
			where.RowKey = a.position(q, o, schema.RowKeyColumn)
		}
	}
	if s := scopeColumn(o.table); s != nil {
		where.Scope = a.position(q, o, s.Name)
	}
	out.Origins = append(out.Origins, where)
	a.origins[o] = len(out.Origins) - 1
	return a.origins[o]
}

// position returns where in the result a column of an origin is; it is added if need be.
func (a *analysis) position(q *query, o *origin, name string) int {
	for i, c := range q.columns {
		if c.source != nil && c.source.origin == o && c.source.name == name {
			return i
		}
	}
	exposed := q.expose(a, q.node, o, name)
	for i, c := range q.exposed {
		if c.name == exposed {
			return len(q.columns) + i
		}
	}
	panic("plan: an exposed column is not there")
}

// expose makes a column of an origin visible in the query's result and returns its name
// there.
func (q *query) expose(a *analysis, at sqltext.Node, o *origin, name string) string {
	for _, c := range slices.Concat(q.exposed, q.columns) {
		if c.source != nil && c.source.origin == o && c.source.name == name && q.uniqueName(c.name) {
			return c.name
		}
	}
	r := bearer(q.relations, o)
	if q.arm == nil || r == nil {
		a.refuse(at, o.table, nil, "hidden columns cannot be added to this query", "select from the table itself")
	}
	if len(q.arm.Items) == 0 && !q.returning {
		a.refuse(at, o.table, nil, "nothing is selected, and nothing can be added to that", "select a column")
	}
	a.aux++
	alias := fmt.Sprintf("cellseal_%d", a.aux)
	c := output{name: alias, source: &source{origin: o, name: name, column: columnNamed(o.table, name)}}
	if c.source.column != nil && !c.source.column.Protected() {
		c.source.column = nil
	}
	a.insertBehind(q.arm.ItemsEnd, ", "+a.qualified(r, a.nameIn(at, r, o, name))+" AS "+a.ident(alias))
	q.exposed = append(q.exposed, c)
	return alias
}

func (q *query) uniqueName(name string) bool {
	n := 0
	for _, c := range q.columns {
		if c.name == name {
			n++
		}
	}
	return name != "" && n < 2
}

// filter checks rows that a term found against their values. Values that are in the result
// anyway are checked for free; those of a short index must be read for it.
func (a *analysis) filter(out *Output, q *query, l *lookup) {
	f := Filter{Slots: l.slots}
	for _, c := range l.index.Protected() {
		at := slices.IndexFunc(q.columns, func(o output) bool { return o.protected() && o.source.origin == l.origin && o.source.column == c })
		if at < 0 && !l.short() {
			return
		}
		if at < 0 {
			at = a.position(q, l.origin, c.Name)
		}
		f.At = append(f.At, at)
	}
	f.Origin = a.origin(out, q, l.origin)
	out.Filters = append(out.Filters, f)
}

// openExposed says what protected columns there are among those that were added.
func (a *analysis) openExposed(out *Output, q *query) {
	for i := 0; i < len(q.exposed); i++ {
		c := q.exposed[i]
		if !c.protected() {
			continue
		}
		origin, hidden := a.origin(out, q, c.source.origin), -1
		if h := c.source.column.Hidden(); h != "" {
			hidden = a.position(q, c.source.origin, h)
		}
		for len(out.Columns) < len(q.columns)+len(q.exposed) {
			out.Columns = append(out.Columns, OutColumn{Hidden: -1})
		}
		col := &out.Columns[len(q.columns)+i]
		col.Column, col.Origin, col.Hidden = c.source.column, origin, hidden
	}
}
