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

// within runs do, which must come back.
func within(what string, do func() error) error {
	done := make(chan error, 1)
	go func() { done <- do() }()
	select {
	case err := <-done:
		return err
	case <-time.After(patience):
		return fmt.Errorf("%s: nothing came back within %v", what, patience)
	}
}

// methods are the two calls of a KEK, ready to be made.
func methods(ctx context.Context, k keys.KEK) (map[string]func(context.Context) error, error) {
	c, err := k.EncryptWithContext(ctx, text(40), place)
	if err != nil {
		return nil, err
	}
	return map[string]func(context.Context) error{
		"EncryptWithContext": func(ctx context.Context) error {
			_, err := k.EncryptWithContext(ctx, text(40), place)
			return err
		},
		"DecryptWithContext": func(ctx context.Context) error {
			_, err := k.DecryptWithContext(ctx, c, place)
			return err
		},
	}, nil
}

// eachMethod runs do for both calls of a new client.
func (h *Harness) eachMethod(ctx context.Context, do func(call func(context.Context) error) error) error {
	k, _, err := h.both()
	if err != nil {
		return err
	}
	all, err := methods(ctx, k)
	if err != nil {
		return err
	}
	for name, call := range all {
		if err := within(name, func() error { return do(call) }); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// contextOver: a call whose context is over asks nobody.
func contextOver(ctx context.Context, h *Harness) error {
	return h.eachMethod(ctx, func(call func(context.Context) error) error {
		over, cancel := context.WithCancel(ctx)
		cancel()
		before := len(h.Server.Calls())
		if err := call(over); !errors.Is(err, context.Canceled) {
			return fmt.Errorf("want context.Canceled, got: %v", err)
		}
		if n := len(h.Server.Calls()) - before; n != 0 {
			return fmt.Errorf("the server was asked %d times for somebody who waits no longer", n)
		}
		return nil
	})
}

// contextEnds: a call whose context ends while the server thinks returns at once.
func contextEnds(ctx context.Context, h *Harness) error {
	return h.eachMethod(ctx, func(call func(context.Context) error) error {
		release := h.Server.Hold()
		defer release()
		cancelled, cancel := context.WithCancel(ctx)
		before := len(h.Server.Calls())
		go func() {
			defer cancel()
			h.wait(ctx, func() bool { return len(h.Server.Calls()) > before })
		}()
		if err := call(cancelled); !errors.Is(err, context.Canceled) {
			return fmt.Errorf("cancelled while the server thinks: want context.Canceled, got: %v", err)
		}
		short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		if err := call(short); !errors.Is(err, context.DeadlineExceeded) {
			return fmt.Errorf("a deadline while the server thinks: want context.DeadlineExceeded, got: %v", err)
		}
		release()
		if err := call(ctx); err != nil {
			return fmt.Errorf("after the server has thought: %w", err)
		}
		return nil
	})
}

// refusedAtOnce: an answer is not asked for again.
func refusedAtOnce(ctx context.Context, h *Harness) error {
	one, other, err := h.both()
	if err != nil {
		return err
	}
	c, err := one.EncryptWithContext(ctx, text(40), place)
	if err != nil {
		return err
	}
	before := len(h.Server.Calls())
	if _, err := other.DecryptWithContext(ctx, c, place); err == nil {
		return errors.New("opened under the other key")
	}
	if n := len(h.Server.Calls()) - before; n > 1 {
		return fmt.Errorf("the server was asked %d times for what it had refused", n)
	}
	return nil
}

// serverGone: a typed error that says so, in bounded time, and no new client is
// needed when the server is back.
func serverGone(ctx context.Context, h *Harness) (err error) {
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
	for range 2 {
		if err := h.Server.Stop(); err != nil {
			return err
		}
		gone := within("while the server is gone", func() error { return h.allUnavailable(ctx, k, ring, stored) })
		if err := errors.Join(gone, h.Server.Start()); err != nil {
			return err
		}
		if _, err := keys.OpenRing(ctx, stored, k, place); err != nil {
			return fmt.Errorf("OpenRing when the server is back: %w", err)
		}
		if err := once(ctx, k, text(40), place); err != nil {
			return fmt.Errorf("when the server is back: %w", err)
		}
	}
	return nil
}

// allUnavailable makes the calls at once: each of them may try for a while.
func (h *Harness) allUnavailable(ctx context.Context, k keys.KEK, ring *keys.Ring, stored []byte) error {
	var all sync.WaitGroup
	var failed [3]error
	for i, call := range []func() error{
		func() error { _, err := k.EncryptWithContext(ctx, text(40), place); return err },
		func() error { _, err := keys.OpenRing(ctx, stored, k, place); return err },
		func() error { _, err := ring.Encrypt(ctx, k, place); return err },
	} {
		all.Go(func() { failed[i] = h.unavailable(call()) })
	}
	all.Wait()
	return errors.Join(failed[:]...)
}

// unavailable reports unless err is what a KEK says of a server that is gone.
func (h *Harness) unavailable(err error) error {
	var gone *kek.UnavailableError
	if !errors.As(err, &gone) {
		return fmt.Errorf("the server is gone: want a *kek.UnavailableError, got: %v", err)
	}
	if gone.Throttled {
		return fmt.Errorf("the server is gone, and said to throttle: %w", err)
	}
	return h.silent(err.Error())
}

// serverGoesInUse: calls under way succeed or are unavailable; nothing is mixed
// up, and all is well afterwards.
func serverGoesInUse(ctx context.Context, h *Harness) error {
	k, _, err := h.both()
	if err != nil {
		return err
	}
	stop := make(chan struct{})
	failed := make(chan error, 8)
	var lost atomic.Int64
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				err := once(ctx, k, fmt.Appendf(nil, "goroutine %d, call %d", g, i), fmt.Appendf(nil, "call %d", i))
				if err == nil {
					continue
				}
				lost.Add(1)
				if err := h.unavailable(err); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	var moved error
	for i := range 3 { // shorter than the attempts go on, and once longer
		before := len(h.Server.Calls())
		h.wait(ctx, func() bool { return len(h.Server.Calls()) > before+8 || len(failed) > 0 })
		moved = errors.Join(moved, h.Server.Stop())
		h.wait(ctx, func() bool { return i != 1 || lost.Load() > 0 })
		moved = errors.Join(moved, h.Server.Start())
	}
	close(stop)
	all.Wait()
	close(failed)
	return errors.Join(moved, <-failed, once(ctx, k, text(40), place))
}

// wait polls until ok, or ctx ends.
func (h *Harness) wait(ctx context.Context, ok func() bool) {
	for !ok() && ctx.Err() == nil {
		time.Sleep(time.Millisecond)
	}
}
