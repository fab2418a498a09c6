package plan

import (
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
)

// Names that case alone tells apart: whether "E" and e, or the aliases u and U, are one thing
// depends on the server, on its operating system and on quotes. Beside what is protected they
// are refused, or one would be taken for the other.

func (a *analysis) refuseAlikeColumns(at sqltext.Node, r *relation) {
	if r.table == nil && (r.query == nil || !r.query.anyProtected()) {
		return
	}
	for i, c := range r.columns {
		if slices.ContainsFunc(r.columns[:i], func(o output) bool { return o.name != c.name && strings.EqualFold(o.name, c.name) }) {
			a.refuse(at, r.table, nil, "two columns are told apart by case alone: "+a.spelled(sqltext.Ident{Name: c.name, Quoted: true}), "give them other names")
		}
	}
}

func (a *analysis) refuseAlikeAliases(at sqltext.Node, relations []*relation) {
	if !slices.ContainsFunc(relations, func(r *relation) bool { return r.table != nil || r.query != nil && r.query.anyProtected() }) {
		return
	}
	for i, r := range relations {
		if slices.ContainsFunc(relations[:i], func(o *relation) bool { return o.alias != r.alias && strings.EqualFold(o.alias, r.alias) }) {
			a.refuse(at, nil, nil, "two tables go by names that case alone tells apart", "give them other aliases")
		}
	}
}

// refuseTwice refuses to assign a column twice: servers differ in which one counts.
func (a *analysis) refuseTwice(r *relation, all []*sqltext.Assign) {
	seen := map[string]bool{}
	for _, s := range all {
		for _, c := range s.Columns {
			name := strings.ToLower(c.Last())
			if len(c.Parts) > 1 {
				name = strings.ToLower(c.Parts[len(c.Parts)-2].Name) + "." + name
			}
			if seen[name] {
				a.refuse(s, r.table, nil, c.Last()+" is set twice", "set it once")
			}
			seen[name] = true
		}
	}
}
