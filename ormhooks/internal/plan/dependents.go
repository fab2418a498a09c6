package plan

import (
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
)

// dependents refuses statements that name what works on a protected table by itself: a view, a
// partition, a routine. What they are given would pass by in clear.
func (a *analysis) dependents(tokens []sqltext.Token) error {
	if a.catalog == nil || len(a.catalog.Dependents) == 0 || len(tokens) == 0 || !namesTables(tokens) {
		return nil
	}
	named := map[string]string{} // to what it is
	for _, d := range a.catalog.Dependents {
		_, name, qualified := strings.Cut(d.Name, ".")
		if !qualified {
			name = d.Name
		}
		switch {
		case d.Kind == "trigger" || d.Kind == "rule" || strings.HasSuffix(d.Kind, "policy") || d.Kind == "event":
		case !a.isAllowed(name) && !a.isAllowed(d.Name):
			named[strings.ToLower(name)] = d.Kind + " works on " + d.Table.Name
		}
	}
	for i, t := range tokens {
		what, ok := named[strings.ToLower(t.Text)]
		routine := strings.HasPrefix(what, "routine")
		if !ok || !isName(t) || routine && (i+1 == len(tokens) || tokens[i+1].Text != "(") || a.isProtectedName(t.Text) {
			continue
		}
		return &Refusal{Pos: t.Pos, Reason: "the " + what + ", a protected table, past Cellseal", Instead: "use the table itself, or allow it by name in the options"}
	}
	return nil
}

func (a *analysis) isAllowed(name string) bool {
	return a.catalog != nil && slices.ContainsFunc(a.catalog.Allowed, func(s string) bool { return strings.EqualFold(s, name) })
}

// called returns the name that a CALL is of, without its qualifiers.
func called(tokens []sqltext.Token) string {
	name := ""
	for _, t := range tokens {
		switch {
		case isName(t):
			name = t.Text
		case t.Text != ".":
			return name
		}
	}
	return name
}

// namesTables reports whether a statement is one that names tables or routines to work with them.
func namesTables(tokens []sqltext.Token) bool {
	for _, t := range tokens {
		if t.Kind == sqltext.Word && (isQueryVerb(t.Text) || strings.EqualFold(t.Text, "CALL") || strings.EqualFold(t.Text, "COPY") || strings.EqualFold(t.Text, "TABLE") || strings.EqualFold(t.Text, "MERGE")) {
			return true
		}
	}
	return false
}
