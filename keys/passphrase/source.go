package passphrase

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"

	"github.com/cellseal/cellseal/internal/redact"
	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
)

// A Secret is what a user's password guards: 32 random bytes that, with the ring, give the keys of one scope. Keep it
// for a session, in memory. It is safe for concurrent use, and prints redacted.
type Secret struct {
	_ [0]func()
	s *secretState
}

type secretState struct {
	scope keys.Label
	bytes *[tree.Size]byte

	mu     sync.Mutex
	opened map[string]*opened // by ring
}

// opened are the places below the scope that were asked for, from one node of it.
type opened struct {
	from   *tree.Set
	top    *keys.Derived
	places map[string]*keys.Derived
}

func newSecret(scope keys.Label, bytes *[tree.Size]byte) *Secret {
	return &Secret{s: &secretState{scope: scope, bytes: bytes, opened: map[string]*opened{}}}
}

func (s *Secret) state() *secretState {
	if s == nil || s.s == nil {
		panic("cellseal/passphrase: zero Secret; use a Guard")
	}
	return s.s
}

// Format implements fmt.Formatter and prints nothing secret.
func (Secret) Format(f fmt.State, _ rune) { redact.Format(f, "passphrase.Secret") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (Secret) LogValue() slog.Value { return redact.LogValue("passphrase.Secret") }

type inContext struct{ scope keys.Label }

// WithSecret returns a context in which a Source opens the secret's scope.
func WithSecret(ctx context.Context, s *Secret) context.Context {
	return context.WithValue(ctx, inContext{s.state().scope}, s)
}

// A Source is a keys.Source whose scopes of some kinds are locked: their keys are those of the Source below and of the
// user's secret, which the context of a call must hold, by [WithSecret]. Else it is a [keys.LockedError].
type Source struct {
	_     [0]func()
	from  keys.Source
	kinds []string
}

// Format implements fmt.Formatter and prints nothing secret.
func (Source) Format(f fmt.State, _ rune) { redact.Format(f, "passphrase.Source") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (Source) LogValue() slog.Value { return redact.LogValue("passphrase.Source") }

var (
	_ keys.Source      = (*Source)(nil)
	_ keys.Reloader    = (*Source)(nil)
	_ keys.ScopeLoader = (*Source)(nil)
)

// NewSource returns a Source. If scopes can be destroyed besides, from is a scopes.Source.
func NewSource(from keys.Source, kinds ...string) *Source {
	if from == nil {
		panic("cellseal/passphrase: nil keys.Source")
	}
	for _, k := range kinds {
		keys.Scope(k, "x") // panics if it is no kind
	}
	if len(kinds) == 0 {
		panic("cellseal/passphrase: NewSource: name the kinds of scope that are locked")
	}
	return &Source{from: from, kinds: kinds}
}

// Cells implements [keys.Source].
func (s *Source) Cells(ctx context.Context, path ...keys.Label) (*keys.Derived, error) {
	return s.walk(ctx, tree.Cells, s.from.Cells, path)
}

// Index implements [keys.Source].
func (s *Source) Index(ctx context.Context, path ...keys.Label) (*keys.Derived, error) {
	return s.walk(ctx, tree.Index, s.from.Index, path)
}

// errRoot keeps a ring's root from whoever would walk from there into a scope without its user's secret.
var errRoot = errors.New("cellseal/passphrase: the root of the ring is not to be had here, for below it scopes would be derived without their secrets: ask for a scope or a table, or ask the ring itself")

func (s *Source) walk(ctx context.Context, ring string, from func(context.Context, ...keys.Label) (*keys.Derived, error), path []keys.Label) (*keys.Derived, error) {
	if len(path) == 0 {
		return nil, errRoot
	}
	if !s.locks(path[0]) {
		return from(ctx, path...)
	}
	below, err := from(ctx, path[0]) // first: a destroyed scope is not to be unlocked
	if err != nil {
		return nil, err
	}
	secret, ok := ctx.Value(inContext{path[0]}).(*Secret)
	if !ok {
		return nil, &keys.LockedError{Scope: path[0]}
	}
	return secret.state().derive(ring, below, path[1:])
}

func (s *Source) locks(l keys.Label) bool {
	for _, k := range s.kinds {
		if strings.HasPrefix(string(l), "s:"+k+"/") {
			return true
		}
	}
	return false
}

func (s *secretState) derive(ring string, below *keys.Derived, path []keys.Label) (*keys.Derived, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.opened[ring]
	if o == nil || o.from != below.Tree() {
		top, err := below.DeriveLocked(s.bytes[:])
		if err != nil {
			return nil, err
		}
		o = &opened{below.Tree(), top, map[string]*keys.Derived{}}
		s.opened[ring] = o
	}
	at := ""
	for _, l := range path {
		at += string(l) + "\xff" // in no label: they are UTF-8
	}
	if d, ok := o.places[at]; ok {
		return d, nil
	}
	if len(o.places) >= 1024 { // more than a schema has
		clear(o.places)
	}
	whole := []string{string(s.scope)}
	for _, l := range path {
		whole = append(whole, string(l))
	}
	if _, err := tree.Check(ring, whole); err != nil {
		return nil, fmt.Errorf("cellseal/keys: %w", err)
	}
	d := o.top.Derive(path...)
	o.places[at] = d
	return d, nil
}

// Reload implements [keys.Reloader], if the Source below does.
func (s *Source) Reload(ctx context.Context, id uint32) error {
	if below, ok := s.from.(keys.Reloader); ok {
		return below.Reload(ctx, id)
	}
	return &keys.UnknownKeyError{ID: id}
}

// LoadScopes implements [keys.ScopeLoader], if the Source below does.
func (s *Source) LoadScopes(ctx context.Context, scopes ...keys.Label) error {
	if below, ok := s.from.(keys.ScopeLoader); ok {
		return below.LoadScopes(ctx, scopes...)
	}
	return nil
}

func isScope(l keys.Label) error {
	if level, err := tree.Check(tree.Cells, []string{string(l)}); err != nil || level != tree.Scope {
		return errors.New("cellseal/passphrase: this is no scope: build it with keys.Scope")
	}
	return nil
}
