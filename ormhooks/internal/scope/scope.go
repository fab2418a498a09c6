package scope

import (
	"context"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

type key struct{ kind string }

// value keeps an id, which may be personal data, out of what %v of a context prints.
type value struct{ id string }

// With returns a context in which the scope of a kind is id.
func With(ctx context.Context, kind, id string) context.Context {
	return context.WithValue(ctx, key{kind}, value{id})
}

// Of resolves a table's scope. id is what a row's scope column holds, or "" where there is
// no row or no such column. A problem says why there is none, for an ormhooks.ScopeError.
func Of(ctx context.Context, t *schema.Table, id string) (path []keys.Label, problem string) {
	if t.Scope.Kind == "" {
		return nil, ""
	}
	inContext, ok := ctx.Value(key{t.Scope.Kind}).(value)
	given := inContext.id
	switch {
	case ok && given == "": // an unset session variable must not read everybody's rows
		return nil, "the context names one whose id is empty"
	case given == "" && id == "":
		problem = "there is none: set it with ormhooks.WithScope(ctx, …)"
		if t.Scope.Column != "" {
			problem += ", or give " + t.Scope.Column + " a value, in WHERE or in the row"
		}
		return nil, problem
	case given != "" && id != "" && given != id:
		return nil, "the row belongs to another than the context names"
	case id == "":
		id = given
	}
	return []keys.Label{keys.Scope(t.Scope.Kind, id)}, ""
}
