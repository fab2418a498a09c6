package search

import (
	"fmt"
	"strings"

	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/search/internal/column"
	"github.com/cellseal/cellseal/search/internal/entry"
	"github.com/cellseal/cellseal/search/internal/planner"
)

// PlanOptions says what a column is like and what it will be asked. Nil stands for the
// zero value: text, compared byte by byte, as many rows as the sample has, and questions of
// equality only.
type PlanOptions struct {
	// Column is its name, for the text.
	Column string
	// Type is the column's declared type, and Transforms say how its values compare.
	Type       Type
	Transforms []Transform
	// Rows is how many rows the table is expected to have.
	Rows uint64
	// KnownRows is of how many rows an attacker knows the value from elsewhere, 100 by default.
	KnownRows int
	// Words, Parts and Order say what else the column is asked: whole words, substrings,
	// ranges and order.
	Words, Parts, Order bool
	// Common asks for so many of the most frequent values in clear in the answer, to be put
	// beside the bars of a picture. 0 keeps every value out of it.
	Common int
}

// Planned is what [Plan] found out; its String is the plan in words. It holds no value of
// the sample unless PlanOptions.Common asked for some.
type Planned = planner.Planned

// Candidate is one index, and what it shows of the sample.
type Candidate = planner.Candidate

// Plan says which index a column should have. It attacks the sample, values of the column as
// they are before encryption, under every index there is for it, as somebody would who stole
// the table and knows how frequent each value is: by the rank of frequencies, and by the
// likeliest value in simulated tables (Monte-Carlo Bayes). It says what he recovers beside
// blind guessing, what knowing some rows gives away of others, what one observed query
// shows, and what each index costs. A list that another question needs answers equality too, and is then advised alone;
// where a smoothed index and a list both do, Planned.Or is the second tag, and the text says what speaks for which. Print it:
//
//	fmt.Println(plan)
//
// The sample should be drawn at random from the column and hold some thousand values. Attacks
// run on at most 100 000 rows drawn from it with a fixed seed, so the answer is stable; it
// takes a few seconds. NULLs, and values of which the transforms leave nothing, are left out.
// A value the index would refuse is a [ValueError], a sample of nothing an error. It panics on
// options that contradict each other.
func Plan[V any](sample []V, o *PlanOptions) (*Planned, error) {
	if o == nil {
		o = &PlanOptions{}
	}
	in := planner.Input{
		Column: o.Column, Rows: o.Rows, Known: o.KnownRows, Common: o.Common, Text: o.Type == Text,
		Asked: planner.Asked{Words: o.Words, Parts: o.Parts, Order: o.Order}, Counts: map[string]uint64{}, Shown: map[string]string{},
	}
	if in.Column == "" {
		in.Column = "column"
	}
	if in.Known == 0 {
		in.Known = 100
	}
	var list []string
	for _, t := range o.Transforms {
		list = append(list, string(t))
		name, _, _ := strings.Cut(string(t), ".v")
		in.Transforms = append(in.Transforms, name)
	}
	columns, err := column.New([]string{in.Column}, [][]string{list}, []Type{o.Type})
	if err != nil {
		panic("cellseal/search: " + err.Error())
	}
	in.Leaks = Options{}.check(columns) != nil
	for _, v := range sample {
		b, err := columns[0].Normalize(v)
		if err != nil {
			reason := err.Error()
			if _, _, err := value.From(Text, v); err != nil && o.Type == Text {
				reason += ": set PlanOptions.Type to what the column holds"
			}
			return nil, &ValueError{in.Column, reason}
		}
		if b == nil {
			continue
		}
		in.Counts[string(b)]++
		if o.Common > 0 {
			in.Shown[string(b)] = fmt.Sprint(v)
		}
	}
	if len(in.Counts) == 0 {
		return nil, fmt.Errorf("cellseal/search: %s: a sample without a value plans nothing", in.Column)
	}
	in.SortedKey = entry.Width(o.Type)
	return planner.Plan(in), nil
}
