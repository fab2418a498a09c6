package schema

import (
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/message"
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/search"
)

const kindSmoothed = "smoothed"

// Smoothed reports whether the index's column holds tokens of a search.SmoothedIndex: they are of a row
// and a value, and rows are found by them that hold another.
func (x *Index) Smoothed() bool { return x.Kind == kindSmoothed }

// checkSmoothed fills in a smoothed index and finds what is wrong with it.
func (t *Table) checkSmoothed(x *Index) (problem string) {
	switch {
	case len(x.columns) != 1:
		return "is over several columns: declare one on each"
	case x.Unique || x.UniqueWhere != "" || len(x.UniqueWith) > 0 || x.Bits != 0 || x.AcceptFrequencyLeak:
		return "takes no unique, bits or leaks, which are of exact"
	case x.Unscoped && t.Scope.Kind == "":
		return "scope=none is for a table with a scope"
	}
	c, transforms := x.columns[0], x.Columns[0].Transforms
	if c.typ == value.JSON {
		return "compares values, and the column holds " + c.typ.String()
	}
	if c.Bind.Kind == BindNothing {
		return "makes a token of the row and the value, and the column is unbound" + noDoc
	}
	if x.partialValues() {
		return "answers =, and first and last leave parts of values: use exact for those"
	}
	if err := search.CheckOptions(search.Exact(c.Logical, transforms...), search.Options{Types: x.options.Types, AcceptFrequencyLeak: true}); err != nil {
		return message.Bare(err)
	}
	x.options, x.leakage = search.Options{Types: x.options.Types}, search.SmoothedLeakage()
	x.label = search.Smoothed(x.Columns[0].Name, transforms...)
	return ""
}

// checkAlone finds smoothed indexes that stand beside another one that answers =.
func (t *Table) checkAlone(p *problems) {
	for _, x := range t.Indexes {
		if x.Smoothed() && slices.ContainsFunc(t.Indexes, func(other *Index) bool {
			return other != x && len(other.columns) == 1 && other.columns[0] == x.columns[0] && !other.partialValues()
		}) {
			p.add(x.columns[0].Name, "index smoothed stands beside another index that answers =: keep one of them; exact shows what smoothed hides")
		}
	}
}

// partialValues reports whether an index compares parts of values only.
func (x *Index) partialValues() bool {
	return slices.ContainsFunc(x.Columns, func(c search.Column) bool {
		return slices.ContainsFunc(c.Transforms, func(one search.Transform) bool {
			return strings.HasPrefix(string(one), "first") || strings.HasPrefix(string(one), "last")
		})
	})
}
