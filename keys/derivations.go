package keys

import (
	"strings"
	"sync"

	"github.com/cellseal/cellseal/internal/tree"
)

// maxDerivations bounds how many places of the key tree a Ring remembers. A program has
// some dozen for each tenant it works for at a time; what is forgotten costs one HMAC for
// each label and key when it is needed again.
const maxDerivations = 4096

// derivations remembers what was derived. The nodes are in memory as long as the ring is,
// which holds what they come from.
type derivations struct {
	mu    sync.RWMutex
	known map[string]*Derived
}

// of returns the Derived at path below root, from memory if it is there.
func (d *derivations) of(root *tree.Set, path []Label) (*Derived, error) {
	var key strings.Builder
	key.WriteString(tree.Ring(root))
	for _, label := range path {
		key.WriteByte(0xff) // in no label: they are UTF-8
		key.WriteString(string(label))
	}
	at := key.String()
	d.mu.RLock()
	found := d.known[at]
	d.mu.RUnlock()
	if found != nil {
		return found, nil
	}
	made, err := derive(root, path)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.known) >= maxDerivations || d.known == nil {
		d.known = map[string]*Derived{} // all at once: what is in use comes back by itself
	}
	d.known[at] = made
	return made, nil
}
