package keys

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cellseal/cellseal/internal/redact"
)

// A Live is a [Source] whose ring can be replaced while it is in use, without a
// restart: derivations under way finish with the ring they began with.
type Live struct {
	_ [0]func()
	s *liveState
}

type liveState struct {
	ring  atomic.Pointer[Ring]
	load  func(context.Context) (*Ring, error)
	pause time.Duration

	timeout time.Duration

	mu     sync.Mutex
	flight *flight   // the load under way, or nil
	ended  time.Time // when the last load did
}

// LiveOptions configures a [Live]; nil and the zero value mean the defaults.
type LiveOptions struct {
	// Load fetches the ring anew, from its file or key service. Without it the
	// ring changes by Swap only.
	Load func(context.Context) (*Ring, error)
	// Pause is the least time between the end of a load and the next one, 1 s by
	// default: whoever can write cells with made-up key ids must not be able to
	// flood what Load asks.
	Pause time.Duration
	// Timeout is how long a load may take, 30 s by default. It counts and not the
	// context of the read that began the load, which others wait for too.
	Timeout time.Duration
}

// NewLive returns a Live that starts with r.
func NewLive(r *Ring, o *LiveOptions) *Live {
	r.state()
	if o == nil {
		o = &LiveOptions{}
	}
	s := &liveState{load: o.Load, pause: o.Pause, timeout: o.Timeout}
	if s.pause <= 0 {
		s.pause = time.Second
	}
	if s.timeout <= 0 {
		s.timeout = 30 * time.Second
	}
	s.ring.Store(r)
	return &Live{s: s}
}

func (l *Live) state() *liveState {
	if l == nil || l.s == nil {
		panic("cellseal/keys: zero Live; use NewLive")
	}
	return l.s
}

// Ring returns the ring in use now.
func (l *Live) Ring() *Ring { return l.state().ring.Load() }

// Swap puts r in use and returns the ring that was.
func (l *Live) Swap(r *Ring) *Ring {
	r.state()
	return l.state().ring.Swap(r)
}

// Cells implements [Source] with the ring in use now. It does no I/O.
func (l *Live) Cells(ctx context.Context, path ...Label) (*Derived, error) {
	return l.Ring().Cells(ctx, path...)
}

// Index implements [Source] with the ring in use now. It does no I/O.
func (l *Live) Index(ctx context.Context, path ...Label) (*Derived, error) {
	return l.Ring().Index(ctx, path...)
}

// Format implements fmt.Formatter and prints nothing secret.
func (Live) Format(f fmt.State, _ rune) { redact.Format(f, "keys.Live") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (Live) LogValue() slog.Value { return redact.LogValue("keys.Live") }
