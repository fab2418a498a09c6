package tree

import (
	"fmt"
	"log/slog"

	"github.com/cellseal/cellseal/internal/redact"
)

// A Subtree is a Set as it travels: in a grant under its KEK (keys/FORMAT.md §2) and in
// the answer of a key service under TLS. It holds the secrets in clear, so it lives no longer
// than it takes to write or read it.
type Subtree struct {
	Ring string       `json:"ring"`
	Path []string     `json:"path"`
	Keys []SubtreeKey `json:"keys"` // the enabled ones, the primary's first

	Known int `json:"known"` // how many keys the ring held, disabled ones included
}

// A SubtreeKey is a node with the id of its root key.
type SubtreeKey struct {
	ID     uint32 `json:"id"`
	Secret []byte `json:"node"`
}

// Write returns s as it travels. It shares the secrets of s.
func Write(s *Set) Subtree {
	t := Subtree{Ring: s.ring, Path: append([]string{}, s.path...), Known: s.known}
	for _, n := range s.nodes {
		t.Keys = append(t.Keys, SubtreeKey{n.ID, Secret(n)[:]})
	}
	return t
}

// Read checks t and returns it as a Set that shares nothing with it.
func (t Subtree) Read() (*Set, error) {
	if t.Ring != Cells && t.Ring != Index {
		return nil, fmt.Errorf("of ring %q: want cells or index", t.Ring)
	}
	var nodes []Node
	seen := map[uint32]bool{}
	for _, k := range t.Keys {
		if len(k.Secret) != Size || seen[k.ID] {
			return nil, fmt.Errorf("key %d is not %d bytes, or stands there twice", k.ID, Size)
		}
		seen[k.ID] = true
		secret := [Size]byte(k.Secret)
		nodes = append(nodes, NewNode(k.ID, &secret))
	}
	return NewSet(t.Ring, t.Path, nodes, t.Known)
}

// Wipe clears the secrets, of one that was read from the wire.
func (t Subtree) Wipe() {
	for _, k := range t.Keys {
		clear(k.Secret)
	}
}

// Format implements fmt.Formatter and prints nothing secret.
func (Subtree) Format(f fmt.State, _ rune) { redact.Format(f, "tree.Subtree") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (Subtree) LogValue() slog.Value { return redact.LogValue("tree.Subtree") }

// Format implements fmt.Formatter and prints nothing secret.
func (SubtreeKey) Format(f fmt.State, _ rune) { redact.Format(f, "tree.SubtreeKey") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (SubtreeKey) LogValue() slog.Value { return redact.LogValue("tree.SubtreeKey") }
