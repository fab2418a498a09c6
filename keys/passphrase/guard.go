package passphrase

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"

	"golang.org/x/crypto/argon2"

	"github.com/cellseal/cellseal/internal/strictjson"
	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/internal/wrapped"
	"github.com/cellseal/cellseal/keys"
)

// GuardOptions are a Guard's. nil and the zero value mean the defaults, which are those of [Encrypt].
type GuardOptions struct {
	// Passes, MemoryKiB and Lanes are the cost of Argon2id for what is guarded from now on: 3, 64 MiB and 4. What
	// was guarded with less is renewed by Unlock.
	Passes    uint32
	MemoryKiB uint32
	Lanes     uint8
	// Parallel is how many passwords are worked on at the same time, as many as there are processors by default:
	// so much memory times that. Others wait.
	Parallel int
}

// A Guard keeps users' secrets behind their passwords. It is safe for concurrent use.
type Guard struct {
	_ [0]func()
	s *guardState
}

type guardState struct {
	cost  params
	slots chan struct{}
}

// maxGuardedKiB is how much memory a stored secret may ask for at a log-in, unless the Guard itself asks for more: for
// who can write the database must not be able to exhaust the machine with it.
const maxGuardedKiB = 256 << 10

// NewGuard returns a Guard. It panics on options that [Open] would not accept.
func NewGuard(o *GuardOptions) *Guard {
	if o == nil {
		o = &GuardOptions{}
	}
	p := params{argon2.Version, o.Passes, o.MemoryKiB, o.Lanes, make([]byte, saltSize)}
	if p.Passes == 0 {
		p.Passes = passes
	}
	if p.MemoryKiB == 0 {
		p.MemoryKiB = memoryKiB
	}
	if p.Lanes == 0 {
		p.Lanes = lanes
	}
	if err := p.check(); err != nil {
		panic(err.Error())
	}
	n := o.Parallel
	if n <= 0 {
		n = runtime.GOMAXPROCS(0)
	}
	return &Guard{s: &guardState{p, make(chan struct{}, n)}}
}

func (g *Guard) state() *guardState {
	if g == nil || g.s == nil {
		panic("cellseal/passphrase: zero Guard; use NewGuard")
	}
	return g.s
}

// guarded is what is stored of a user's secret. It is bound to the scope.
type guarded struct {
	Version  int      `json:"cellseal-secret"`
	Argon2   params   `json:"argon2id"`
	Wrapped  []byte   `json:"wrapped"`
	Recovery []copied `json:"recovery,omitempty"`
}

// maxGuarded is how many bytes of it are read.
const maxGuarded = 64 << 10

func parseGuarded(stored []byte) (*guarded, error) {
	var f guarded
	if err := strictjson.Decode(stored, maxGuarded, &f); err != nil || f.Version != 1 || len(f.Wrapped) != wrapped.Size {
		return nil, errors.New("cellseal/passphrase: this is not a user's secret, as a Guard stores it")
	}
	return &f, f.Argon2.check()
}

// New draws a secret for a scope, and returns it with what to store: JSON of some hundred bytes, that is of use to
// those alone who know the password or hold the key of one of the recoveries.
func (g *Guard) New(ctx context.Context, scope keys.Label, password []byte, recoveries ...Recovery) (*Secret, []byte, error) {
	if err := isScope(scope); err != nil {
		return nil, nil, err
	}
	bytes := new([tree.Size]byte)
	rand.Read(bytes[:]) // never fails: crypto/rand
	s := newSecret(scope, bytes)
	f := &guarded{Version: 1}
	for _, r := range recoveries {
		c, err := r.copy(ctx, s)
		if err != nil {
			return nil, nil, err
		}
		f.Recovery = append(f.Recovery, c)
	}
	stored, err := g.lock(ctx, f, s, password)
	return s, stored, err
}

// Unlock returns a scope's secret. renewed is what to store in place of stored, if the Guard asks for more of
// Argon2id than it was guarded with; else nil. A wrong password, another scope's and a damaged one are
// [ErrPassphrase].
//
// It takes some tens of milliseconds and 64 MiB, unless the options say otherwise: call it at log-in, and keep
// the Secret for the session.
func (g *Guard) Unlock(ctx context.Context, scope keys.Label, stored, password []byte) (s *Secret, renewed []byte, err error) {
	if err := isScope(scope); err != nil {
		return nil, nil, err
	}
	f, err := parseGuarded(stored)
	if err != nil {
		return nil, nil, err
	}
	own := g.state().cost
	if f.Argon2.MemoryKiB > max(maxGuardedKiB, own.MemoryKiB) {
		return nil, nil, fmt.Errorf("cellseal/passphrase: a user's secret asks for %d KiB: at most %d are given", f.Argon2.MemoryKiB, max(maxGuardedKiB, own.MemoryKiB))
	}
	k, err := g.stretch(ctx, f.Argon2, password)
	if err != nil {
		return nil, nil, err
	}
	bytes, err := wrapped.Open(k, head, string(scope), f.Wrapped)
	if err != nil {
		return nil, nil, ErrPassphrase
	}
	s = newSecret(scope, bytes)
	if f.Argon2.Passes < own.Passes || f.Argon2.MemoryKiB < own.MemoryKiB {
		renewed, err = g.lock(ctx, f, s, password)
	}
	return s, renewed, err
}

// Lock returns what to store in place of stored, so that another password unlocks the secret: when a user changes it,
// or after [Recover]. Nothing that is sealed with the secret changes, and recoveries stay. What was stored before, in
// a backup, still opens with the old password: if that has leaked, and such a backup too, only a new secret helps.
func (g *Guard) Lock(ctx context.Context, s *Secret, stored, password []byte) ([]byte, error) {
	f, err := parseGuarded(stored)
	if err != nil {
		return nil, err
	}
	return g.lock(ctx, f, s, password)
}

func (g *Guard) lock(ctx context.Context, f *guarded, s *Secret, password []byte) ([]byte, error) {
	f.Argon2 = g.state().cost
	f.Argon2.Salt = make([]byte, saltSize)
	rand.Read(f.Argon2.Salt) // never fails: crypto/rand
	k, err := g.stretch(ctx, f.Argon2, password)
	if err != nil {
		return nil, err
	}
	if f.Wrapped, err = wrapped.Seal(k, head, string(s.state().scope), s.state().bytes); err != nil {
		return nil, err
	}
	return json.Marshal(f)
}

// head stands before the scope in the associated data.
var head = []byte("cellseal/v1/secret\x00")

// stretch makes a key of a password, when there is room.
func (g *Guard) stretch(ctx context.Context, p params, password []byte) (tree.Node, error) {
	if len(password) == 0 {
		return tree.Node{}, errors.New("cellseal/passphrase: empty password")
	}
	slots := g.state().slots
	select {
	case slots <- struct{}{}:
	case <-ctx.Done():
		return tree.Node{}, fmt.Errorf("cellseal/passphrase: waiting for other passwords to be worked on: %w", ctx.Err())
	}
	defer func() { <-slots }()
	key := argon2.IDKey(password, p.Salt, p.Passes, p.MemoryKiB, p.Lanes, tree.Size)
	return tree.NewNode(0, (*[tree.Size]byte)(key)), nil
}
