package plan

import (
	"fmt"
	"strings"

	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

// A Finish is the end of a SELECT that the server cannot carry out over cells. What is sent
// lacks it, so that all rows come; they are grouped, sorted and cut after they are opened.
type Finish struct {
	// Grouped says that rows become groups, by what By gives: by nothing, they are all one group,
	// even if there are none. DISTINCT is a grouping by all columns.
	Grouped bool
	By      []Key
	// Results are the caller's columns, in their order, and behind those what only Sort and
	// Having need.
	Results []Result
	// Having are conditions on groups that all of them must satisfy.
	Having []Having
	Sort   []Sort
	// Count and Offset are LIMIT and OFFSET; the zero Value is none.
	Count, Offset Value
	// Clause and Column say what it is for: "ORDER BY", "users.email".
	Clause, Column string
}

// A Key is a value of each row, to be compared with those of other rows.
type Key struct {
	At int // position in Output.Columns; -1 of count(*), which looks at none
	// Column is the protected column that it is; else the server compares, and gives at position
	// Rank what number the row has by this value. A Rank of -1 is none.
	Column *schema.Column
	Rank   int
	// Collation is how text of Column compares: by what is left of it.
	Collation []search.Transform
}

// A Result is one column of what the caller gets.
type Result struct {
	Func Func
	Key
	Distinct bool
	Addend   Addend // of Sum and Avg
}

// A Func is what a Result is of the rows of a group.
type Func uint8

// The functions. First is the value of the row that came first.
const (
	First Func = iota
	Count
	Sum
	Avg
	Min
	Max
)

var funcs = map[string]Func{"count": Count, "sum": Sum, "avg": Avg, "min": Min, "max": Max}

func (f Func) String() string { return [...]string{"first", "count", "sum", "avg", "min", "max"}[f] }

// An Addend says how a server adds up the values of a column.
type Addend struct {
	Type  value.Type // Int, Uint, Bool, Decimal, Float32 or Float64
	Small bool       // PostgreSQL's smallint and integer, of which the sum is a bigint
	Scale int        // digits behind the point that a decimal is declared with; -1 if it is not
}

// A Having compares a count with a whole number.
type Having struct {
	Result int    // number in Finish.Results
	Op     string // =, <>, <, <=, > or >=
	Than   Value
}

// A Sort is one element of ORDER BY.
type Sort struct {
	Result     int // number in Finish.Results
	Desc       bool
	NullsFirst bool
}

func (p *Plan) finish() string {
	f := p.Finish
	var parts []string
	if f.Grouped && len(f.By) == 0 {
		parts = append(parts, "one group")
	} else if f.Grouped {
		var by []string
		for _, k := range f.By {
			by = append(by, k.describe())
		}
		parts = append(parts, "group by "+strings.Join(by, ", "))
	}
	for i, r := range f.Results {
		if r.Func != First {
			parts = append(parts, fmt.Sprintf("%d is %s", i+1, r.describe()))
		}
	}
	for _, h := range f.Having {
		parts = append(parts, "having "+f.Results[h.Result].describe()+" "+h.Op+" "+p.number(h.Than))
	}
	for i, s := range f.Sort {
		r := f.Results[s.Result]
		words := r.describe()
		if s.Desc {
			words += " desc"
		}
		switch {
		case r.Func == First && r.Column == nil || r.Func == Count: // never NULL
		case s.NullsFirst:
			words += " nulls first"
		default:
			words += " nulls last"
		}
		if i == 0 {
			words = "order by " + words
		}
		parts = append(parts, words)
	}
	if f.Count.Kind != 0 {
		parts = append(parts, "limit "+p.number(f.Count))
	}
	if f.Offset.Kind != 0 {
		parts = append(parts, "offset "+p.number(f.Offset))
	}
	return strings.Join(parts, ", ")
}

func (p *Plan) number(v Value) string {
	if v.Kind == FromConst {
		return fmt.Sprint(v.Const)
	}
	return p.value(v)
}

func (r Result) describe() string {
	of := r.Key.describe()
	if r.Distinct {
		of = "distinct " + of
	}
	if r.Func == First {
		return of
	}
	return r.Func.String() + " of " + of
}

func (k Key) describe() string {
	switch {
	case k.At < 0:
		return "rows"
	case k.Column != nil:
		return k.Column.Label()
	}
	return fmt.Sprintf("column %d", k.At+1)
}
