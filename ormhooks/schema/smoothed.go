package schema

import (
	"slices"

	"github.com/cellseal/cellseal/ormhooks/schema/internal/kind"
	"github.com/cellseal/cellseal/search"
)

// Smoothed reports whether the index's column holds tokens of a search.SmoothedIndex: they are of a row
// and a value, and rows are found by them that hold another.
func (x *Index) Smoothed() bool { return x.Kind == kind.Smoothed }

// checkSmoothed fills in a smoothed index and finds what is wrong with it.
func (t *Table) checkSmoothed(x *Index) (problem string) {
	if problem := t.checkOfExact(x); problem != "" {
		return problem
	}
	c, transforms := x.columns[0], x.Columns[0].Transforms
	if c.Bind.Kind == BindNothing {
		return "makes a token of the row and the value, and the column is unbound" + noDoc
	}
	x.options, x.leakage = search.Options{Types: x.options.Types}, search.SmoothedLeakage()
	x.label = search.Smoothed(x.Columns[0].Name, transforms...)
	return kind.CheckSmoothed(c.typ, transforms)
}

// checkAlone finds smoothed indexes that stand beside another one that answers =.
func (t *Table) checkAlone(p *problems) {
	for _, x := range t.Indexes {
		if x.Smoothed() && slices.ContainsFunc(t.Indexes, func(other *Index) bool {
			return other != x && len(other.columns) == 1 && other.columns[0] == x.columns[0] && !kind.Partial(other.Columns[0].Transforms)
		}) {
			p.add(x.columns[0].Name, "index smoothed stands beside another index that answers =: keep one of them; exact and join show what smoothed hides")
		}
	}
}
