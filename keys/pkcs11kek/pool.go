package pkcs11kek

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/miekg/pkcs11"
)

// pool holds a KEK's sessions: as many calls at a time as it has slots, each with
// a session of its own, as PKCS#11 demands.
type pool struct {
	m     *Module
	key   Key
	id    [idSize]byte
	slots chan struct{}

	mu     sync.Mutex
	idle   []session
	closed bool

	opening sync.Mutex
	denied  *PINError // the token refused the PIN: it must not be tried again; guarded by opening
}

// Open opens the key, looks at how it is guarded, and tries it, as the package's
// text says. A PIN that is refused is a [PINError], a key that is not guarded
// well an [AttributeError], a token that is not there a [kek.UnavailableError].
func (m *Module) Open(ctx context.Context, k Key) (*KEK, error) {
	if err := k.check(); err != nil {
		return nil, err
	}
	n := k.Sessions
	if n <= 0 {
		n = 4
	}
	p := &pool{m: m, key: k, slots: make(chan struct{}, n)}
	err := cancellable(ctx, func() error {
		s, id, err := m.open(k)
		if in(lostErrors, err) {
			// A token plugged in since Load may need it to be seen.
			if err := m.state().restart(m.epoch()); err != nil {
				return err
			}
			s, id, err = m.open(k)
		}
		if err != nil {
			return err
		}
		p.id = id
		defer p.give(s)
		return m.state().use(func(lib *pkcs11.Ctx, _ uint64) error { return try(lib, s, id) })
	})
	if err != nil {
		_ = p.close() // with the session that may still come
		return nil, unavailable(err)
	}
	return &KEK{s: p}, nil
}

func (m *Module) epoch() (epoch uint64) {
	_ = m.state().use(func(_ *pkcs11.Ctx, e uint64) error { epoch = e; return nil })
	return epoch
}

// operation is one call on a session.
type operation func(lib *pkcs11.Ctx, s session, in, ad []byte) ([]byte, error)

// do runs op and returns when it is done or ctx is over, whichever is first.
func (p *pool) do(ctx context.Context, in, ad []byte, op operation) (out []byte, err error) {
	if err := ctx.Err(); err != nil { // select would choose at random
		return nil, ended(err)
	}
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ended(ctx.Err())
	}
	type answer struct {
		out []byte
		err error
	}
	// The caller may reuse its slices as soon as it has returned.
	in, ad = bytes.Clone(in), bytes.Clone(ad)
	answered := make(chan answer, 1)
	go func() {
		defer func() { <-p.slots }()
		out, err := p.persist(in, ad, op)
		answered <- answer{out, err}
	}()
	select {
	case a := <-answered:
		return a.out, a.err
	case <-ctx.Done():
		return nil, ended(ctx.Err())
	}
}

// persist runs op on an idle session; if that is lost on a new one; and if there
// is none to be had on one of the library initialised anew.
func (p *pool) persist(in, ad []byte, op operation) ([]byte, error) {
	out, err := p.once(true, in, ad, op)
	if isLost(err) {
		out, err = p.once(false, in, ad, op)
	}
	if isLost(err) {
		epoch := p.m.epoch()
		if err := p.m.state().restart(epoch); err != nil {
			return nil, unavailable(err)
		}
		out, err = p.once(false, in, ad, op)
	}
	return out, unavailable(err)
}

func isLost(err error) bool { return in(lostErrors, err) }

func (p *pool) once(idle bool, in, ad []byte, op operation) (out []byte, err error) {
	s, err := p.take(idle)
	if err != nil {
		return nil, err
	}
	err = p.m.state().use(func(lib *pkcs11.Ctx, epoch uint64) error {
		if s.epoch != epoch {
			return pkcs11.Error(pkcs11.CKR_SESSION_HANDLE_INVALID) // handles of the last epoch may be somebody else's now
		}
		out, err = op(lib, s, in, ad)
		if err != nil && !errors.Is(err, ErrDecrypt) {
			_ = lib.CloseSession(s.handle) // in whatever state it is
		}
		return err
	})
	if err == nil || errors.Is(err, ErrDecrypt) {
		p.give(s)
	}
	return out, err
}

// take returns a session, an idle one if that is wanted and there is one.
func (p *pool) take(idle bool) (session, error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return session{}, errors.New("cellseal/pkcs11kek: the KEK is closed")
	}
	if n := len(p.idle); idle && n > 0 {
		s := p.idle[n-1]
		p.idle = p.idle[:n-1]
		p.mu.Unlock()
		return s, nil
	}
	stale := p.idle // when one is lost, so most likely are they
	p.idle = nil
	p.mu.Unlock()
	p.drop(stale)
	return p.open()
}

func (p *pool) open() (session, error) {
	p.opening.Lock() // one login at a time, or several would try a wrong PIN
	defer p.opening.Unlock()
	if p.denied != nil {
		return session{}, p.denied
	}
	s, id, err := p.m.open(p.key)
	var denied *PINError
	if errors.As(err, &denied) {
		p.denied = denied
	}
	if err == nil && id != p.id {
		p.drop([]session{s})
		return session{}, fmt.Errorf("cellseal/pkcs11kek: token %q has another key %q than when the KEK was opened: open it anew", p.key.Token, p.key.Label)
	}
	return s, err
}

func (p *pool) give(s session) {
	p.mu.Lock()
	if !p.closed {
		p.idle = append(p.idle, s)
		p.mu.Unlock()
		return
	}
	p.mu.Unlock()
	p.drop([]session{s})
}

func (p *pool) drop(all []session) {
	_ = p.m.state().use(func(lib *pkcs11.Ctx, epoch uint64) error {
		for _, s := range all {
			if s.epoch == epoch {
				_ = lib.CloseSession(s.handle)
			}
		}
		return nil
	})
}

func (p *pool) close() error {
	p.mu.Lock()
	all := p.idle
	p.idle, p.closed = nil, true
	p.mu.Unlock()
	p.drop(all)
	for range cap(p.slots) { // calls under way
		p.slots <- struct{}{}
	}
	for range cap(p.slots) { // and later ones are told that it is closed
		<-p.slots
	}
	return nil
}

// cancellable runs do, which PKCS#11 cannot interrupt, for as long as ctx lasts.
func cancellable(ctx context.Context, do func() error) error {
	if err := ctx.Err(); err != nil {
		return ended(err)
	}
	done := make(chan error, 1)
	go func() { done <- do() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ended(ctx.Err())
	}
}

func ended(err error) error { return fmt.Errorf("cellseal/pkcs11kek: waiting for the HSM: %w", err) }
