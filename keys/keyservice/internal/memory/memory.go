// Package memory is what a key service's client holds.
package memory

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
)

// A Memory holds places and rows until their time or their uses are up, or until the service says
// that something has changed. It is safe for concurrent use.
type Memory struct {
	maxSubtrees, maxRows int

	mu       sync.RWMutex
	epoch    uint64 // counts wipes: what was asked for before one is not kept after it
	revision string
	subtrees map[string]*Subtree
	rows     map[string]*compartment
	held     int // rows
}

// A Subtree is one place; without Keys it is one of which only rows are given.
type Subtree struct {
	Keys *keys.Derived

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

// New returns an empty Memory that holds at most so many.
func New(subtrees, rows int) *Memory {
	m := &Memory{maxSubtrees: subtrees, maxRows: rows}
	m.clear("")
	return m
}

// Held returns how many subtrees and rows there are.
func (m *Memory) Held() (subtrees, rows int) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return len(m.subtrees), m.held
}

// Epoch returns the epoch, to be given to Keep when what is asked for now has come.
func (m *Memory) Epoch() uint64 {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.epoch
}

// Subtree returns what is held of a place, or nil.
func (m *Memory) Subtree(at string) *Subtree {
	m.mu.RLock()
	e := m.subtrees[at]
	m.mu.RUnlock()
	if e != nil && e.limit && e.left.Add(-1) < 0 {
		return nil
	}
	return e
}

// Current makes revision the one that is held, and reports whether what was asked for at epoch may be
// kept: if the revision is another than before, all else is forgotten, and epoch is set to now.
func (m *Memory) Current(revision string, epoch *uint64) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.epoch != *epoch {
		return false
	}
	if m.revision != revision {
		m.clear(revision)
		*epoch = m.epoch
	}
	return true
}

// Keep holds a place for ttl and so many uses; 0 is without limit.
func (m *Memory) Keep(at string, e *Subtree, epoch uint64, ttl time.Duration, uses int) {
	e.limit = uses > 0
	e.left.Store(int64(uses) - 1) // the first one is of whoever asked
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.epoch != epoch || ttl <= 0 {
		return
	}
	if old := m.subtrees[at]; old != nil {
		m.drop(at, old)
	}
	for other, old := range m.subtrees { // any one: which will be needed again nobody knows
		if len(m.subtrees) < m.maxSubtrees {
			break
		}
		m.drop(other, old)
	}
	m.subtrees[at] = e
	e.end = time.AfterFunc(ttl, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.drop(at, e)
	})
}

// drop forgets e, if it is still the one at its place.
func (m *Memory) drop(at string, e *Subtree) {
	if m.subtrees[at] == e {
		e.end.Stop()
		delete(m.subtrees, at)
	}
}

// Find fills in the keys of rows that are held, and returns the places of those that are not.
func (m *Memory) Find(at string, ids [][]byte, found []*keys.RowKeys) (missing []int) {
	now := time.Now()
	m.mu.RLock()
	defer m.mu.RUnlock()
	of := m.rows[at]
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

// Closed returns the compartment that rows in memory are of, or else the one given.
func (m *Memory) Closed(at string, given *tree.Closed) *tree.Closed {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if of := m.rows[at]; of != nil && slices.Equal(tree.IDs(of.closed), tree.IDs(given)) && tree.KnownIn(of.closed) == tree.KnownIn(given) {
		return of.closed
	}
	return given
}

// KeepRows is Keep for rows of a compartment.
func (m *Memory) KeepRows(at string, ids [][]byte, found []*keys.RowKeys, epoch uint64, ttl time.Duration, uses int) {
	until := time.Now().Add(ttl)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.epoch != epoch || ttl <= 0 {
		return
	}
	of := m.rows[at]
	if of == nil {
		of = &compartment{closed: tree.ClosedOf(found[0].Tree()), rows: map[string]*row{}}
		m.rows[at] = of
	}
	for i, id := range ids {
		if of.rows[string(id)] == nil {
			if m.held++; m.held > m.maxRows {
				m.evict()
			}
			m.rows[at] = of // if it was emptied
		}
		r := &row{keys: found[i], until: until, limit: uses > 0}
		r.left.Store(int64(uses) - 1)
		of.rows[string(id)] = r
	}
}

// evict forgets any one row.
func (m *Memory) evict() {
	for at, of := range m.rows {
		for id := range of.rows {
			delete(of.rows, id)
			if len(of.rows) == 0 {
				delete(m.rows, at)
			}
			m.held--
			return
		}
	}
}

// Sweep forgets rows whose time is over, and reports whether anything is left.
func (m *Memory) Sweep() (some bool) {
	now := time.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	for at, of := range m.rows {
		for id, r := range of.rows {
			if !now.Before(r.until) {
				delete(of.rows, id)
				m.held--
			}
		}
		if len(of.rows) == 0 {
			delete(m.rows, at)
		}
	}
	return len(m.subtrees) > 0 || m.held > 0
}

// Wipe forgets everything.
func (m *Memory) Wipe(revision string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.clear(revision)
}

// Changed is Wipe if the revision is another than the one that is held.
func (m *Memory) Changed(revision string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.revision != revision {
		m.clear(revision)
	}
}

func (m *Memory) clear(revision string) {
	for at, e := range m.subtrees {
		m.drop(at, e)
	}
	m.epoch++
	m.revision, m.held = revision, 0
	m.subtrees, m.rows = map[string]*Subtree{}, map[string]*compartment{}
}
