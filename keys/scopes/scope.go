package scopes

import (
	"bytes"
	"strings"
	"sync"
	"time"

	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
)

// maxBelow bounds how many places a scope remembers: those of a schema, and not what somebody makes up.
const maxBelow = 1024

// A scope is what is known of one, from its row. Its secrets stay wrapped; what was derived with them is kept.
type scope struct {
	label     string
	destroyed bool
	stored    []byte
	entries   map[slot]entry

	mu    sync.Mutex
	below map[byte]*derived // by ring
}

// derived is what was derived in one ring, from one root of it.
type derived struct {
	root   *tree.Set
	top    *keys.Derived
	places map[string]*keys.Derived
}

func newScope(r record) (*scope, error) {
	c := &scope{label: r.label, destroyed: !r.destroyed.IsZero(), stored: r.secrets, below: map[byte]*derived{}}
	if c.destroyed {
		return c, nil
	}
	all, err := parse(r.secrets)
	if err != nil {
		return nil, err
	}
	c.entries = make(map[slot]entry, len(all))
	for _, e := range all {
		c.entries[e.slot] = e
	}
	return c, nil
}

// same reports whether a row as it was read again says the same. Then what was derived is kept, and with it
// what others have made of it.
func (c *scope) same(of *scope) bool {
	return c.destroyed == of.destroyed && bytes.Equal(c.stored, of.stored)
}

// lacks returns the enabled root keys that the scope has no secret for.
func (c *scope) lacks(root *tree.Set) (nodes []tree.Node) {
	ring := ringOf(tree.Ring(root))
	for _, n := range tree.Nodes(root) {
		if _, ok := c.entries[slot{ring, n.ID}]; !ok {
			nodes = append(nodes, n)
		}
	}
	return nodes
}

// lacksPrimary reports whether the root key that writes is one of them.
func (c *scope) lacksPrimary(root *tree.Set) bool {
	_, ok := c.entries[slot{ringOf(tree.Ring(root)), tree.Nodes(root)[0].ID}]
	return !ok
}

// derive walks from the root through the scope to a place below it.
func (c *scope) derive(root *keys.Derived, path []keys.Label) (*keys.Derived, error) {
	set := root.Tree()
	ring := ringOf(tree.Ring(set))
	c.mu.Lock()
	defer c.mu.Unlock()
	d := c.below[ring]
	if d == nil || d.root != set { // another ring is in use
		top, err := c.open(root, ring)
		if err != nil {
			return nil, err
		}
		d = &derived{root: set, top: top}
		c.below[ring] = d
	}
	if len(path) == 0 {
		return d.top, nil
	}
	key := joined(path)
	place, ok := d.places[key]
	if !ok {
		place = d.top.Derive(path...)
		if d.places == nil || len(d.places) >= maxBelow {
			d.places = map[string]*keys.Derived{}
		}
		d.places[key] = place
	}
	return place, nil
}

func (c *scope) open(root *keys.Derived, ring byte) (*keys.Derived, error) {
	nodes := map[uint32]tree.Node{}
	for _, n := range tree.Nodes(root.Tree()) {
		nodes[n.ID] = n
	}
	return root.DeriveScope(keys.Label(c.label), func(id uint32) ([]byte, error) {
		e, ok := c.entries[slot{ring, id}]
		if !ok || e.retired {
			return nil, nil
		}
		return unwrap(e, nodes[id], c.label)
	})
}

// knows reports whether the scope has a secret for a root key, or had one.
func (c *scope) knows(id uint32) bool {
	_, cells := c.entries[slot{ringCells, id}]
	_, index := c.entries[slot{ringIndex, id}]
	return cells || index || c.destroyed
}

func joined(path []keys.Label) string {
	if len(path) == 1 {
		return string(path[0])
	}
	var b strings.Builder
	for _, l := range path {
		b.WriteString(string(l))
		b.WriteByte(0xff) // in no label: they are UTF-8
	}
	return b.String()
}

// A Tombstone says that a scope was destroyed. It is not secret, but its id may be personal data.
type Tombstone struct {
	Scope keys.Label `json:"scope"`
	By    string     `json:"by"`
	At    time.Time  `json:"at"`
}
