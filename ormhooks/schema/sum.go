package schema

import (
	"slices"

	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/ormhooks/schema/internal/kind"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/sum"
)

// Numbers is the name of the column beside [Index.Hidden] that holds the numbers of a running sum's rows.
func (x *Index) Numbers() string { return x.columns[0].Name + "__n" }

// Groups are the plain columns that a running sum is kept by, beside the one of the table's scope.
func (x *Index) Groups() []*Column { return x.groups }

// Scale is how many digits behind the point the values of a running sum have: they are added up without it.
func (x *Index) Scale() int { return x.scale }

// SumOptions configures the sum.Index of a running sum, but for its dialect.
func (x *Index) SumOptions() sum.Options {
	o := sum.Options{By: []search.Type{}, Bound: x.bound}
	for _, c := range x.groups {
		o.By = append(o.By, c.typ)
	}
	return o
}

// SumOf returns the running sum of a protected column, or nil.
func (t *Table) SumOf(c *Column) *Index {
	if i := slices.IndexFunc(t.Sums, func(x *Index) bool { return x.columns[0] == c }); i >= 0 {
		return t.Sums[i]
	}
	return nil
}

// SumsBy reports whether a running sum is kept by a plain column: a row whose value changes in it moves to
// other rows' numbers.
func (t *Table) SumsBy(c *Column) bool {
	return slices.ContainsFunc(t.Sums, func(x *Index) bool { return slices.Contains(x.groups, c) })
}

// checkSum fills in a running sum and finds what is wrong with it.
func (t *Table) checkSum(x *Index) (problem string) {
	if problem := t.checkOfExact(x); problem != "" {
		return problem
	}
	c := x.columns[0]
	switch {
	case len(x.Columns[0].Transforms) > 0:
		return "takes no transforms: values are added up as they are"
	case x.Name != kind.Sum:
		return "takes no name=: its columns are " + c.Name + "__sum and " + c.Name + "__n"
	case x.Unscoped:
		return "takes no scope=none: its numbers are the scope's"
	case t.Scope.Kind != "" && t.Scope.Column == "":
		return "numbers the rows of each scope, and no column says whose a row is: write scope=" + t.Scope.Kind + "(column)"
	case t.SumOf(c) != nil:
		return "is declared twice: one by all the columns that are grouped by, as sum,by=clinic+year, answers the other too"
	}
	if x.scale, x.bound, problem = kind.CheckSum(c.typ, c.limit, x.Bound); problem != "" {
		return problem
	}
	for _, name := range x.By {
		by := t.Column(name)
		switch {
		case by == nil:
			return "is by " + name + ", which is no column of the table"
		case by.Protected():
			return "is by " + name + ", which is protected itself: the database groups by plain columns alone"
		case t.Scope.Column == name:
			return "is by the column of the table's scope, by which it is kept anyway: leave it out"
		case slices.Contains(x.groups, by):
			return "is by " + name + " twice"
		}
		if _, _, err := value.ParseDeclared(by.Type); err != nil || !kind.GroupsBy(by.typ) {
			return "is by " + name + ", and integers, UUIDs, bytes and exactly compared text can be grouped by: take another column, or say what a type of your own is, as cell:\"type=int\""
		}
		x.groups = append(x.groups, by)
	}
	x.options, x.leakage = search.Options{Types: x.options.Types}, sum.Leakage()
	x.label = sum.Label(x.Columns[0].Name, x.By...)
	return ""
}
