package kek

import (
	"context"
	"sync"
)

// sealed names a decryption: what is asked and under what.
type sealed struct{ ciphertext, ad string }

// flights are the decryptions under way. golang.org/x/sync/singleflight knows
// nothing of contexts: a caller that goes away would take the answer from the
// others, or leave a hanging request that the next ones would have to join.
type flights struct {
	mu    sync.Mutex
	under map[sealed]*flight
}

type flight struct {
	waiting int // callers; guarded by flights.mu
	cancel  context.CancelFunc
	last    trouble

	landed    chan struct{}
	plaintext []byte // these two are set before landed is closed
	err       error
}

// board joins the flight for of, or starts it.
func (fs *flights) board(ctx context.Context, of sealed, ask func(context.Context, *trouble) ([]byte, error)) *flight {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if f := fs.under[of]; f != nil {
		f.waiting++
		return f
	}
	// The first caller's deadline is not the others'. Its values, such as a trace, stay.
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	f := &flight{waiting: 1, cancel: cancel, landed: make(chan struct{})}
	fs.under[of] = f
	go func() {
		defer cancel()
		f.plaintext, f.err = ask(ctx, &f.last)
		fs.mu.Lock()
		fs.forget(of, f)
		fs.mu.Unlock()
		close(f.landed)
	}()
	return f
}

// leave is for a caller that waits no longer. The last one ends the flight.
func (fs *flights) leave(of sealed, f *flight) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if f.waiting--; f.waiting == 0 {
		f.cancel()
		fs.forget(of, f)
	}
}

func (fs *flights) forget(of sealed, f *flight) {
	if fs.under[of] == f { // and not a later one
		delete(fs.under, of)
	}
}
