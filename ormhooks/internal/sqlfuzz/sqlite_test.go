package sqlfuzz

import (
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
)

// byteCode compares our tree with what SQLite compiled, which has no parser that could be
// asked: tables, strings and parameters in its program are in our tree, and parentheses
// around every operator do not change it.
func (j *judge) byteCode(text string, object func(string, string, ...any)) {
	parsed, err := sqltext.Parse(j.d.sql, j.d.o, text)
	if err != nil || parsed.Explain.End > 0 || !isQuery(j.d, text) {
		return
	}
	server := j.live.plain.(*sqliteServer)
	code, err := server.code(text)
	if err != nil {
		return
	}
	j.compared++
	ours := j.d.ours(parsed)
	strs := ours.strings
	tokens, _ := sqltext.Scan(j.d.sql, j.d.o, text)
	for _, t := range tokens {
		if t.Kind == sqltext.QuotedIdent { // "x" is a string where there is no column x
			strs = append(strs, t.Text)
		}
	}
	for _, op := range code {
		switch op.name {
		case "OpenRead", "OpenWrite", "Clear":
			page := op.p2
			if op.name == "Clear" {
				page = op.p1
			}
			if table, ok := server.tables[page]; ok && op.p3 == 0 && !slices.Contains(ours.tables, table) {
				object("tables", "ours %q, it opens %s", ours.tables, table)
			}
		case "String8":
			// The index range of LIKE 'abc%' and GLOB 'abc*' ends at 'abd'.
			if !slices.Contains(strs, op.p4.String) && !strings.Contains(strings.ToUpper(text), "LIKE") && !strings.Contains(strings.ToUpper(text), "GLOB") {
				object("strings", "ours %q, it has %q", strs, op.p4.String)
			}
		case "Variable":
			if !slices.Contains(ours.params, op.p1) {
				object("params", "ours %v, it has %d", ours.params, op.p1)
			}
		}
	}
	bracketed := parenthesized(text, parsed)
	// WITH is a name where no query can begin.
	with := strings.Contains(strings.ToUpper(bracketed), "(WITH") && !strings.Contains(strings.ToUpper(text), "(WITH")
	if bracketed == text || with || strings.Contains(strings.ToUpper(text), "COLLATE") {
		return
	}
	j.shaped++
	if again, err := server.code(bracketed); err != nil || !slices.Equal(code, again) {
		object("precedence", "%s (%v)", bracketed, err)
	}
}
