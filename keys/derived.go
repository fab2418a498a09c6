package keys

import (
	"fmt"
	"log/slog"

	"github.com/cellseal/cellseal/internal/redact"
	"github.com/cellseal/cellseal/internal/tree"
)

// A Derived is one place in the key tree, under every enabled root key of its
// ring at once: the primary writes, all of them read. It is immutable and safe
// for concurrent use. Derive it once and keep it; package cell and package
// search store what they precompute in it.
//
// The zero value is not usable.
type Derived struct {
	_   [0]func()
	set *tree.Set
}

// Derive walks further down. It panics on a label that cannot stand there; use a
// [Source] for labels that come from outside the program.
func (d *Derived) Derive(path ...Label) *Derived {
	set, err := tree.Derive(d.Tree(), plain(path)...)
	if err != nil {
		panic("cellseal/keys: Derive: " + err.Error())
	}
	return &Derived{set: set}
}

// Tree is for the packages of this module. What it returns can do nothing but
// print itself, redacted: outside this module it is of no use.
func (d *Derived) Tree() *tree.Set {
	if d == nil || d.set == nil {
		panic("cellseal/keys: zero Derived; get one from a Source")
	}
	return d.set
}

// OfTree is for the packages of this module, which receive places of the tree from elsewhere:
// outside of it nobody can make what it takes.
func OfTree(s *tree.Set) *Derived { return &Derived{set: s} }

// PrimaryID returns the id of the root key that writes here.
func (d *Derived) PrimaryID() uint32 { return tree.Nodes(d.Tree())[0].ID }

// Format implements fmt.Formatter and prints nothing secret.
func (Derived) Format(f fmt.State, _ rune) { redact.Format(f, "keys.Derived") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (Derived) LogValue() slog.Value { return redact.LogValue("keys.Derived") }
