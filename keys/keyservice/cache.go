package keyservice

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
)

// A cache is what a client holds: places and rows, until their time or their uses are up, or
// until the service says that something has changed.
type cache struct {
	maxSubtrees, maxRows int

	mu       sync.RWMutex
	epoch    uint64 // counts wipes: what was asked for before one is not kept after it
	revision string
	subtrees map[string]*subtree
	rows     map[string]*compartment
	held     int // rows
}

// A subtree is one place; without d it is one of which only rows are given.
type subtree struct {
	d     *keys.Derived
	end   *time.Timer // a timer, so that the many looks at it need not look at a clock
	limit bool
	left  atomic.Int64
}

type compartment struct {
	closed *tree.Closed // where package cell keeps what is the same for all rows
	rows   map[string]*row
}

type row struct {
	keys  *keys.RowKeys
	until time.Time
	limit bool
	left  atomic.Int64
}

func (c *cache) most(subtrees, rows int) {
	c.maxSubtrees, c.maxRows = subtrees, rows
	c.wipe("")
}

// now returns the epoch, to be given to keep when what is asked for now has come.
func (c *cache) now() uint64 {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.epoch
}

// subtree returns what is held of a place, or nil.
func (c *cache) subtree(at string) *subtree {
	c.mu.RLock()
	e := c.subtrees[at]
	c.mu.RUnlock()
	if e != nil && e.limit && e.left.Add(-1) < 0 {
		return nil
	}
	return e
}

// at makes revision the one that is held, and reports whether what was asked for at epoch may be
// kept: if the revision is another than before, all else is forgotten, and epoch is set to now.
func (c *cache) at(revision string, epoch *uint64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.epoch != *epoch {
		return false
	}
	if c.revision != revision {
		c.clear(revision)
		*epoch = c.epoch
	}
	return true
}

func (c *cache) keep(at string, e *subtree, epoch uint64, ttl time.Duration, uses int) {
	e.limit = uses > 0
	e.left.Store(int64(uses) - 1) // the first one is of whoever asked
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.epoch != epoch || ttl <= 0 {
		return
	}
	if old := c.subtrees[at]; old != nil {
		c.drop(at, old)
	}
	for other, old := range c.subtrees { // any one: which will be needed again nobody knows
		if len(c.subtrees) < c.maxSubtrees {
			break
		}
		c.drop(other, old)
	}
	c.subtrees[at] = e
	e.end = time.AfterFunc(ttl, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.drop(at, e)
	})
}

// drop forgets e, if it is still the one at its place.
func (c *cache) drop(at string, e *subtree) {
	if c.subtrees[at] == e {
		e.end.Stop()
		delete(c.subtrees, at)
	}
}

// find fills in the keys of rows that are held, and returns the places of those that are not.
func (c *cache) find(at string, ids [][]byte, found []*keys.RowKeys) (missing []int) {
	now := time.Now()
	c.mu.RLock()
	defer c.mu.RUnlock()
	of := c.rows[at]
	for i, id := range ids {
		if of != nil {
			if r := of.rows[string(id)]; r != nil && now.Before(r.until) && (!r.limit || r.left.Add(-1) >= 0) {
				found[i] = r.keys
				continue
			}
		}
		missing = append(missing, i)
	}
	return missing
}

// closed returns the compartment that rows in memory are of, or else the one given.
func (c *cache) closed(at string, given *tree.Closed) *tree.Closed {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if of := c.rows[at]; of != nil && slices.Equal(tree.IDs(of.closed), tree.IDs(given)) && tree.KnownIn(of.closed) == tree.KnownIn(given) {
		return of.closed
	}
	return given
}

func (c *cache) keepRows(at string, ids [][]byte, found []*keys.RowKeys, epoch uint64, ttl time.Duration, uses int) {
	until := time.Now().Add(ttl)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.epoch != epoch || ttl <= 0 {
		return
	}
	of := c.rows[at]
	if of == nil {
		of = &compartment{closed: tree.ClosedOf(found[0].Tree()), rows: map[string]*row{}}
		c.rows[at] = of
	}
	for i, id := range ids {
		if of.rows[string(id)] == nil {
			if c.held++; c.held > c.maxRows {
				c.evict()
			}
			c.rows[at] = of // if it was emptied
		}
		r := &row{keys: found[i], until: until, limit: uses > 0}
		r.left.Store(int64(uses) - 1)
		of.rows[string(id)] = r
	}
}

// evict forgets any one row.
func (c *cache) evict() {
	for at, of := range c.rows {
		for id := range of.rows {
			delete(of.rows, id)
			if len(of.rows) == 0 {
				delete(c.rows, at)
			}
			c.held--
			return
		}
	}
}

// sweep forgets rows whose time is over, and reports whether anything is left.
func (c *cache) sweep() (some bool) {
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	for at, of := range c.rows {
		for id, r := range of.rows {
			if !now.Before(r.until) {
				delete(of.rows, id)
				c.held--
			}
		}
		if len(of.rows) == 0 {
			delete(c.rows, at)
		}
	}
	return len(c.subtrees) > 0 || c.held > 0
}

// wipe forgets everything.
func (c *cache) wipe(revision string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clear(revision)
}

// changed is wipe if the revision is another than the one that is held.
func (c *cache) changed(revision string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.revision != revision {
		c.clear(revision)
	}
}

func (c *cache) clear(revision string) {
	for at, e := range c.subtrees {
		c.drop(at, e)
	}
	c.epoch++
	c.revision, c.held = revision, 0
	c.subtrees, c.rows = map[string]*subtree{}, map[string]*compartment{}
}
