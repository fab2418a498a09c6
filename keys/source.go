package keys

import "context"

// A Source derives keys for long-lived integrations and may do I/O for it.
// [*Ring], [*Live] and [*Granted] are Sources. Denial ([DeniedError]) surfaces
// here, before any data is touched. Both methods are safe for concurrent use.
type Source interface {
	// Cells walks the cells ring: [Scope] Table Compartment.
	Cells(ctx context.Context, path ...Label) (*Derived, error)
	// Index walks the index ring: [Scope] Table Index.
	Index(ctx context.Context, path ...Label) (*Derived, error)
}

// A Reloader is a Source that may learn of keys it does not hold yet.
// Integrations look for it by assertion when they meet an [UnknownKeyError], call
// Reload with its id, and on nil derive and try once more.
type Reloader interface {
	Reload(ctx context.Context, id uint32) error
}

// A ScopeLoader is a Source that asks somewhere for each scope it meets, and can ask for many at once.
// Integrations that have many rows at hand look for it by assertion, and call LoadScopes before they derive for each.
// A scope that is unknown or destroyed is no error here: it is one where it is used.
type ScopeLoader interface {
	LoadScopes(ctx context.Context, scopes ...Label) error
}

// A RowSource is a Source that hands out the keys of single rows where it does not hand out
// the compartment they are in: there Cells answers [RowsOnlyError], and integrations, which
// look for a RowSource by assertion, ask for all rows of a batch at once.
//
// A process with such a source can open the rows it asked for and no others, and who gives
// them out can count them. What it was given it may keep: a row's keys are good until the
// root key they are under is retired.
type RowSource interface {
	Source
	// Rows returns the keys of rows, which are [cell.RowID]s, in their order, in the compartment
	// that path leads to. It returns all of them or an error.
	//
	// [cell.RowID]: https://pkg.go.dev/github.com/cellseal/cellseal/cell#RowID
	Rows(ctx context.Context, path []Label, rows [][]byte) ([]*RowKeys, error)
}

var (
	_ Source   = (*Ring)(nil)
	_ Source   = (*Live)(nil)
	_ Reloader = (*Live)(nil)
	_ Source   = (*Granted)(nil)
)
