package sqlfuzz

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
)

// live are two databases of a server: one as the application believes it to be, one as it is.
type live struct {
	plain, sealed server
}

// A server says what it makes of a statement, without executing it.
type server interface {
	prepare(text string) (*prepared, error)
}

// A prepared statement is what a server says of one; what it does not say is nil.
type prepared struct {
	names  []string // of the result's columns
	stores []string // where each is stored: "users.email", or ""
	inputs int      // placeholders; -1 if unknown
	opens  []string // tables that it opens
}

// isQuery keeps away what some servers execute while they prepare it, and several statements.
func isQuery(d *dialect, text string) bool {
	tokens, err := sqltext.Scan(d.sql, d.o, text)
	if err != nil || len(tokens) == 0 || strings.Contains(strings.TrimRight(text, "; \t\r\n"), ";") {
		return false
	}
	switch strings.ToUpper(tokens[0].Text) {
	case "SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "VALUES", "(":
		return tokens[0].Kind == sqltext.Word || tokens[0].Kind == sqltext.Symbol
	}
	return false
}

// passes asks of a statement that goes through unchanged whether it shows or opens anything
// that is protected.
func (l *live) passes(j *judge, text string, object func(string, string, ...any)) {
	if !isQuery(j.d, text) {
		return
	}
	p, err := l.sealed.prepare(text)
	if err != nil {
		return
	}
	j.prepared++
	for _, s := range p.stores {
		if isStored(s) {
			object("passes", "the server shows %s", s)
		}
	}
	for _, t := range p.opens {
		if slices.Contains(protectedTables, t) {
			object("passes", "the server opens %s", t)
		}
	}
}

// isStored reports whether a column holds what only the library can read.
func isStored(column string) bool {
	table, name, _ := strings.Cut(column, ".")
	for t := range tables().Tables() {
		if t.Name != table {
			continue
		}
		if c := t.ColumnNamed(name); c != nil && c.Protected() {
			return true
		}
	}
	return isHidden(name)
}

func isHidden(name string) bool {
	return strings.Contains(name, "__") || strings.HasSuffix(name, "cellseal_row")
}

// rewritten asks whether the server takes what a statement became, if it takes the statement.
func (l *live) rewritten(j *judge, text string, p *plan.Plan, sent []string, object func(string, string, ...any)) {
	if !isQuery(j.d, text) {
		return
	}
	before, err := l.plain.prepare(text)
	if err != nil {
		return
	}
	j.prepared++
	if n := inputs(p); before.inputs >= 0 && before.inputs != n {
		object("inputs", "the server counts %d, the plan %d", before.inputs, n)
	}
	for i, s := range sent {
		after, err := l.sealed.prepare(s)
		if err != nil {
			object("broken", "%s\n      %v", s, err)
			continue
		}
		if i == 0 {
			outputs(p, before, after, object)
		}
	}
}

func inputs(p *plan.Plan) int {
	n := len(p.Params)
	for _, param := range p.Params {
		n = max(n, param.Number)
	}
	return n
}

// outputs compares the columns of the result with what the plan says they are.
func outputs(p *plan.Plan, before, after *prepared, object func(string, string, ...any)) {
	if p.Out == nil {
		for i, name := range after.names {
			// A comparison inside of WITH or UNION has no name worth keeping, and gets another.
			if len(after.names) != len(before.names) || name != before.names[i] && (name != "coalesce" || before.names[i] != "?column?") {
				object("output", "before %q after %q", before.names, after.names)
				break
			}
		}
		for _, s := range after.stores {
			if isStored(s) {
				object("output", "%s is not opened", s)
			}
		}
		return
	}
	if after.names == nil {
		return
	}
	if len(p.Out.Columns) != len(after.names) {
		object("output", "the plan has %d columns, the server %q", len(p.Out.Columns), after.names)
		return
	}
	var visible []string
	for i, c := range p.Out.Columns {
		if c.Visible {
			name := after.names[i]
			if c.Name != "" {
				name = c.Name
			}
			visible = append(visible, name)
		}
		planned := ""
		if c.Column != nil {
			planned = c.Column.Label()
		}
		if stored := after.stores[i]; isStored(stored) && !isHidden(stored) && planned != stored || planned != "" && stored != planned || c.Visible && isHidden(stored) {
			object("output", "column %d is %q for the plan, %q for the server", i+1, planned, stored)
		}
	}
	if fmt.Sprint(visible) != fmt.Sprint(before.names) {
		object("output", "visible %q before %q", visible, before.names)
	}
}
