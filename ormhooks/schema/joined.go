package schema

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/schema/internal/kind"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/join"
)

// Joins reports whether the index's column holds tokens of a join group: they compare with those of
// the group's other columns.
func (x *Index) Joins() bool { return x.Kind == kind.Join }

// Pinned reports whether all terms of the index are under one index key, which has to be known as soon
// as the ring holds another: those of a unique index, and those of a join group.
func (x *Index) Pinned() bool { return x.Unique || x.Joins() }

// Table is the step above the index's label in the key tree: its table's, or the one of join groups.
func (x *Index) Table() keys.Label { return x.table }

// JoinsWith reports whether terms of two indexes of a schema compare, in rows of one scope.
func (x *Index) JoinsWith(other *Index) bool {
	return x.Joins() && other.Joins() && x.Group == other.Group
}

// checkJoin fills in a column's tokens of a join group and finds what is wrong with them.
func (t *Table) checkJoin(x *Index) (problem string) {
	if problem := t.checkOfExact(x); problem != "" {
		return problem
	}
	if problem := t.member(x).Check(); problem != "" {
		return problem
	}
	if !x.AcceptEquality {
		return "shows which rows of all its columns hold equal values, and how often each occurs, to whoever reads the tables: accept it with leaks=equality, or join in two steps"
	}
	x.table, x.label = join.Table, join.Label(x.Group, x.Columns[0].Transforms...)
	x.options, x.leakage = search.Options{Types: x.options.Types}, join.Leakage()
	return ""
}

func (t *Table) member(x *Index) kind.Member {
	c, scope := x.columns[0], t.Scope.Kind
	if x.Unscoped {
		scope = ""
	}
	return kind.Member{Name: t.Name + "." + c.Name, Group: x.Group, Type: c.typ, Transforms: x.Columns[0].Transforms, Scope: cmp.Or(scope, "none")}
}

// checkGroups finds columns that could not compare although they are of one join group.
func (s *Schema) checkGroups() (errs []error) {
	first := map[string]kind.Member{} // of each group, in the order of the tables' names
	for t := range s.Tables() {
		for i, x := range t.Indexes {
			if !x.Joins() {
				continue
			}
			this := t.member(x)
			of, known := first[x.Group]
			if !known {
				first[x.Group] = this
			} else if problem := of.Contradicts(this); problem != "" {
				errs = append(errs, &Error{t.Name, x.columns[0].Name, fmt.Sprintf("is in the join group %s with %s, and they %s", x.Group, of.Name, problem)})
			}
			if slices.ContainsFunc(t.Indexes[:i], func(other *Index) bool { return other.JoinsWith(x) && other.columns[0] == x.columns[0] }) {
				errs = append(errs, &Error{t.Name, x.columns[0].Name, "is in the join group " + x.Group + " twice"})
			}
		}
	}
	return errs
}

// lockGroup names the columns that compare with one another.
func (s *Schema) lockGroup(x *Index) string {
	var names []string
	for t := range s.Tables() {
		for _, other := range t.Indexes {
			if other.JoinsWith(x) {
				names = append(names, t.Logical+"."+other.columns[0].Logical)
			}
		}
	}
	slices.Sort(names)
	return strings.Join(names, " + ")
}
