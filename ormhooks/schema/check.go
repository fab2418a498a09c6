package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/schema/internal/celltag"
	"github.com/cellseal/cellseal/ormhooks/schema/internal/kind"
)

// problems gathers everything wrong with one declaration.
type problems struct {
	table  string
	fields map[string]string // Go fields by column, once the declaration was read from a struct
	errs   []error
}

func (p *problems) add(field, problem string) {
	if name, ok := p.fields[field]; ok {
		field = name
	}
	p.errs = append(p.errs, &Error{Table: p.table, Field: field, Problem: problem})
}

// checkTable fills in defaults and finds what would make cells unreadable,
// unbound or unsearchable. The caller's declaration is left as it is.
func checkTable(decl Table, p *problems) *Table {
	t := &decl
	if t.Logical == "" {
		t.Logical = t.Name
	}
	if t.Name == "" {
		p.add("", "has no name: set one with table=")
	}
	if t.Logical != "" && !tree.IsName(t.Logical) {
		p.add("", fmt.Sprintf("logical table name %q: want A-Z a-z 0-9 _; set one with name=", t.Logical))
	}
	t.bindings = map[string]Binding{}
	columns, indexes := t.Columns, slices.Concat(t.Indexes, t.Listed, t.Sums)
	t.Columns, t.Indexes, t.Listed, t.Sums = nil, nil, nil, nil
	for _, c := range columns {
		if c == nil || c.Name == "" {
			p.add("", "has a column without a name")
			continue
		}
		t.Columns = append(t.Columns, t.checkColumn(*c, p))
	}
	t.checkNames(p)
	t.checkBindings(p)
	t.checkScope(p)
	for _, x := range indexes {
		if x == nil {
			p.add("", "has an index that is nil")
		} else if checked := t.checkIndex(*x, p); checked != nil && checked.IsListed() {
			t.Listed = append(t.Listed, checked)
		} else if checked != nil && checked.Kind == kind.Sum {
			t.Sums = append(t.Sums, checked)
		} else if checked != nil {
			t.Indexes = append(t.Indexes, checked)
		}
	}
	t.checkAlone(p)
	t.checkHidden(p)
	return t
}

func (t *Table) checkColumn(decl Column, p *problems) *Column {
	c := &decl
	if c.Logical == "" {
		c.Logical = c.Name
	}
	var err error
	if c.typ, c.limit, err = value.ParseDeclared(c.Type); err != nil && c.Type != "" && c.Type != typeRefused {
		p.add(c.Name, err.Error())
	}
	c.bindable = err == nil && !c.Nullable && slices.Contains(bindable, c.typ)
	if c.Mode == ModePlain {
		if c.Compartment != "" || c.Pad != 0 || c.Alphabet != nil || c.Bind.Kind != "" || c.Text || c.KeepOthers || c.Consistent {
			p.add(c.Name, "has options of a protected column but is not protected: begin with seal, token or imprint")
		}
		return c
	}
	if c.Type == "" {
		p.add(c.Name, "has no type: say text, int, or another of the tag type=")
	}
	if !tree.IsName(c.Logical) {
		p.add(c.Name, fmt.Sprintf("logical column name %q: want A-Z a-z 0-9 _; set one with name=", c.Logical))
	}
	if c.Compartment == "" {
		c.Compartment = keys.DefaultCompartment
	}
	if !tree.IsName(c.Compartment) {
		p.add(c.Name, fmt.Sprintf("compartment %q: want A-Z a-z 0-9 _", c.Compartment))
	}
	c.label = t.Logical + "." + c.Logical
	mode := celltag.Column{Mode: string(c.Mode), Pad: c.Pad, Alphabet: c.Alphabet, Keep: c.KeepOthers, Consistent: c.Consistent, Text: c.Text}
	mode.Check(c.typ, func(problem string) { p.add(c.Name, problem) })
	return c
}

const ownColumn = "is the library's own column: remove the field, or make it an ormhooks.Hidden beside Sealed fields"

// checkNames finds columns that would meet in the database or in the key tree.
func (t *Table) checkNames(p *problems) {
	names, logical := map[string]bool{}, map[string]bool{}
	for _, c := range t.Columns {
		if names[strings.ToLower(c.Name)] {
			p.add(c.Name, fmt.Sprintf("two fields have the column %s", c.Name))
		} else if logical[c.Logical] {
			p.add(c.Name, fmt.Sprintf("two columns have the logical name %s: their keys would be the same: set another with name=", c.Logical))
		}
		names[strings.ToLower(c.Name)], logical[c.Logical] = true, true
		if strings.EqualFold(c.Name, RowKeyColumn) {
			p.add(c.Name, ownColumn)
		}
	}
}

// checkBindings settles one binding for each compartment.
func (t *Table) checkBindings(p *problems) {
	t.Bind.Columns = slices.Sorted(slices.Values(t.Bind.Columns)) // FORMAT.md §3: ascending by logical name
	for _, c := range t.Columns {
		if c.Mode == ModePlain {
			continue
		}
		b := c.Bind
		if b.Kind == "" {
			b = t.Bind
		}
		b.Columns = slices.Sorted(slices.Values(b.Columns))
		known, seen := t.bindings[c.Compartment]
		if seen && (known.Kind != b.Kind || !slices.Equal(known.Columns, b.Columns)) {
			p.add(c.Name, fmt.Sprintf("compartment %s has two bindings: columns with a binding of their own need a compartment of their own", c.Compartment))
			continue
		}
		c.Bind = b
		if !seen {
			t.bindings[c.Compartment] = b
			t.checkBinding(c, b, p)
		}
		if c.Mode == ModeImprint && b.Kind == BindNothing && !c.Consistent {
			p.add(c.Name, "an unbound imprint shows which rows hold equal values: bind it, or accept that with the option consistent")
		}
	}
}

func (t *Table) checkBinding(c *Column, b Binding, p *problems) {
	switch b.Kind {
	case BindRowKey, BindNothing, bindRefused:
		return
	case BindColumns:
	default:
		p.add(c.Name, "it is not known what rows are bound to: "+bindAdvice)
		return
	}
	for i, name := range b.Columns {
		to := t.Column(name)
		switch {
		case i > 0 && name == b.Columns[i-1]:
			p.add(c.Name, fmt.Sprintf("is bound to %s twice", name))
		case to == nil:
			p.add(c.Name, fmt.Sprintf("is bound to %s, which is no column of the table", name))
		case to.Mode != ModePlain:
			p.add(c.Name, fmt.Sprintf("is bound to %s, which is protected itself: bind to a plain column", name))
		case !to.bindable:
			p.add(c.Name, fmt.Sprintf("is bound to %s, but only integers, UUIDs, bytes and exactly compared text that cannot be NULL identify a row: bind to another column, or say what a type of your own is, as cell:\"type=uuid\"", name))
		}
	}
	if len(b.Columns) == 0 {
		p.add(c.Name, "it is not known what rows are bound to, as there is no primary key: "+bindAdvice)
	}
}

// bindable are the types whose values identify a row (FORMAT.md §3).
var bindable = []value.Type{value.Int, value.Uint, value.UUID, value.Bytes, value.Text}

func (t *Table) checkScope(p *problems) {
	if t.Scope == (Scope{}) {
		return
	}
	if !tree.IsName(t.Scope.Kind) {
		p.add("", fmt.Sprintf("scope kind %q: want A-Z a-z 0-9 _", t.Scope.Kind))
	}
	if t.Scope.Column == "" {
		return
	}
	c := t.Column(t.Scope.Column)
	if c == nil || c.Mode != ModePlain || !c.bindable || c.typ == value.Bytes {
		p.add("", fmt.Sprintf("scope column %s: want a field of that name, and a plain integer, UUID or text column that cannot be NULL", t.Scope.Column))
	}
}
