package kektest

import (
	"context"
	"errors"
	"net"
	"sync"
	"syscall"
	"time"

	"github.com/cellseal/cellseal/internal/gcmkek"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/kek"
)

// server is a KMS in memory, with two keys.
type server struct {
	keys [2]keys.KEK

	mu     sync.Mutex
	calls  []time.Time
	gate   chan struct{}
	refuse int
	life   context.Context // of the server as it was started last
	stop   context.CancelFunc
}

func newServer() *server {
	s := &server{gate: make(chan struct{})}
	close(s.gate)
	for i := range s.keys {
		key := make([]byte, 32)
		key[0] = byte(i)
		k, err := gcmkek.New(key)
		if err != nil {
			panic(err)
		}
		s.keys[i] = k
	}
	s.life, s.stop = context.WithCancel(context.Background())
	return s
}

func (s *server) Calls() []time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]time.Time(nil), s.calls...)
}

func (s *server) Hold() func() {
	s.mu.Lock()
	defer s.mu.Unlock()
	gate := make(chan struct{})
	s.gate = gate
	return sync.OnceFunc(func() { close(gate) })
}

func (s *server) Throttle(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = n
}

func (s *server) Stop() error { s.stop(); return nil }

func (s *server) Start() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.life, s.stop = context.WithCancel(context.Background())
	return nil
}

// tooMany is as the AWS client says it.
type tooMany struct{ error }

func (tooMany) ErrorCode() string { return "ThrottlingException" }

var errRefused = &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}

// asked is one request on its way through the server.
func (s *server) asked(ctx context.Context) error {
	s.mu.Lock()
	life, gate := s.life, s.gate
	if life.Err() != nil {
		s.mu.Unlock()
		return errRefused
	}
	s.calls = append(s.calls, time.Now())
	busy := s.refuse > 0
	if busy {
		s.refuse--
	}
	s.mu.Unlock()
	select {
	case <-gate:
	case <-ctx.Done():
		return ctx.Err()
	case <-life.Done():
		return errRefused
	}
	if busy {
		return tooMany{errors.New("slow down")}
	}
	return nil
}

// client is a good client of key number key.
type client struct {
	*server
	key int
}

func (c client) EncryptWithContext(ctx context.Context, plaintext, ad []byte) ([]byte, error) {
	if err := c.asked(ctx); err != nil {
		return nil, err
	}
	return c.keys[c.key].EncryptWithContext(ctx, plaintext, ad)
}

func (c client) DecryptWithContext(ctx context.Context, ciphertext, ad []byte) ([]byte, error) {
	if err := c.asked(ctx); err != nil {
		return nil, err
	}
	return c.keys[c.key].DecryptWithContext(ctx, ciphertext, ad)
}

var quick = &kek.Options{Wait: 20 * time.Millisecond}
