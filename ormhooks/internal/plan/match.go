package plan

import (
	"strings"

	"github.com/cellseal/cellseal/internal/near"
	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// matches analyses cellseal_match(column, words) and cellseal_near(column, words), which are
// functions of no server: the door puts an answer in their place.
func (a *analysis) matches(e *sqltext.Call, sc *scope, in place) bool {
	ask, kind := Match, "words"
	switch name := strings.ToLower(e.Name.Last()); name {
	case "cellseal_match":
	case "cellseal_near":
		ask, kind = Near, "fuzzy"
	default:
		if meant := near.Word(name, "cellseal_match", "cellseal_near"); meant != "" {
			a.refuse(e, nil, nil, "no server has a function of this name", "did you mean "+meant+"?")
		}
		return false
	}
	if len(e.Args) != 2 || len(e.Name.Parts) != 1 || e.Distinct || e.Over != nil || e.Filter != nil || len(e.OrderBy) > 0 {
		a.refuse(e, nil, nil, e.Name.Last()+" takes a protected column and a text", "write "+e.Name.Last()+"(column, ?)")
	}
	ref, fold := a.cellOf(e.Args[0], sc)
	if !ref.protected() {
		if second, _ := a.cellOf(e.Args[1], sc); second.protected() {
			c := second.source.column
			a.refuse(e, second.source.origin.table, c, "is the second argument of "+e.Name.Last()+", and the column comes first", "write "+e.Name.Last()+"("+c.Name+", ?)")
		}
	}
	if !ref.protected() || fold {
		a.refuse(e, nil, nil, e.Name.Last()+" is asked of a protected column alone", `protect it, and add search:"`+kind+`"`)
	}
	f := &Find{Ask: ask, Column: ref.source.column}
	f.Indexes = a.listed(e, ref, false, e.Name.Last(), `search:"`+kind+`"`, func(x *schema.Index) bool { return x.Kind == kind })[:1]
	a.pattern(f, ref, e.Args[1], false)
	a.put(e, ref, f, false, in)
	return true
}

// withoutILIKE says of a statement that was not understood at ILIKE what other servers have in its place.
func withoutILIKE(d sqltext.Dialect, tokens []sqltext.Token, r *Refusal) *Refusal {
	if d == sqltext.PostgreSQL {
		return r
	}
	for i, t := range tokens {
		if t.Pos != r.Pos {
			continue
		}
		if strings.EqualFold(t.Text, "NOT") && i+1 < len(tokens) {
			t = tokens[i+1]
		}
		if t.Kind == sqltext.Word && strings.EqualFold(t.Text, "ILIKE") {
			r.Instead = "this server has no ILIKE: write LIKE, and add fold to the index that answers it"
		}
	}
	return r
}
