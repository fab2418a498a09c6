package keys

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A flight is one load of the ring, which everybody who needs it waits for.
type flight struct {
	done chan struct{}
	err  error // set before done is closed
}

// Reload implements [Reloader]: it loads the ring anew unless the ring in use
// knows key id already, and returns an [UnknownKeyError] if it still does not.
// Callers at the same time share one load.
//
// What was loaded is put in use only if it knows the key that was asked for: a
// made-up key id in a stored cell must not bring an older ring back.
func (l *Live) Reload(ctx context.Context, id uint32) error {
	s := l.state()
	if l.Ring().knows(id) {
		return nil
	}
	f := s.board(ctx, id)
	if f == nil {
		return &UnknownKeyError{ID: id}
	}
	select {
	case <-f.done:
	case <-ctx.Done():
		return fmt.Errorf("cellseal/keys: waiting for the ring to be loaded anew for key %d: %w", id, ctx.Err())
	}
	switch {
	case l.Ring().knows(id):
		return nil
	case f.err != nil:
		return fmt.Errorf("cellseal/keys: loading the ring anew for key %d: %w", id, f.err)
	}
	return &UnknownKeyError{ID: id}
}

// board returns the load under way, or landed if none is needed any more, or
// begins one if it may, or returns nil.
func (s *liveState) board(ctx context.Context, id uint32) *flight {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.flight != nil {
		return s.flight
	}
	if s.ring.Load().knows(id) { // the last load has landed since the caller looked
		return landed
	}
	// The pause runs from the end of a load, not its start: else everyone who
	// waited for one slower than the pause would load again.
	if s.load == nil || time.Since(s.ended) < s.pause {
		return nil
	}
	s.flight = &flight{done: make(chan struct{})}
	// The load outlives the read that began it: cancelled reads must neither lose
	// it for the others nor begin it over and over.
	go s.fly(context.WithoutCancel(ctx), s.flight, id)
	return s.flight
}

var landed = func() *flight {
	f := &flight{done: make(chan struct{})}
	close(f.done)
	return f
}()

func (s *liveState) fly(ctx context.Context, f *flight, id uint32) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	before := s.ring.Load()
	r, err := s.load(ctx)
	switch {
	case err != nil:
		f.err = err
	case r == nil || r.s == nil:
		f.err = errors.New("LiveOptions.Load returned neither a ring nor an error")
	case r.knows(id):
		// A Swap during the load is the operator's own, later word: keep it.
		s.ring.CompareAndSwap(before, r)
	}
	s.mu.Lock()
	s.flight, s.ended = nil, time.Now()
	s.mu.Unlock()
	close(f.done)
}
