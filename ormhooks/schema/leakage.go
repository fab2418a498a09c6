package schema

import (
	"fmt"

	"github.com/cellseal/cellseal/internal/value"
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
		for _, x := range t.Indexes {
			all = append(all, Leak{t.Name, x.hidden, x.leakage})
		}
		for _, x := range t.Listed {
			all = append(all, Leak{t.Name, x.String(), x.leakage})
		}
	}
	return all
}

func (c *Column) leakage() search.Leakage {
	l := search.Leakage{Kind: string(c.Mode), OnQuery: "nothing: it is not searched", OverTime: "when it changes"}
	length := "the value's length"
	if c.Pad > 0 {
		length += fmt.Sprintf(" in steps of %d bytes", c.Pad)
	}
	switch c.typ {
	case value.Bool, value.Int, value.Uint, value.Float32, value.Float64, value.Time, value.UUID:
		length = "nothing" // all values are of one length
	}
	l.AtRest, l.For = length, "every column"
	switch {
	case c.Mode == ModeImprint:
		l.AtRest += ", and which writes of one row stored the same value"
		if c.Bind.Kind == BindNothing {
			l.AtRest = length + ", which rows hold equal values, and how often each occurs"
		}
		if c.KeepOthers {
			l.AtRest += ", and the characters kept in place"
		}
		l.OverTime = "when it changes, and when it changes back"
		l.For = "columns whose length or format cannot change"
	case c.Mode == ModeToken:
		l.For = "columns whose length cannot change, while a second place can"
	case c.Pad > 0:
		l.For = "values whose length tells something"
	}
	if c.Nullable {
		l.AtRest += ", and which rows are NULL"
	}
	return l
}
