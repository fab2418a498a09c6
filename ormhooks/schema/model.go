package schema

import (
	"cmp"
	"fmt"
	"reflect"
	"strings"

	"github.com/cellseal/cellseal/internal/gostruct"
	"github.com/cellseal/cellseal/internal/tag"
	"github.com/cellseal/cellseal/ormhooks/schema/internal/celltag"
	"github.com/cellseal/cellseal/ormhooks/schema/internal/gofield"
)

// model is the reading of a Go struct into a declaration. What is wrong with
// single tags goes to problems; what only the whole can tell is checked later,
// for literals too.
type model struct {
	*gostruct.Struct
	decl Table
	*problems
}

func readModel(s *gostruct.Struct, p *problems) Table {
	m := &model{s, Table{Name: s.Table, Model: s.Type}, p}
	m.tableTags()
	gofield.Mistyped(s.Type, p.add)
	gofield.Lost(s, func(field, why string) { p.add(field, "has a cell or search tag but "+why) })
	fields := map[string]string{}
	for _, f := range s.Fields {
		m.decl.Columns = append(m.decl.Columns, m.column(f))
		fields[f.Column] = f.Name
	}
	m.defaultBinding()
	p.fields = fields
	return m.decl
}

// tableTags reads the tags of the _ field, or of several.
func (m *model) tableTags() {
	var options []tag.Option
	for i := range m.Type.NumField() {
		if f := m.Type.Field(i); f.Name == "_" {
			options = append(options, m.options("_", f.Tag)...)
			for _, group := range m.groups("_", f.Tag, "search") {
				m.index("_", "", group)
			}
		}
	}
	add := func(problem string) { m.add("_", problem) }
	celltag.Twice(options, add)
	t := celltag.ReadTable(options, add)
	m.decl.Name, m.decl.Logical, m.decl.Scope = cmp.Or(t.Name, m.decl.Name), t.Logical, Scope{t.ScopeKind, t.ScopeColumn}
	if t.Bind != "" {
		m.decl.Bind = parseBinding(t.Bind)
	}
}

func parseBinding(s string) Binding {
	switch BindKind(s) {
	case BindRowKey, BindNothing:
		return Binding{Kind: BindKind(s)}
	}
	return Binding{Kind: BindColumns, Columns: strings.Split(s, "+")}
}

func (m *model) logical(f gostruct.Field) string {
	for _, c := range m.decl.Columns {
		if c.Name == f.Column {
			return c.Logical
		}
	}
	return f.Column
}

func (m *model) groups(field string, tags reflect.StructTag, key string) [][]tag.Option {
	text, ok := tags.Lookup(key)
	if !ok {
		return nil
	}
	groups, err := tag.Parse(text)
	if err != nil {
		m.add(field, fmt.Sprintf("tag %s: %v", key, err))
	}
	return groups
}

// options reads a cell tag, which has one group.
func (m *model) options(field string, tags reflect.StructTag) []tag.Option {
	groups := m.groups(field, tags, "cell")
	if len(groups) > 1 {
		m.add(field, "a cell tag has one group: separate options with commas")
	}
	if len(groups) == 0 {
		return nil
	}
	return groups[0]
}
