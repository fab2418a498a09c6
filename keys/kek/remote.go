package kek

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/cellseal/cellseal/internal/redact"
	"github.com/cellseal/cellseal/keys"
)

// Options configures [Remote]; nil and the zero value mean the defaults.
type Options struct {
	// Attempts is how often the server is asked at most, 4 by default. A client
	// that tries again by itself, as AWS's does three times, multiplies it: turn that
	// off, or set 1.
	Attempts int
	// Timeout is how long one attempt may take, 10 s by default.
	Timeout time.Duration
	// Wait is the first wait, 200 ms by default. It doubles with every attempt, up
	// to MaxWait, and half of it is random, so that processes that failed
	// together do not come back together.
	Wait time.Duration
	// MaxWait is the longest wait, 5 s by default.
	MaxWait time.Duration
	// Classify says what an error of the client means, [Classify] by default.
	Classify func(error) Verdict
}

// Remote returns k with attempts, waits and shared decryptions as the package's
// text describes. Its ciphertexts are k's own, so it can be put around a KEK, or
// taken away, at any time. It panics if k is nil.
//
// A call whose context ends returns at once with the context's error; if the
// server had failed before that, the error is an [UnavailableError] too.
func Remote(k keys.KEK, o *Options) keys.KEK {
	if k == nil {
		panic("cellseal/kek: nil KEK")
	}
	var options Options
	if o != nil {
		options = *o
	}
	if options.Attempts <= 0 {
		options.Attempts = 4
	}
	if options.Timeout <= 0 {
		options.Timeout = 10 * time.Second
	}
	if options.Wait <= 0 {
		options.Wait = 200 * time.Millisecond
	}
	if options.MaxWait <= 0 {
		options.MaxWait = 5 * time.Second
	}
	if options.Classify == nil {
		options.Classify = Classify
	}
	return &remote{kek: k, o: options, flights: flights{under: map[sealed]*flight{}}}
}

type remote struct {
	kek     keys.KEK
	o       Options
	flights flights
}

// EncryptWithContext implements tink.AEADWithContext. Encryptions are never
// shared: each one has a nonce of its own.
func (r *remote) EncryptWithContext(ctx context.Context, plaintext, ad []byte) ([]byte, error) {
	var last trouble
	return r.try(ctx, &last, func(ctx context.Context) ([]byte, error) {
		return r.kek.EncryptWithContext(ctx, plaintext, ad)
	})
}

// DecryptWithContext implements tink.AEADWithContext.
func (r *remote) DecryptWithContext(ctx context.Context, ciphertext, ad []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, ended(err, nil)
	}
	// The flight may outlive this call, and the caller may reuse its slices then.
	of := sealed{string(ciphertext), string(ad)}
	f := r.flights.board(ctx, of, func(ctx context.Context, last *trouble) ([]byte, error) {
		return r.try(ctx, last, func(ctx context.Context) ([]byte, error) {
			return r.kek.DecryptWithContext(ctx, []byte(of.ciphertext), []byte(of.ad))
		})
	})
	select {
	case <-f.landed:
		return bytes.Clone(f.plaintext), f.err
	case <-ctx.Done():
		r.flights.leave(of, f)
		return nil, ended(ctx.Err(), f.last.Load())
	}
}

// trouble is why the last attempt failed, for those who stop waiting.
type trouble = atomic.Pointer[UnavailableError]

// try asks until there is an answer.
func (r *remote) try(ctx context.Context, last *trouble, ask func(context.Context) ([]byte, error)) ([]byte, error) {
	wait := r.o.Wait
	for n := 1; ; n++ {
		if err := ctx.Err(); err != nil {
			return nil, ended(err, last.Load())
		}
		out, err := r.attempt(ctx, ask)
		if err == nil {
			return out, nil
		}
		if ctx.Err() != nil {
			return nil, ended(ctx.Err(), last.Load())
		}
		verdict := Unavailable
		if !errors.Is(err, errSlow) {
			verdict = r.o.Classify(err)
		}
		if verdict == Refused {
			return nil, err
		}
		var known *UnavailableError // an HSM's, say: one of them is enough to read
		if errors.As(err, &known) {
			err = known.Err
		}
		failed := &UnavailableError{Attempts: n, Throttled: verdict == Throttled, Err: err}
		if n == r.o.Attempts {
			return nil, failed
		}
		last.Store(failed)
		sleep(ctx, wait/2+rand.N(wait/2+1))
		wait = min(2*wait, r.o.MaxWait)
	}
}

// errSlow marks an attempt that took too long, whatever its client says about it.
var errSlow = errors.New("no answer in time")

func (r *remote) attempt(ctx context.Context, ask func(context.Context) ([]byte, error)) ([]byte, error) {
	bounded, cancel := context.WithTimeoutCause(ctx, r.o.Timeout, errSlow)
	defer cancel()
	out, err := ask(bounded)
	if err != nil && context.Cause(bounded) == errSlow {
		return nil, fmt.Errorf("%w (%v): %w", errSlow, r.o.Timeout, err)
	}
	return out, err
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// ended says that the caller's context is over, and what went wrong until then.
func ended(err error, last *UnavailableError) error {
	if last != nil {
		return fmt.Errorf("cellseal: waiting for the KEK: %w; before that: %w", err, last)
	}
	return fmt.Errorf("cellseal: waiting for the KEK: %w", err)
}

// Format implements fmt.Formatter and prints nothing secret.
func (*remote) Format(f fmt.State, _ rune) { redact.Format(f, "kek.Remote") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (*remote) LogValue() slog.Value { return redact.LogValue("kek.Remote") }
