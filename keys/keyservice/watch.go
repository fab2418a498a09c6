package keyservice

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
)

// probe is how often a service that was missed is looked for.
const probe = 250 * time.Millisecond

// watch asks, as long as anything is in memory, whether it still may be, and looks for a service
// that was missed.
func (s *clientState) watch(ctx context.Context) {
	defer close(s.ended)
	timer := time.NewTimer(s.o.Poll)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.link.missed:
		case <-timer.C:
		}
		wait := s.o.Poll
		if s.memory.Sweep() || s.link.down.Load() != nil {
			if s.ping() != nil {
				wait = min(wait, probe)
			}
		}
		timer.Reset(wait)
	}
}

// ping asks for the revision. An error is that the service does not answer.
func (s *clientState) ping() error {
	var a revisionAnswer
	err := s.link.try(opRevision, struct{}{}, &a)
	var gone *UnavailableError
	if errors.As(err, &gone) {
		s.link.down.Store(gone)
		return err
	}
	s.link.down.Store(nil)
	var r *refused
	switch {
	case err == nil:
		s.memory.Changed(a.Revision)
	case errors.As(err, &r) && r.Code == codeUnknown:
		s.memory.Wipe("")
	}
	return nil
}

// reloads is what was last asked about a key that was not known.
type reloads struct {
	mu    sync.Mutex
	id    uint32
	known bool
	at    time.Time
}

// reloadPause is the least time between two of them: whoever can write cells with made-up key ids
// must not be able to flood the service.
const reloadPause = time.Second

// Reload implements [keys.Reloader]: it asks the service whether it holds key id by now, at most
// once a second, and if it does forgets what it has in memory, so that it is fetched anew.
func (c *Client) Reload(ctx context.Context, id uint32) error {
	s := c.state()
	known, err := shared(ctx, &s.flights, fmt.Sprint("reload ", id), func() (bool, error) { return s.reloaded(id) })
	if err == nil && !known {
		err = &keys.UnknownKeyError{ID: id}
	}
	return err
}

func (s *clientState) reloaded(id uint32) (bool, error) {
	r := &s.reload
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Since(r.at) < reloadPause && (!r.known || r.id == id) {
		return r.known && r.id == id, nil
	}
	var a reloadAnswer
	if err := s.meant(s.link.ask(opReload, reloadRequest{id}, &a), tree.Cells, nil); err != nil {
		return false, err
	}
	r.id, r.known, r.at = id, a.Known, time.Now()
	if a.Known {
		s.memory.Wipe("")
	}
	return a.Known, nil
}
