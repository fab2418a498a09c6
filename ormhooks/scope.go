package ormhooks

import (
	"context"
	"fmt"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/internal/scope"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// WithScope returns a context in which the scope of a kind, such as "tenant", is
// id. Tables declared with that scope then work on its cells alone. See keys.Scope for
// how to write an id.
func WithScope(ctx context.Context, kind, id string) context.Context {
	return scope.With(ctx, kind, id)
}

// ScopeError says that a table with a scope was used without one, or with two.
type ScopeError struct {
	Table, Kind string
	Problem     string
}

func (e *ScopeError) Error() string {
	return fmt.Sprintf("cellseal: %s: scope %s: %s", e.Table, e.Kind, e.Problem)
}

// scopeOf resolves a table's scope. id is what a row's scope column holds, or ""
// where there is no row or no such column.
func scopeOf(ctx context.Context, t *schema.Table, id string) ([]keys.Label, error) {
	path, problem := scope.Of(ctx, t, id)
	if problem != "" {
		return nil, &ScopeError{t.Name, t.Scope.Kind, problem}
	}
	return path, nil
}
