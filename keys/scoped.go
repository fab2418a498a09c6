package keys

import (
	"fmt"

	"github.com/cellseal/cellseal/internal/tree"
)

// ScopeSecretSize is the size of a scope's secret, in bytes.
const ScopeSecretSize = tree.Size

// DeriveScope walks from the root of a ring to a scope that has secrets of its own, and so can be destroyed:
// the node depends on the secret as it does on the root key, and the one without the other is of no use
// (FORMAT.md §2). secret returns the ScopeSecretSize random bytes that belong to a root key, or nil if
// there are none: then nothing is under that key in this scope. Under other secrets there is another scope.
//
// Package keys/scopes keeps such secrets in a table. Where scopes need not be destroyed one by one,
// [Derived.Derive] with [Scope] does without.
func (d *Derived) DeriveScope(scope Label, secret func(keyID uint32) ([]byte, error)) (*Derived, error) {
	set, err := tree.Scoped(d.Tree(), string(scope), func(n tree.Node) (*[tree.Size]byte, error) {
		s, err := secret(n.ID)
		switch {
		case err != nil || s == nil:
			return nil, err
		case len(s) != ScopeSecretSize:
			return nil, fmt.Errorf("a secret of %d bytes: want %d", len(s), ScopeSecretSize)
		}
		return (*[tree.Size]byte)(s), nil
	})
	if err != nil {
		return nil, fmt.Errorf("cellseal/keys: scope: %w", err)
	}
	if set == nil {
		return nil, fmt.Errorf("cellseal/keys: scope: no enabled key of the %s ring has a secret in it", tree.Ring(d.Tree()))
	}
	return &Derived{set: set}, nil
}
