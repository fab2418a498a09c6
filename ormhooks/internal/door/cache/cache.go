package cache

import (
	"sync"
	"sync/atomic"
)

// maxKept is the length of a statement, in bytes, beyond which its plan is not kept:
// inlined values make such texts, which do not come back.
const maxKept = 64 << 10

// A Cache keeps a bounded number of values. A look-up takes a read lock alone; what goes
// when it is full is found by a hand that gives everything used since its last round
// another one.
type Cache[V any] struct {
	mu    sync.RWMutex
	byKey map[string]*entry[V]
	ring  []*entry[V]
	hand  int
	size  int
}

type entry[V any] struct {
	text  string
	value V
	used  atomic.Bool
}

// New returns a Cache of so many values.
func New[V any](size int) *Cache[V] { return &Cache[V]{byKey: make(map[string]*entry[V]), size: size} }

// Get returns the value kept for a text, or the zero value.
func (c *Cache[V]) Get(text string) (v V) {
	c.mu.RLock()
	found := c.byKey[text]
	if found != nil {
		v = found.value
	}
	c.mu.RUnlock()
	if found == nil {
		return v
	}
	if !found.used.Load() { // a store would take the line from the other cores
		found.used.Store(true)
	}
	return v
}

// Put keeps a value for a text.
func (c *Cache[V]) Put(text string, v V) {
	if len(text) > maxKept {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if known := c.byKey[text]; known != nil {
		known.value = v
		return
	}
	next := &entry[V]{text: text, value: v}
	c.byKey[text] = next
	if len(c.ring) < c.size {
		c.ring = append(c.ring, next)
		return
	}
	for c.ring[c.hand].used.Swap(false) {
		c.hand = (c.hand + 1) % c.size
	}
	delete(c.byKey, c.ring[c.hand].text)
	c.ring[c.hand] = next
	c.hand = (c.hand + 1) % c.size
}
