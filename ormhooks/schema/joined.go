package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/message"
	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/join"
)

const kindJoin = "join"

// Joins reports whether the index's column holds tokens of a join group: they compare with those of
// the group's other columns.
func (x *Index) Joins() bool { return x.Kind == kindJoin }

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
	switch {
	case len(x.columns) != 1:
		return "is over several columns: declare it on each"
	case !tree.IsName(x.Group):
		return fmt.Sprintf("has the group %q: want A-Z a-z 0-9 _, as join=email", x.Group)
	case x.Unique || x.UniqueWhere != "" || len(x.UniqueWith) > 0 || x.Bits != 0 || x.AcceptFrequencyLeak:
		return "takes no unique, bits or leaks=frequency, which are of exact"
	case x.Unscoped && t.Scope.Kind == "":
		return "has scope=none, which is for a table with a scope"
	case !x.AcceptEquality:
		return "shows which rows of all its columns hold equal values, and how often each occurs, to whoever reads the tables: accept it with leaks=equality, or join in two steps"
	}
	for _, one := range x.Columns[0].Transforms {
		switch one {
		case search.Trim, search.Space, search.Fold, search.Email, search.Digits, search.Alnum:
		default:
			return fmt.Sprintf("has the transform %s: want trim, space, fold, email, digits, alnum, which compare whole values", one)
		}
	}
	x.table, x.label = join.Table, join.Label(x.Group, x.Columns[0].Transforms...)
	if _, err := search.NewNormalizer(x.label, kindJoin, x.columns[0].typ); err != nil {
		return message.Bare(err)
	}
	x.options, x.leakage = search.Options{Types: x.options.Types}, join.Leakage()
	return ""
}

// A member is a column of a join group.
type member struct {
	table *Table
	index *Index
}

func (m member) String() string { return m.table.Name + "." + m.index.columns[0].Name }

// logical is the member's name in cell.lock.
func (m member) logical() string { return m.table.Logical + "." + m.index.columns[0].Logical }

// members returns the columns of a join group, in the order of their names.
func (s *Schema) members(group string) (all []member) {
	for t := range s.Tables() {
		for _, x := range t.Indexes {
			if x.Joins() && x.Group == group {
				all = append(all, member{t, x})
			}
		}
	}
	return all
}

// checkGroups finds columns that could not compare although they are of one join group.
func (s *Schema) checkGroups() (errs []error) {
	for t := range s.Tables() {
		for _, x := range t.Indexes {
			if !x.Joins() {
				continue
			}
			first, this := s.members(x.Group)[0], member{t, x}
			if problem := first.contradicts(this); problem != "" {
				errs = append(errs, &Error{t.Name, x.columns[0].Name, fmt.Sprintf("is in the join group %s with %s, and they %s", x.Group, first, problem)})
			}
			if slices.ContainsFunc(t.Indexes, func(other *Index) bool {
				return other != x && other.Joins() && other.columns[0] == x.columns[0] && other.Group == x.Group
			}) {
				errs = append(errs, &Error{t.Name, x.columns[0].Name, "is in the join group " + x.Group + " twice"})
			}
		}
	}
	return errs
}

// contradicts says why tokens of two columns would never be alike, or alike for values that are not.
func (m member) contradicts(other member) string {
	a, b := m.index, other.index
	switch {
	case a.columns[0].typ != b.columns[0].typ:
		return fmt.Sprintf("differ in type, %s and %s: give them one", a.columns[0].typ, b.columns[0].typ)
	case a.label != b.label:
		return fmt.Sprintf("differ in transforms, %s and %s: give them the same ones, in the same order", transformsOf(a), transformsOf(b))
	case scopeOf(m.table, a) != scopeOf(other.table, b):
		return fmt.Sprintf("differ in scope, %s and %s: their tokens are under other keys", scopeOf(m.table, a), scopeOf(other.table, b))
	}
	return ""
}

func transformsOf(x *Index) string {
	var all []string
	for _, one := range x.Columns[0].Transforms {
		all = append(all, string(one))
	}
	if all == nil {
		return "none"
	}
	return strings.Join(all, "+")
}

func scopeOf(t *Table, x *Index) string {
	if t.Scope.Kind == "" || x.Unscoped {
		return "none"
	}
	return t.Scope.Kind
}

// lockGroup names the columns that compare with one another.
func (s *Schema) lockGroup(x *Index) string {
	if !x.Joins() {
		return ""
	}
	var names []string
	for _, m := range s.members(x.Group) {
		names = append(names, m.logical())
	}
	slices.Sort(names)
	return strings.Join(names, " + ")
}
