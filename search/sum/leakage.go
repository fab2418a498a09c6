package sum

import "github.com/cellseal/cellseal/search"

// Leakage says what a running sum shows.
func Leakage() search.Leakage {
	return search.Leakage{
		Kind:     "Running sum",
		AtRest:   "the order in which the rows of a group were written, and how many writes a group saw",
		OnQuery:  "which rows are summed up",
		OverTime: "how often a row's value is written anew; the difference of two values written under one number, as after a rollback or a restored backup",
		For:      "SUM, AVG and COUNT of a table, of a part of it and by group",
	}
}

// Leakage says what this index shows.
func (x *Index) Leakage() search.Leakage {
	x.state()
	return Leakage()
}
