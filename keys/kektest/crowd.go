package kektest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/kek"
)

// throttled: a server that is asked too much is asked again, later.
func throttled(ctx context.Context, h *Harness) error {
	return h.eachMethod(ctx, func(call func(context.Context) error) error {
		before := len(h.Server.Calls())
		h.Server.Throttle(2)
		defer h.Server.Throttle(0)
		if err := call(ctx); err != nil {
			return fmt.Errorf("throttled twice: %w", err)
		}
		calls := h.Server.Calls()[before:]
		if len(calls) != 3 {
			return fmt.Errorf("throttled twice: the server was asked %d times, not 3", len(calls))
		}
		return pauses(calls)
	})
}

// pauses reports unless there was a pause before each call, longer than it takes
// to ask again at once. Both waits together, as one that is random may be short.
func pauses(calls []time.Time) error {
	if d := calls[len(calls)-1].Sub(calls[0]); d < time.Duration(len(calls)-1)*5*time.Millisecond {
		return fmt.Errorf("asked %d times within %v: no backoff", len(calls), d)
	}
	return nil
}

// throttledForGood: attempts are bounded, and the error says why.
func throttledForGood(ctx context.Context, h *Harness) error {
	return h.eachMethod(ctx, func(call func(context.Context) error) error {
		before := len(h.Server.Calls())
		h.Server.Throttle(1 << 30)
		defer h.Server.Throttle(0)
		err := call(ctx)
		var gone *kek.UnavailableError
		if !errors.As(err, &gone) || !gone.Throttled {
			return fmt.Errorf("throttled for good: want a *kek.UnavailableError that is Throttled, got: %v", err)
		}
		calls := h.Server.Calls()[before:]
		if len(calls) < 2 || len(calls) > 20 {
			return fmt.Errorf("throttled for good: the server was asked %d times; want more than once, and a bound", len(calls))
		}
		if err := errors.Join(pauses(calls), h.silent(err.Error())); err != nil {
			return err
		}
		// Who stops waiting is told both: that the time is over, and why it was not enough.
		short, cancel := context.WithCancel(ctx)
		before = len(h.Server.Calls())
		go func() {
			defer cancel()
			h.wait(ctx, func() bool { return len(h.Server.Calls()) > before })
		}()
		if err := call(short); !errors.Is(err, context.Canceled) && !errors.As(err, &gone) {
			return fmt.Errorf("cancelled while throttled: %v", err)
		}
		return nil
	})
}

// crowd is how many goroutines need the same ring at once.
const crowd = 50

// oneFlight: goroutines that open one ring at the same time ask for each of its
// two keysets once. Who has asked cannot be seen from outside, so every stage gives
// them some time, and a machine too busy for that is asked again.
func oneFlight(ctx context.Context, h *Harness) error {
	k, _, err := h.both()
	if err != nil {
		return err
	}
	ring, err := keys.NewRing()
	if err != nil {
		return err
	}
	stored, err := ring.Encrypt(ctx, k, place)
	if err != nil {
		return err
	}
	calls := 0
	for range 5 {
		if calls, err = h.openAtOnce(ctx, k, ring, stored); err != nil || calls == 2 {
			return err
		}
	}
	return fmt.Errorf("%d goroutines opened one ring at once: the server was asked %d times, not 2", crowd, calls)
}

// entered counts who has come as far as the KEK.
type entered struct {
	keys.KEK
	n atomic.Int64
}

func (e *entered) DecryptWithContext(ctx context.Context, ciphertext, ad []byte) ([]byte, error) {
	e.n.Add(1)
	return e.KEK.DecryptWithContext(ctx, ciphertext, ad)
}

func (h *Harness) openAtOnce(ctx context.Context, k keys.KEK, ring *keys.Ring, stored []byte) (calls int, err error) {
	e := &entered{KEK: k}
	before := len(h.Server.Calls())
	release := h.Server.Hold()
	defer func() { release() }()
	failed := make(chan error, crowd)
	var all sync.WaitGroup
	for range crowd {
		all.Go(func() {
			opened, err := keys.OpenRing(ctx, stored, e, place)
			if err == nil && opened.CellKeys().Primary() != ring.CellKeys().Primary() {
				err = errors.New("another ring came back")
			}
			if err != nil {
				failed <- err
			}
		})
	}
	for stage := range 2 {
		h.wait(ctx, func() bool {
			return e.n.Load() >= int64((stage+1)*crowd) && len(h.Server.Calls()) > before+stage || len(failed) > 0
		})
		time.Sleep(50 * time.Millisecond)
		next := h.Server.Hold()
		release()
		release = next
	}
	release()
	all.Wait()
	close(failed)
	return len(h.Server.Calls()) - before, <-failed
}

// flightSurvives: whoever asked first may go away without taking the answer from
// those who wait with him, and the last who goes ends what nobody waits for.
func flightSurvives(ctx context.Context, h *Harness) error {
	k, _, err := h.both()
	if err != nil {
		return err
	}
	c, err := k.EncryptWithContext(ctx, text(40), place)
	if err != nil {
		return err
	}
	release := h.Server.Hold()
	defer func() { release() }()
	before := len(h.Server.Calls())
	first, cancel := context.WithCancel(ctx)
	defer cancel()
	gone, stays := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := k.DecryptWithContext(first, c, place)
		gone <- err
	}()
	h.wait(ctx, func() bool { return len(h.Server.Calls()) > before })
	go func() {
		_, err := k.DecryptWithContext(ctx, c, place)
		stays <- err
	}()
	time.Sleep(50 * time.Millisecond)
	cancel()
	return within("the others of a flight", func() error {
		if err := <-gone; !errors.Is(err, context.Canceled) {
			return fmt.Errorf("the first: want context.Canceled, got: %v", err)
		}
		release()
		if err := <-stays; err != nil {
			return fmt.Errorf("the first went away, and the second got: %w", err)
		}
		release = h.Server.Hold()
		alone, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		if _, err := k.DecryptWithContext(alone, c, place); !errors.Is(err, context.DeadlineExceeded) {
			return fmt.Errorf("alone: want context.DeadlineExceeded, got: %v", err)
		}
		// The next one must not join what hangs.
		h.Server.Hold()()
		if _, err := k.DecryptWithContext(ctx, c, place); err != nil {
			return fmt.Errorf("after a flight that hung: %w", err)
		}
		return nil
	})
}
