package schema

import (
	"slices"

	"github.com/cellseal/cellseal/ormhooks/schema/internal/shows"
	"github.com/cellseal/cellseal/search"
)

// Leak says what one column or index of the schema shows, in the words of the
// leakage table of package search.
type Leak struct {
	Table string
	What  string // a column, or an index: its hidden column, or its name behind "column__"
	search.Leakage
}

// Leakage reports what every protected column and every index of the schema shows
// to whoever reads or watches the database.
func (s *Schema) Leakage() []Leak {
	var all []Leak
	for t := range s.Tables() {
		for _, c := range t.Columns {
			if c.Protected() {
				all = append(all, Leak{t.Name, c.Name, c.leakage()})
			}
		}
		for _, x := range slices.Concat(t.Indexes, t.Listed, t.Sums) {
			all = append(all, Leak{t.Name, x.String(), x.leakage})
		}
	}
	return all
}

func (c *Column) leakage() search.Leakage {
	return shows.Column{Mode: string(c.Mode), Type: c.typ, Pad: c.Pad, Nullable: c.Nullable, KeepOthers: c.KeepOthers, Unbound: c.Bind.Kind == BindNothing}.Leakage()
}
