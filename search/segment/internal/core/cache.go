package core

import (
	"container/list"
	"sync"
)

// A cache keeps what was opened, the least recently used going first. What its keys name never
// changes: a segment is immutable, and a pending row is told by its id and its random nonce. (Its id alone
// would not do: SQLite gives one that was rolled back to the next row.)
type cache struct {
	mu    sync.Mutex
	most  int // bytes
	size  int
	order list.List // of *cached, the most recently used first
	all   map[cacheKey]*list.Element
}

type cacheKey struct {
	index, id int64
	head      [headSize]byte // of a pending body; none of a segment
}

// headSize is how much of a body tells it from all others: its key's id and its nonce.
const headSize = 16

type cached struct {
	key   cacheKey
	value any
	size  int
}

func newCache(most int) *cache { return &cache{most: most, all: map[cacheKey]*list.Element{}} }

func (c *cache) get(k cacheKey) (any, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.all[k]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*cached).value, true
}

func (c *cache) put(k cacheKey, v any, size int) {
	size += 256 // what Go needs around it
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.all[k]; ok || size > c.most {
		return
	}
	c.all[k] = c.order.PushFront(&cached{k, v, size})
	c.size += size
	for c.size > c.most {
		last := c.order.Back()
		old := c.order.Remove(last).(*cached)
		delete(c.all, old.key)
		c.size -= old.size
	}
}
