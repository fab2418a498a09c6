package sqlfuzz

import (
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
)

// facts are what two trees of one statement must have in common.
type facts struct {
	kind    string   // SELECT, INSERT, UPDATE, DELETE, or what the other parser calls it
	tables  []string // names without qualifiers, in the order of the alphabet, each once
	columns []string // names without qualifiers, one for each reference
	strings []string // one for each literal
	params  []int    // one for each placeholder; all 0 where they have no numbers

	// The other parser alone says these. protected is a protected table that is read or
	// written, hidden by no CTE; sealed is how many literals with the secret are compared with a
	// protected column or assigned to one, of a statement of which that can be said.
	protected string
	sealed    int
}

func (f *facts) sort() *facts {
	slices.Sort(f.tables)
	f.tables = slices.Compact(f.tables)
	slices.Sort(f.columns)
	slices.Sort(f.strings)
	slices.Sort(f.params)
	return f
}

// ours are the facts of our own tree.
func (d *dialect) ours(p *sqltext.Parsed) *facts {
	f := &facts{}
	switch s := p.Statement.(type) {
	case *sqltext.Query:
		f.kind = "SELECT"
	case *sqltext.Insert:
		f.kind = "INSERT"
	case *sqltext.Update:
		f.kind = "UPDATE"
	case *sqltext.Delete:
		f.kind = "DELETE"
		for _, t := range s.Targets {
			f.table(d, t.Last())
		}
	}
	for _, param := range p.Params {
		n := param.Number
		if d == mysql {
			n = 0
		}
		f.params = append(f.params, n)
	}
	skip := map[sqltext.Node]bool{}
	sqltext.Walk(p.Statement, func(n sqltext.Node) bool {
		switch n := n.(type) {
		case *sqltext.TableName:
			f.table(d, n.Name.Last())
		case *sqltext.Column:
			if name := d.folded(n.Last()); !slices.Contains(valueFunctions[d.sql], name) || n.Parts[0].Quoted || len(n.Parts) > 1 {
				f.columns = append(f.columns, name)
			}
		case *sqltext.Binary:
			if d == mysql && n.Escape != nil {
				skip[n.Escape] = true // a byte of its node there
			}
		case *sqltext.Call:
			if strings.EqualFold(n.Name.Last(), "extract") && len(n.Args) == 2 {
				skip[n.Args[0]] = true // a string for PostgreSQL even without quotes
			}
		case *sqltext.Literal:
			if n.Kind == sqltext.String && !skip[n] {
				f.strings = append(f.strings, n.Value)
			}
		}
		return true
	})
	return f.sort()
}

func (f *facts) table(d *dialect, name string) {
	if name = d.folded(name); d != mysql || name != "dual" { // which is no table there
		f.tables = append(f.tables, name)
	}
}

func (d *dialect) folded(name string) string {
	if d == postgres {
		return name
	}
	return strings.ToLower(name)
}

// valueFunctions are each dialect's words that are no columns though our tree says so. USER
// is one of PostgreSQL's alone.
var valueFunctions = map[sqltext.Dialect][]string{
	sqltext.PostgreSQL: strings.Fields("current_date current_time current_timestamp current_user current_role current_catalog current_schema session_user system_user user localtime localtimestamp"),
	sqltext.MySQL:      strings.Fields("current_date current_time current_timestamp current_user current_role localtime localtimestamp utc_date utc_time utc_timestamp sysdate"),
}

// parenthesized is the statement with parentheses around every operator and its operands, as
// our tree has them.
func parenthesized(text string, p *sqltext.Parsed) string {
	opening, closing := map[int]int{}, map[int]int{}
	var visit func(n sqltext.Node) bool
	visit = func(n sqltext.Node) bool {
		switch n.(type) {
		case *sqltext.Binary, *sqltext.Unary, *sqltext.Between, *sqltext.In, *sqltext.IsNull, *sqltext.Quantified:
			opening[n.At().Pos]++
			closing[n.At().End]++
		case *sqltext.Conflict:
			for _, s := range n.(*sqltext.Conflict).Set {
				sqltext.Walk(s, visit)
			}
			return false
		}
		return true
	}
	sqltext.Walk(p.Statement, visit)
	var b strings.Builder
	for i := range len(text) + 1 {
		b.WriteString(strings.Repeat(")", closing[i]))
		b.WriteString(strings.Repeat("(", opening[i]))
		if i < len(text) {
			b.WriteByte(text[i])
		}
	}
	return b.String()
}
