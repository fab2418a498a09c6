// Package shows says what protected columns and indexes show to whoever reads the database.
package shows

import (
	"fmt"

	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/search"
)

// A Column is what matters of a column for what its stored values show.
type Column struct {
	Mode                          string // as in the tag
	Type                          value.Type
	Pad                           int
	Nullable, KeepOthers, Unbound bool
}

// Leakage says it in the words of the leakage table of package search.
func (c Column) Leakage() search.Leakage {
	l := search.Leakage{Kind: c.Mode, OnQuery: "nothing: it is not searched", OverTime: "when it changes"}
	length := "the value's length"
	if c.Pad > 0 {
		length += fmt.Sprintf(" in steps of %d bytes", c.Pad)
	}
	switch c.Type {
	case value.Bool, value.Int, value.Uint, value.Float32, value.Float64, value.Time, value.UUID:
		length = "nothing" // all values are of one length
	}
	l.AtRest, l.For = length, "every column"
	switch {
	case c.Mode == "imprint":
		l.AtRest += ", and which writes of one row stored the same value"
		if c.Unbound {
			l.AtRest = length + ", which rows hold equal values, and how often each occurs"
		}
		if c.KeepOthers {
			l.AtRest += ", and the characters kept in place"
		}
		l.OverTime = "when it changes, and when it changes back"
		l.For = "columns whose length or format cannot change"
	case c.Mode == "token":
		l.For = "columns whose length cannot change, while a second place can"
	case c.Pad > 0:
		l.For = "values whose length tells something"
	}
	if c.Nullable {
		l.AtRest += ", and which rows are NULL"
	}
	return l
}
