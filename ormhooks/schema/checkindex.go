package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/schema/internal/gofield"
	"github.com/cellseal/cellseal/ormhooks/schema/internal/kind"
	"github.com/cellseal/cellseal/ormhooks/schema/internal/shows"
	"github.com/cellseal/cellseal/search"
)

// checkIndex fills in an index's defaults and finds what is wrong with it.
func (t *Table) checkIndex(decl Index, p *problems) *Index {
	x := &decl
	x.columns, x.groups, x.options = nil, nil, search.Options{Bits: x.Bits, Unique: x.Unique, AcceptFrequencyLeak: x.AcceptFrequencyLeak}
	if x.Name == "" {
		x.Name = kind.Name(x.Kind, len(x.Columns) == 1 && x.Reversed())
	}
	var names []string
	for _, ic := range x.Columns {
		c := t.Column(ic.Name)
		if c == nil || c.Mode == ModePlain {
			p.add(ic.Name, "is indexed but is no protected column of the table")
			return nil
		}
		if slices.Contains(x.columns, c) {
			p.add(ic.Name, "is in one index twice")
			return nil
		}
		x.columns, names = append(x.columns, c), append(names, c.Name)
		x.options.Types = append(x.options.Types, c.typ)
	}
	x.table = keys.Table(t.Logical)
	field := strings.Join(names, "+")
	if !x.Joins() && (x.Group != "" || x.AcceptEquality) {
		p.add(field, "has a group or leaks=equality, which are of join")
		return nil
	}
	if x.Kind != kind.Sum && (x.By != nil || x.Bound != 0) {
		p.add(field, "has by= or bound=, which are of sum")
		return nil
	}
	if x.IsListed() {
		return t.checkListed(x, field, p)
	}
	check := map[string]func(*Index) string{kind.Smoothed: t.checkSmoothed, kind.Join: t.checkJoin, kind.Sum: t.checkSum}[x.Kind]
	if x.Kind != "exact" && check == nil {
		p.add(field, fmt.Sprintf("index kind %q: this version builds exact, smoothed, join, sum, words, substring, fuzzy and sorted", x.Kind))
		return nil
	}
	if len(x.columns) == 0 {
		p.add("", "has an index on no columns")
		return nil
	}
	if !tree.IsName(x.Name) {
		p.add(field, fmt.Sprintf("index name %q: want A-Z a-z 0-9 _", x.Name))
	}
	x.hidden = strings.Join(names, "_") + "__" + x.Name
	if check != nil {
		if problem := check(x); problem != "" {
			p.add(field, "index "+x.Kind+" "+problem)
			return nil
		}
		return x
	}
	x.options.MaxValues = maxValues(x.columns)
	for _, name := range x.UniqueWith {
		if c := t.Column(name); c == nil || c.Mode != ModePlain {
			p.add(field, fmt.Sprintf("unique(%s): want a plain column of the table", name))
		}
	}
	if !x.Unique && (len(x.UniqueWith) > 0 || x.UniqueWhere != "") {
		p.add(field, "has a unique constraint's columns or condition but is not unique")
	}
	if x.Unscoped && t.Scope.Kind == "" {
		p.add(field, "scope=none is for a table with a scope")
	}
	x.label = search.ExactTuple(x.Columns...)
	var problem string
	if x.leakage, problem = shows.Index(x.Label(), x.options, x.partial(t)); problem != "" {
		p.add(field, problem)
		return nil
	}
	return x
}

// partial reports whether a unique index's terms are not unique in the table and
// under their key: a scope's own column in the constraint changes nothing where
// every scope has its own key.
func (x *Index) partial(t *Table) bool {
	return x.UniqueWhere != "" || slices.ContainsFunc(x.UniqueWith, func(name string) bool {
		return x.Unscoped || name != t.Scope.Column
	})
}

// maxValues bounds how many different values the columns can hold together, or is 0.
func maxValues(columns []*Column) uint64 {
	product := uint64(1)
	for _, c := range columns {
		product = gofield.Times(product, c.typ, c.few, c.limit)
	}
	return product
}

// checkHidden finds columns that would take the name of one of the library's own.
func (t *Table) checkHidden(p *problems) {
	seen := map[string]bool{}
	for name := range t.Hidden() {
		if seen[strings.ToLower(name)] {
			p.add(name, "the library would keep two things in this hidden column: give an index another with name=")
		}
		seen[strings.ToLower(name)] = true
	}
	delete(seen, RowKeyColumn) // checkNames has it
	for _, c := range t.Columns {
		if seen[strings.ToLower(c.Name)] {
			p.add(c.Name, ownColumn)
		}
	}
}
