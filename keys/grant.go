package keys

import (
	"context"
	"fmt"
	"log/slog"
	"slices"

	"github.com/cellseal/cellseal/internal/redact"
	"github.com/cellseal/cellseal/internal/tree"
)

// A Subtree names a place of one ring, and all below it, for [Grant].
type Subtree struct {
	ring string
	path []Label
}

// Format implements fmt.Formatter and prints no scope's id.
func (Subtree) Format(f fmt.State, _ rune) { redact.Format(f, "keys.Subtree") }

// LogValue implements slog.LogValuer and prints no scope's id.
func (Subtree) LogValue() slog.Value { return redact.LogValue("keys.Subtree") }

// CellTree names a subtree of the cells ring; without a path, all of it.
func CellTree(path ...Label) Subtree { return Subtree{tree.Cells, path} }

// IndexTree names a subtree of the index ring; without a path, all of it.
func IndexTree(path ...Label) Subtree { return Subtree{tree.Index, path} }

// A Granted is a [Source] that holds the named subtrees and nothing else: no
// root key, no sibling, no way up. Elsewhere it answers [DeniedError].
// [Granted.Encrypt] and [OpenGrant] carry it to another process.
//
// A grant is a copy of what the ring held when it was made: after a rotation,
// make it anew.
type Granted struct {
	_ [0]func()
	s *grantState
}

type grantState struct{ sets []*tree.Set }

// Grant returns a Source that holds only the named subtrees of from.
func Grant(ctx context.Context, from Source, subtrees ...Subtree) (*Granted, error) {
	if from == nil {
		panic("cellseal/keys: Grant from a nil Source")
	}
	if len(subtrees) == 0 {
		return nil, fmt.Errorf("cellseal/keys: Grant of no subtrees: name some with CellTree and IndexTree")
	}
	s := new(grantState)
	for _, t := range subtrees {
		var walk func(context.Context, ...Label) (*Derived, error)
		switch t.ring {
		case tree.Cells:
			walk = from.Cells
		case tree.Index:
			walk = from.Index
		default: // must not pass for "all of the cells ring"
			panic("cellseal/keys: zero Subtree; use CellTree or IndexTree")
		}
		d, err := walk(ctx, t.path...)
		if err != nil {
			return nil, err
		}
		s.sets = append(s.sets, d.Tree())
	}
	return &Granted{s: s}, nil
}

// Cells implements [Source]. It does no I/O.
func (g *Granted) Cells(_ context.Context, path ...Label) (*Derived, error) {
	return g.walk(tree.Cells, path)
}

// Index implements [Source]. It does no I/O.
func (g *Granted) Index(_ context.Context, path ...Label) (*Derived, error) {
	return g.walk(tree.Index, path)
}

func (g *Granted) walk(ring string, path []Label) (*Derived, error) {
	want := plain(path)
	for _, s := range g.state().sets {
		have := tree.Path(s)
		if tree.Ring(s) == ring && len(have) <= len(want) && slices.Equal(have, want[:len(have)]) {
			return derive(s, path[len(have):])
		}
	}
	// A path that no ring could hold is no denial; and what is not a proper label
	// could be an id, which must not be shown.
	if _, err := tree.Check(ring, want); err != nil {
		return nil, fmt.Errorf("cellseal/keys: %w", err)
	}
	return nil, &DeniedError{Path: tree.Shown(want), Capability: ring}
}

func (g *Granted) state() *grantState {
	if g == nil || g.s == nil {
		panic("cellseal/keys: zero Granted; use Grant or OpenGrant")
	}
	return g.s
}

// Format implements fmt.Formatter and prints nothing secret.
func (Granted) Format(f fmt.State, _ rune) { redact.Format(f, "keys.Granted") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (Granted) LogValue() slog.Value { return redact.LogValue("keys.Granted") }
