package tree

import (
	"fmt"
	"log/slog"
	"slices"
	"sync"

	"github.com/cellseal/cellseal/internal/redact"
)

// A Set is one place of a ring's tree under each of its enabled root keys. It is
// immutable and safe for concurrent use.
type Set struct {
	*place
	nodes []Node // the primary's first
	known int    // how many keys the ring holds, disabled ones included
	memo  memo
	rows  rowMemo
}

// A place is where in a ring's tree a Set is. Its path may name a person, so it
// is kept as far away as a secret.
type place struct {
	ring  string
	path  []string
	level Level
}

// A Node is one place of the tree under one root key.
type Node struct {
	ID     uint32
	secret *secret
}

// A secret keeps a node's bytes two pointers away: where a verb does not fit, as
// in %s of a struct with unexported fields, fmt follows the first one and asks
// no Formatter.
type secret struct{ bytes *[Size]byte }

type memo struct {
	once  sync.Once
	value any
}

// NewSet returns the set at path of a ring that holds known keys. Their enabled
// ones' secrets become the set's own; the first node is the primary's, which
// seals and writes.
func NewSet(ring string, path []string, nodes []Node, known int) (*Set, error) {
	if len(nodes) == 0 {
		return nil, fmt.Errorf("no enabled key")
	}
	if known < len(nodes) {
		return nil, fmt.Errorf("%d enabled keys of %d", len(nodes), known)
	}
	level, err := Check(ring, path)
	if err != nil {
		return nil, err
	}
	return &Set{place: &place{ring, slices.Clone(path), level}, nodes: nodes, known: known}, nil
}

// NewNode returns the node of one root key. bytes must not be changed any more.
func NewNode(id uint32, bytes *[Size]byte) Node { return Node{ID: id, secret: &secret{bytes}} }

// Derive walks down from s. The errors name what is wrong with a label.
func Derive(s *Set, labels ...string) (*Set, error) {
	if len(labels) == 0 {
		return s, nil
	}
	d, err := NewSet(s.ring, append(slices.Clip(s.path), labels...), s.nodes, s.known)
	if err != nil {
		return nil, err
	}
	d.nodes = slices.Clone(s.nodes)
	for i, n := range d.nodes {
		bytes := Secret(n)
		for _, label := range labels {
			bytes = child(bytes, label)
		}
		d.nodes[i] = NewNode(n.ID, bytes)
	}
	return d, nil
}

// Scoped walks from the root to a scope that has a secret of its own for each root key (keys/FORMAT.md §2).
// Root keys of which secret returns nil are left out; it returns nil if that is all of them.
func Scoped(s *Set, label string, secret func(Node) (*[Size]byte, error)) (*Set, error) {
	level, err := Check(s.ring, append(slices.Clip(s.path), label))
	switch {
	case err != nil:
		return nil, err
	case level != Scope:
		return nil, fmt.Errorf("a table or what is below it has no secret of its own: scopes have, below the root")
	}
	var nodes []Node
	for _, n := range s.nodes {
		own, err := secret(n)
		if err != nil {
			return nil, err
		}
		if own != nil {
			nodes = append(nodes, NewNode(n.ID, scoped(Secret(n), label, own)))
		}
	}
	if len(nodes) == 0 {
		return nil, nil
	}
	return NewSet(s.ring, []string{label}, nodes, s.known)
}

// Locked returns a scope as it is under a secret of its user's besides (keys/FORMAT.md §2).
func Locked(s *Set, secret *[Size]byte) (*Set, error) {
	if s.level != Scope {
		return nil, fmt.Errorf("only a scope is locked with a secret, and not what is above or below it")
	}
	nodes := make([]Node, len(s.nodes))
	for i, n := range s.nodes {
		out := NewMAC(n).Sum(PurposeLock, secret[:])
		nodes[i] = NewNode(n.ID, &out)
	}
	return NewSet(s.ring, s.path, nodes, s.known)
}

// Ring returns Cells or Index.
func Ring(s *Set) string { return s.ring }

// Path returns the labels walked from the root. The caller must not change it.
func Path(s *Set) []string { return s.path }

// LevelOf returns how far down s is.
func LevelOf(s *Set) Level { return s.level }

// Nodes returns the node under each enabled root key, the primary's first. The
// caller must not change the slice.
func Nodes(s *Set) []Node { return s.nodes }

// Known returns how many keys the ring holds, disabled ones included.
func Known(s *Set) int { return s.known }

// Secret returns a node's 32 bytes, which the caller must not change.
func Secret(n Node) *[Size]byte { return n.secret.bytes }

// NewMAC returns a reusable HMAC-SHA-256 keyed with the node.
func NewMAC(n Node) *MAC { return newMAC(Secret(n)) }

// Memo returns what build made the first time Memo was called for s: the place
// where the one package that works on a leaf keeps its state. Each leaf belongs
// to one package (cell or search), so one slot is enough.
func Memo[T any](s *Set, build func() T) T {
	s.memo.once.Do(func() { s.memo.value = build() })
	return s.memo.value.(T)
}

// IndexParts takes apart the last label of an index leaf: its columns, its kind
// and one list of transforms per column.
func IndexParts(s *Set) (columns []string, kind string, transforms [][]string) {
	columns, kind, transforms, err := ParseIndex(s.path[len(s.path)-1])
	if err != nil {
		panic("cellseal: index label was not checked: " + err.Error())
	}
	return columns, kind, transforms
}

// Format implements fmt.Formatter and prints nothing secret.
func (*Set) Format(f fmt.State, _ rune) { redact.Format(f, "tree.Set") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (*Set) LogValue() slog.Value { return redact.LogValue("tree.Set") }

// Format implements fmt.Formatter and prints nothing secret.
func (Node) Format(f fmt.State, _ rune) { redact.Format(f, "tree.Node") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (Node) LogValue() slog.Value { return redact.LogValue("tree.Node") }
