package scopes

import (
	"container/list"
	"context"
	"fmt"
	"sync"
	"time"
)

// A cache keeps the scopes that were used last, each for a time. Whoever asks for one that it does not have
// loads it; whoever asks meanwhile waits for the same load.
type cache struct {
	most    int
	ttl     time.Duration
	timeout time.Duration

	mu      sync.Mutex
	scopes  map[string]*list.Element // of *kept
	used    list.List                // the last first
	flights map[string]*flight
	epoch   uint64 // counts what was forgotten
}

type kept struct {
	*scope
	until time.Time
}

// A flight is one load. It is in cache.flights until it has landed or its scope was forgotten.
type flight struct {
	done  chan struct{}
	scope *scope
	err   error
}

// get returns a scope, loading it if need be. The load goes on if ctx ends: others may wait for it.
func (c *cache) get(ctx context.Context, label string, load func(context.Context) (*scope, error)) (*scope, error) {
	c.mu.Lock()
	if e, ok := c.scopes[label]; ok && time.Now().Before(e.Value.(*kept).until) {
		c.used.MoveToFront(e)
		found := e.Value.(*kept).scope
		c.mu.Unlock()
		return found, nil
	}
	f, ok := c.flights[label]
	if !ok {
		f = &flight{done: make(chan struct{})}
		c.flights[label] = f
		go c.fly(context.WithoutCancel(ctx), label, f, load)
	}
	c.mu.Unlock()
	select {
	case <-f.done:
		return f.scope, f.err
	case <-ctx.Done():
		return nil, fmt.Errorf("cellseal/keys/scopes: waiting for a scope to be read: %w", ctx.Err())
	}
}

func (c *cache) fly(ctx context.Context, label string, f *flight, load func(context.Context) (*scope, error)) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	read := time.Now() // what the row says holds from before it is read
	f.scope, f.err = load(ctx)
	c.mu.Lock()
	if c.flights[label] == f { // else it was forgotten since, and what was read may be of before
		delete(c.flights, label)
		if f.err == nil {
			f.scope = c.put(f.scope, read)
		} else {
			c.drop(label)
		}
	}
	c.mu.Unlock()
	close(f.done)
}

// put keeps a scope that was read at a time, or goes on with what it has if that says the same. c.mu is held.
func (c *cache) put(s *scope, read time.Time) *scope {
	until := read.Add(c.ttl)
	if e, ok := c.scopes[s.label]; ok {
		k := e.Value.(*kept)
		if k.until = until; !k.scope.same(s) {
			k.scope = s
		}
		c.used.MoveToFront(e)
		return k.scope
	}
	for len(c.scopes) >= c.most {
		c.drop(c.used.Back().Value.(*kept).label)
	}
	c.scopes[s.label] = c.used.PushFront(&kept{s, until})
	return s
}

// drop takes a scope out. c.mu is held.
func (c *cache) drop(label string) {
	if e, ok := c.scopes[label]; ok {
		c.used.Remove(e)
		delete(c.scopes, label)
	}
}

// forget drops a scope, and what is being loaded of it.
func (c *cache) forget(label string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.epoch++
	c.drop(label)
	delete(c.flights, label)
}

// reset forgets all.
func (c *cache) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.epoch++
	c.scopes, c.flights = map[string]*list.Element{}, map[string]*flight{}
	c.used.Init()
}

// forgetIf drops the scopes that fit, and returns how many.
func (c *cache) forgetIf(fits func(*scope) bool) (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for e := c.used.Front(); e != nil; {
		next := e.Next()
		if k := e.Value.(*kept); fits(k.scope) {
			c.drop(k.label)
			n++
		}
		e = next
	}
	return n
}

// missing returns the labels that are not kept, each once, and the epoch for keep.
func (c *cache) missing(labels []string) (all []string, epoch uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	seen := map[string]bool{}
	now := time.Now()
	for _, l := range labels {
		e, ok := c.scopes[l]
		if !seen[l] && !(ok && now.Before(e.Value.(*kept).until)) {
			all = append(all, l)
		}
		seen[l] = true
	}
	return all, c.epoch
}

// keep keeps what was read since missing, unless something was forgotten in between.
func (c *cache) keep(all []*scope, read time.Time, epoch uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.epoch != epoch {
		return
	}
	for _, s := range all {
		c.put(s, read)
	}
}
