package cell

import (
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"sync"
	"sync/atomic"

	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
)

// compartment is what this package keeps in a Derived: the keyed HMAC states of
// its nodes, and what is constant for a column. Rows come and go; it stays.
type compartment struct {
	keys    []compartmentKey // the primary's first
	columns atomic.Pointer[map[string]*column]
	mu      sync.Mutex // serializes writers of columns
}

type compartmentKey struct {
	id  uint32
	mac *tree.MAC // nil where single rows' keys are given and the compartment is not
}

// column holds a column's tag and, for each of the compartment's keys, the
// associated data of its bound cells, which is the same for all rows.
type column struct {
	tag   [columnTagSize]byte
	label []byte // uvarint(len) || label, which ends every associated data
	bound []boundAD
}

type boundAD struct{ plain, padded []byte }

// maxColumns bounds the columns kept per compartment. Beyond it a column costs a
// hash per cell: no table has so many, but a caller's bug may invent names.
const maxColumns = 4096

func compartmentOf(d *keys.Derived) *compartment {
	set := d.Tree()
	if tree.Ring(set) != tree.Cells || tree.LevelOf(set) != tree.Leaf {
		panic("cellseal/cell: want the Derived of a compartment: source.Cells(ctx, keys.Table(…), keys.Compartment(…))")
	}
	return tree.Memo(set, func() *compartment {
		c := &compartment{}
		for _, n := range tree.Nodes(set) {
			c.keys = append(c.keys, compartmentKey{n.ID, tree.NewMAC(n)})
		}
		c.columns.Store(&map[string]*column{})
		return c
	})
}

// closedCompartment is the same of one whose nodes this process does not hold.
func closedCompartment(closed *tree.Closed) *compartment {
	return tree.MemoClosed(closed, func() *compartment {
		c := &compartment{}
		for _, id := range tree.IDs(closed) {
			c.keys = append(c.keys, compartmentKey{id: id})
		}
		c.columns.Store(&map[string]*column{})
		return c
	})
}

// find returns the place of key id among the compartment's keys.
func (c *compartment) find(id uint32) (int, error) {
	for i := range c.keys {
		if c.keys[i].id == id {
			return i, nil
		}
	}
	return 0, &UnknownKeyError{ID: id}
}

func (c *compartment) column(label string) *column {
	if col, ok := (*c.columns.Load())[label]; ok {
		return col
	}
	col := newColumn(label, c.keys)
	c.mu.Lock()
	defer c.mu.Unlock()
	if known := *c.columns.Load(); len(known) < maxColumns {
		next := maps.Clone(known)
		next[label] = col
		c.columns.Store(&next)
	}
	return col
}

func columnTag(label string) [columnTagSize]byte {
	sum := sha256.Sum256([]byte(label))
	return [columnTagSize]byte(sum[:])
}

func newColumn(label string, keys []compartmentKey) *column {
	if label == "" {
		panic("cellseal/cell: empty column label")
	}
	col := &column{
		tag:   columnTag(label),
		label: append(binary.AppendUvarint(nil, uint64(len(label))), label...),
	}
	for _, k := range keys {
		ad := func(format byte) []byte {
			return append(appendHeader(nil, header{format: format, keyID: k.id, tag: col.tag}), col.label...)
		}
		col.bound = append(col.bound, boundAD{ad(formatBound), ad(formatBoundPadded)})
	}
	return col
}
