package pkcs11kek

import (
	"errors"
	"fmt"
	"sync"

	"github.com/miekg/pkcs11"
)

// A Module is a PKCS#11 library. Its state is the process's: load each library
// once, and open every KEK from that.
type Module struct {
	_ [0]func()
	s *moduleState
}

type moduleState struct {
	mu    sync.RWMutex // write: while the library is initialised anew or finalized
	lib   *pkcs11.Ctx  // nil when closed
	epoch uint64       // how often it was initialised anew: sessions of an earlier one are gone
	own   bool         // nobody else in this process had initialised it
}

var errClosed = errors.New("cellseal/pkcs11kek: the module is closed")

// Load loads and initialises the PKCS#11 library at path. If something else in
// this process has initialised it already, it is used and left as it is: neither
// Close nor the loss of the device finalizes it.
func Load(path string) (*Module, error) {
	lib := pkcs11.New(path)
	if lib == nil {
		return nil, fmt.Errorf("cellseal/pkcs11kek: %s is no PKCS#11 library that can be loaded", path)
	}
	s := &moduleState{lib: lib}
	switch err := lib.Initialize(); err {
	case nil:
		s.own = true
	case pkcs11.Error(pkcs11.CKR_CRYPTOKI_ALREADY_INITIALIZED):
	default:
		lib.Destroy()
		return nil, fmt.Errorf("cellseal/pkcs11kek: initialise %s: %w", path, err)
	}
	return &Module{s: s}, nil
}

func (m *Module) state() *moduleState {
	if m == nil || m.s == nil {
		panic("cellseal/pkcs11kek: zero Module; use Load")
	}
	return m.s
}

// Close finalizes the library when calls under way have ended; every KEK opened
// from it fails from then on. A second Close does nothing.
func (m *Module) Close() error {
	s := m.state()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lib == nil {
		return nil
	}
	var err error
	if s.own {
		err = s.lib.Finalize()
		s.lib.Destroy() // and not while others in the process use it
	}
	s.lib = nil
	if err != nil {
		return fmt.Errorf("cellseal/pkcs11kek: finalize: %w", err)
	}
	return nil
}

// use calls do while the library is neither finalized nor initialised anew.
func (s *moduleState) use(do func(lib *pkcs11.Ctx, epoch uint64) error) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.lib == nil {
		return errClosed
	}
	return do(s.lib, s.epoch)
}

// restart initialises the library anew, unless that was done since epoch: some
// lose every token when the connection to the HSM breaks and find none until then.
func (s *moduleState) restart(epoch uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.lib == nil:
		return errClosed
	case s.epoch != epoch || !s.own:
		return nil
	}
	_ = s.lib.Finalize() // it may well fail: the device is gone
	if err := s.lib.Initialize(); err != nil {
		return fmt.Errorf("cellseal/pkcs11kek: initialise the library anew: %w", err)
	}
	s.epoch++
	return nil
}
