package keys

import (
	"context"
	"fmt"
	"log/slog"
	"slices"

	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"

	"github.com/cellseal/cellseal/internal/redact"
	"github.com/cellseal/cellseal/internal/tree"
)

// A Ring holds the root keys of one logical database: two Tink keysets, cells
// and index, that are siblings: rotating one never touches the other. It is
// immutable and safe for concurrent use. It is a [Source].
//
// The zero value is not usable: every use panics.
type Ring struct {
	_ [0]func()
	s *ringState // secrets sit behind the pointer, out of reach of %v of a struct
}

type ringState struct {
	cells, index         *Keyset
	cellsRoot, indexRoot *tree.Set
	derived              *derivations // a pointer: fmt follows the first one, and paths hold ids
}

// NewRing returns a ring with one new random key in each keyset.
func NewRing() (*Ring, error) {
	cells, err := newKeyset(tree.Cells)
	if err != nil {
		return nil, err
	}
	index, err := newKeyset(tree.Index)
	if err != nil {
		return nil, err
	}
	return newRing(cells, index)
}

// NewRingFromHandles returns a ring over existing Tink keysets. Their keys must
// be HKDF_PRF keys as [Keyset] describes; anything else is refused.
func NewRingFromHandles(cells, index *keyset.Handle) (*Ring, error) {
	c, err := fromHandle(tree.Cells, cells)
	if err != nil {
		return nil, err
	}
	i, err := fromHandle(tree.Index, index)
	if err != nil {
		return nil, err
	}
	return newRing(c, i)
}

func newRing(cells, index *Keyset) (*Ring, error) {
	if !cells.isOf(tree.Cells) || !index.isOf(tree.Index) {
		return nil, fmt.Errorf("cellseal/keys: a keyset of the one ring cannot take the place of the other: nothing would open")
	}
	cellsRoot, err := root(tree.Cells, cells)
	if err != nil {
		return nil, err
	}
	indexRoot, err := root(tree.Index, index)
	if err != nil {
		return nil, err
	}
	return &Ring{s: &ringState{cells: cells, index: index, cellsRoot: cellsRoot, indexRoot: indexRoot, derived: &derivations{}}}, nil
}

// root computes the root node R = PRF("cellseal/v1/" || ring) of every enabled
// key (FORMAT.md §1). After this no root key is used again.
func root(ring string, k *Keyset) (*tree.Set, error) {
	set, err := prf.NewPRFSet(k.handle())
	if err != nil {
		return nil, fmt.Errorf("cellseal/keys: %s keyset: %w", ring, err)
	}
	var nodes []tree.Node
	for i := range k.Keys() {
		if !i.Enabled {
			continue
		}
		secret, err := set.PRFs[i.ID].ComputePRF([]byte("cellseal/v1/"+ring), tree.Size)
		if err != nil {
			return nil, fmt.Errorf("cellseal/keys: %s key %d: %w", ring, i.ID, err)
		}
		nodes = append(nodes, tree.NewNode(i.ID, (*[tree.Size]byte)(secret)))
	}
	at := slices.IndexFunc(nodes, func(n tree.Node) bool { return n.ID == k.Primary() })
	if at < 0 {
		return nil, fmt.Errorf("cellseal/keys: %s keyset: its primary is not enabled", ring)
	}
	nodes[0], nodes[at] = nodes[at], nodes[0]
	return tree.NewSet(ring, nil, nodes, k.handle().Len())
}

func (r *Ring) state() *ringState {
	if r == nil || r.s == nil {
		panic("cellseal/keys: zero Ring; use NewRing or OpenRing")
	}
	return r.s
}

// CellKeys returns the keyset that cells are sealed under.
func (r *Ring) CellKeys() *Keyset { return r.state().cells }

// IndexKeys returns the keyset that search terms are made under.
func (r *Ring) IndexKeys() *Keyset { return r.state().index }

// WithCellKeys returns a ring that holds k in place of its cells keyset.
func (r *Ring) WithCellKeys(k *Keyset) (*Ring, error) { return newRing(k, r.state().index) }

// WithIndexKeys returns a ring that holds k in place of its index keyset.
func (r *Ring) WithIndexKeys(k *Keyset) (*Ring, error) { return newRing(r.state().cells, k) }

// Cells implements [Source]. It does no I/O.
func (r *Ring) Cells(_ context.Context, path ...Label) (*Derived, error) {
	s := r.state()
	return s.derived.of(s.cellsRoot, path)
}

// Index implements [Source]. It does no I/O.
func (r *Ring) Index(_ context.Context, path ...Label) (*Derived, error) {
	s := r.state()
	return s.derived.of(s.indexRoot, path)
}

func derive(from *tree.Set, path []Label) (*Derived, error) {
	set, err := tree.Derive(from, plain(path)...)
	if err != nil {
		return nil, fmt.Errorf("cellseal/keys: %w", err)
	}
	return &Derived{set: set}, nil
}

// knows reports whether id is an enabled key of either keyset.
func (r *Ring) knows(id uint32) bool {
	has := func(s *tree.Set) bool {
		return slices.ContainsFunc(tree.Nodes(s), func(n tree.Node) bool { return n.ID == id })
	}
	return has(r.state().cellsRoot) || has(r.state().indexRoot)
}

// Format implements fmt.Formatter and prints nothing secret.
func (Ring) Format(f fmt.State, _ rune) { redact.Format(f, "keys.Ring") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (Ring) LogValue() slog.Value { return redact.LogValue("keys.Ring") }
