package schema

import (
	"slices"

	"github.com/cellseal/cellseal/internal/tag"
	"github.com/cellseal/cellseal/ormhooks/schema/internal/celltag"
	"github.com/cellseal/cellseal/ormhooks/schema/internal/searchtag"
)

// index reads one group of a search tag. Without a column of its own (on the _
// field) the columns come from on=.
func (m *model) index(field, column string, group []tag.Option) {
	add := func(problem string) { m.add(field, problem) }
	x, ok := searchtag.Read(column, group, add)
	if !ok {
		return
	}
	celltag.Twice(slices.DeleteFunc(slices.Clone(group), func(o tag.Option) bool { return o.Value == "" }), add)
	m.decl.Indexes = append(m.decl.Indexes, &Index{
		Name: x.Name, Kind: x.Kind, Columns: x.Columns, Unique: x.Unique, UniqueWith: x.UniqueWith, UniqueWhere: x.UniqueWhere, Bits: x.Bits,
		Unscoped: x.Unscoped, AcceptFrequencyLeak: x.AcceptFrequencyLeak, Group: x.Group, AcceptEquality: x.AcceptEquality,
		By: x.By, Bound: x.Bound,
	})
}
