package schema

import (
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/gostruct"
	"github.com/cellseal/cellseal/ormhooks/schema/internal/gofield"
)

const bindAdvice = "say on the _ field bind=<another column>, bind=row_key (a random column the library keeps) or bind=column (unbound)"

// defaultBinding binds to the primary key where that is known when a row is
// sealed, and else leaves the question open, with the reason.
func (m *model) defaultBinding() {
	m.refuseAssigned()
	if m.decl.Bind.Kind != "" {
		return
	}
	var primary []gostruct.Field
	var names []string
	for _, f := range m.Fields {
		if f.Primary {
			primary, names = append(primary, f), append(names, m.logical(f))
		}
	}
	for _, f := range primary {
		if !f.Assigned && !gofield.AssignedByCustom(f, len(primary)) {
			continue
		}
		if m.needsDefault() {
			otherwise := "; or bind=" + strings.Join(names, "+") + " if the application assigns it"
			if f.Assigned {
				otherwise += ", without its gorm option"
			}
			m.add(f.Name, "a primary key like this is assigned by the database at INSERT, when the row is sealed already: "+bindAdvice+otherwise)
			m.decl.Bind.Kind = bindRefused
		}
		return
	}
	if len(primary) > 0 {
		m.decl.Bind = Binding{BindColumns, names}
	}
}

// needsDefault reports whether a protected column leaves its binding to the table.
func (m *model) needsDefault() bool {
	return slices.ContainsFunc(m.decl.Columns, func(c *Column) bool { return c.Protected() && c.Bind.Kind == "" })
}

// refuseAssigned finds what rows are declared to be bound to or scoped by although
// it is not known yet when they are sealed.
func (m *model) refuseAssigned() {
	used := slices.Clone(m.decl.Bind.Columns)
	for _, c := range m.decl.Columns {
		used = append(used, c.Bind.Columns...)
	}
	for _, f := range m.Fields {
		switch name := m.logical(f); {
		case !f.Assigned:
		case slices.Contains(used, name):
			m.add(f.Name, "the database assigns this column at INSERT, so its value is not known when the row is sealed: "+bindAdvice)
		case slices.ContainsFunc(m.decl.Indexes, func(x *Index) bool { return slices.Contains(x.By, name) }):
			m.add(f.Name, "the database assigns this column at INSERT, so it is not known which rows it is added up with: have the application assign it")
		case m.decl.Scope.Column == name:
			m.add(f.Name, "the database assigns this column at INSERT, so the row's scope is not known when it is sealed: have the application assign it")
		}
	}
}
