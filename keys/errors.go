package keys

import (
	"fmt"
	"strings"

	"github.com/cellseal/cellseal/internal/tree"
)

// UnknownKeyError says that a cell, a term or a life cycle call names a root key
// that the ring does not hold, or holds disabled. A [Live] ring loads itself
// anew once when integrations meet it.
type UnknownKeyError struct{ ID uint32 }

func (e *UnknownKeyError) Error() string {
	return fmt.Sprintf("cellseal: key %d is unknown or disabled: load the ring anew, or enable the key again if it was disabled too early", e.ID)
}

// DeniedError says that a Source does not hold the asked-for place of the tree.
// It names the path without scope ids, which may be personal data.
type DeniedError struct {
	Path       string // such as "s:tenant t:patients c:medical"
	Capability string // "cells" or "index"
}

func (e *DeniedError) Error() string {
	return fmt.Sprintf("cellseal: %s of %s are not granted to this process: ask the holder of the ring for a grant of that subtree", e.Capability, e.Path)
}

// DestroyedError says that the secrets of a scope were destroyed, on purpose and for good: nothing that was
// sealed in it can be opened by anybody, and nothing more can be. See keys/scopes.
type DestroyedError struct {
	Scope Label // whose id may be personal data: the message names its kind alone
}

func (e *DestroyedError) Error() string {
	return fmt.Sprintf("cellseal: this %s was shredded: its keys are destroyed, and what was sealed for it cannot be opened any more; its rows can still be listed by their plain columns, and deleted", kindOf(e.Scope))
}

// UnknownScopeError says that a scope which is to have secrets of its own has none yet.
type UnknownScopeError struct {
	Scope Label // whose id may be personal data: the message names its kind alone
}

func (e *UnknownScopeError) Error() string {
	return fmt.Sprintf("cellseal: there is no such %s: create it before its first use (scopes.Source.Create), or check how its id is written", kindOf(e.Scope))
}

// LockedError says that a scope is locked with a secret of its user's, which is not at hand. See keys/passphrase.
type LockedError struct {
	Scope Label // whose id may be personal data: the message names its kind alone
}

func (e *LockedError) Error() string {
	return fmt.Sprintf("cellseal: this %s is locked with a password: unlock its secret, and give it to the context with passphrase.WithSecret", kindOf(e.Scope))
}

func kindOf(scope Label) string {
	return strings.TrimPrefix(tree.Shown([]string{string(scope)}), "s:")
}

// RowsOnlyError says that a Source gives the keys of single rows of a compartment, and not the
// compartment itself: it is a [RowSource]. It names the path without scope ids.
type RowsOnlyError struct {
	Path string // such as "s:tenant t:patients c:medical"
}

func (e *RowsOnlyError) Error() string {
	return fmt.Sprintf("cellseal: of %s this process is granted single rows and not all of them: ask for rows (keys.RowSource), which bound columns can be sealed and opened with; what is bound to no row (bind=column) cannot", e.Path)
}
