package schema

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/cellseal/cellseal/internal/gostruct"
	"github.com/cellseal/cellseal/internal/tag"
	"github.com/cellseal/cellseal/ormhooks/schema/internal/gofield"
	"github.com/cellseal/cellseal/ormhooks/schema/internal/tagvalue"
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
	m.refuseTwice("_", options)
	for _, o := range options {
		switch {
		case o.Name == "table" && o.Value != "":
			m.decl.Name = o.Value
		case o.Name == "name" && o.Value != "":
			m.decl.Logical = o.Value
		case o.Name == "bind" && o.Value != "":
			m.decl.Bind = parseBinding(o.Value)
		case o.Name == "scope" && o.Value != "":
			kind, column, hasColumn := strings.Cut(o.Value, "(")
			m.decl.Scope = Scope{Kind: kind, Column: strings.TrimSuffix(column, ")")}
			if kind == "" || hasColumn && m.decl.Scope.Column == "" {
				m.add("_", "scope wants a kind, as scope=tenant or scope=tenant(clinic_id)")
			}
		default:
			m.add("_", tagvalue.Unknown(o, "table=, name=, bind=, scope="))
		}
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

// refuseTwice finds an option that is given twice, of which the last would win in silence.
func (m *model) refuseTwice(field string, options []tag.Option) {
	seen := map[string]bool{}
	for _, o := range options {
		name := o.Name
		if o.String() == "json" {
			name = "type"
		}
		if seen[name] {
			m.add(field, fmt.Sprintf("says %s twice", name))
		}
		seen[name] = true
	}
}
