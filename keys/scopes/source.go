package scopes

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/cellseal/cellseal/internal/redact"
	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
)

// Options are a Source's. All but Kinds may be zero.
type Options struct {
	// Kinds are the kinds of scope whose secrets are in the table, such as "tenant": paths that begin with
	// one of them go through it, and all others past it. What was sealed before a kind stood here does not open
	// any more, for its keys are others.
	Kinds []string
	// CreateOnUse creates a scope that is not there when it is first used. Without it that is an
	// UnknownScopeError, so that neither a misspelt id nor one that somebody made up becomes a scope.
	CreateOnUse bool
	// ReadOnly says that the table must not be written: no scope is created, and none gets a secret for a
	// new root key. For replicas and for processes that only read.
	ReadOnly bool
	// TTL is for how long a scope is used without asking the table again, 30 s by default: that long after a
	// Shred in another process cells can still be opened here.
	TTL time.Duration
	// Scopes is how many are kept, 10 000 by default: some kilobytes each, those that were used last.
	Scopes int
	// Timeout is how long a look at the table may take, 10 s by default.
	Timeout time.Duration
	// Observer is told of what is worth a line in a log. It must be safe for concurrent use, and be quick.
	Observer func(Event)
}

// An Event is something that happened to a scope.
type Event struct {
	Kind  EventKind
	Scope keys.Label // whose id may be personal data
	KeyID uint32     // of Extended
}

// An EventKind says what happened.
type EventKind uint8

// The kinds of events.
const (
	Created  EventKind = iota + 1 // a scope got its first secrets, from this process
	Extended                      // it got one for a root key that is new
)

// A Source is a keys.Source whose scopes have secrets in a table, and can be destroyed. It is safe for
// concurrent use.
type Source struct {
	_ [0]func()
	s *state
}

type state struct {
	table table
	from  keys.Source
	kinds map[string]bool
	o     Options
	cache cache
}

var (
	_ keys.Source      = (*Source)(nil)
	_ keys.Reloader    = (*Source)(nil)
	_ keys.ScopeLoader = (*Source)(nil)
)

// New returns a Source over the table that [DDL] makes. from gives the root of the ring, of both of its halves
// or of one: a Ring, or a Live one. db is a pool of its own, to the primary server; not the one that
// goes through the driver wrapper, whose connections may all be waiting for an answer from here.
//
// It panics without kinds.
func New(db *sql.DB, d Dialect, from keys.Source, o *Options) *Source {
	if from == nil {
		panic("cellseal/keys/scopes: nil keys.Source")
	}
	if o == nil || len(o.Kinds) == 0 {
		panic("cellseal/keys/scopes: Options.Kinds: name the kinds of scope that the table is for")
	}
	s := &state{table: newTable(db, d), from: from, kinds: map[string]bool{}, o: *o}
	for _, k := range o.Kinds {
		if !tree.IsName(k) {
			panic("cellseal/keys/scopes: Options.Kinds: want one or more of A-Z a-z 0-9 _")
		}
		s.kinds[k] = true
	}
	set := func(d *time.Duration, value time.Duration) {
		if *d <= 0 {
			*d = value
		}
	}
	set(&s.o.TTL, 30*time.Second)
	set(&s.o.Timeout, 10*time.Second)
	if s.o.Scopes <= 0 {
		s.o.Scopes = 10_000
	}
	s.cache.most, s.cache.ttl, s.cache.timeout = s.o.Scopes, s.o.TTL, s.o.Timeout
	s.cache.reset()
	return &Source{s: s}
}

func (s *Source) state() *state {
	if s == nil || s.s == nil {
		panic("cellseal/keys/scopes: zero Source; use New")
	}
	return s.s
}

// Cells implements [keys.Source]. Of a scope that was destroyed it returns a [keys.DestroyedError], of one
// that is not there a [keys.UnknownScopeError].
func (s *Source) Cells(ctx context.Context, path ...keys.Label) (*keys.Derived, error) {
	st := s.state()
	return st.walk(ctx, tree.Cells, st.from.Cells, path)
}

// Index implements [keys.Source], as Cells does.
func (s *Source) Index(ctx context.Context, path ...keys.Label) (*keys.Derived, error) {
	st := s.state()
	return st.walk(ctx, tree.Index, st.from.Index, path)
}

// errRoot keeps a ring's root from whoever would walk from there into a scope without its secret.
var errRoot = errors.New("cellseal/keys/scopes: the root of the ring is not to be had here, for below it scopes would be derived without their secrets: ask for a scope or a table, or ask the ring itself")

type walk = func(context.Context, ...keys.Label) (*keys.Derived, error)

func (s *state) walk(ctx context.Context, ring string, from walk, path []keys.Label) (*keys.Derived, error) {
	if len(path) == 0 {
		return nil, errRoot
	}
	if !s.manages(path[0]) {
		return from(ctx, path...)
	}
	if err := check(ring, path); err != nil {
		return nil, err
	}
	root, err := from(ctx)
	if err != nil {
		return nil, err
	}
	c, err := s.scope(ctx, path[0])
	if err == nil && !c.destroyed && !s.o.ReadOnly && c.lacksPrimary(root.Tree()) { // the ring has changed since
		s.cache.forget(c.label)
		c, err = s.scope(ctx, path[0])
	}
	switch {
	case err != nil:
		return nil, err
	case c.destroyed:
		return nil, &keys.DestroyedError{Scope: path[0]}
	}
	return c.derive(root, path[1:])
}

func check(ring string, path []keys.Label) error {
	plain := make([]string, len(path))
	for i, l := range path {
		plain[i] = string(l)
	}
	if _, err := tree.Check(ring, plain); err != nil {
		return fmt.Errorf("cellseal/keys: %w", err)
	}
	return nil
}

// manages reports whether a label is of a scope in the table.
func (s *state) manages(l keys.Label) bool {
	rest, isScope := strings.CutPrefix(string(l), "s:")
	kind, _, _ := strings.Cut(rest, "/")
	return isScope && s.kinds[kind]
}

func (s *state) scope(ctx context.Context, l keys.Label) (*scope, error) {
	return s.cache.get(ctx, string(l), func(ctx context.Context) (*scope, error) { return s.load(ctx, string(l), s.o.CreateOnUse) })
}

// Reload implements [keys.Reloader]: it asks the Source below for a root key that is not known, and reads anew
// what scopes have no secret for it.
func (s *Source) Reload(ctx context.Context, id uint32) error {
	st := s.state()
	var learnt error = &keys.UnknownKeyError{ID: id}
	if below, ok := st.from.(keys.Reloader); ok {
		if learnt = below.Reload(ctx, id); learnt != nil && !errors.As(learnt, new(*keys.UnknownKeyError)) {
			return learnt
		}
	}
	// An id that is made up is of no root key, and empties nothing.
	roots, err := st.roots(ctx)
	if err != nil {
		return err
	}
	known := false
	for _, root := range roots {
		for _, n := range tree.Nodes(root) {
			known = known || n.ID == id
		}
	}
	if known && st.cache.forgetIf(func(c *scope) bool { return !c.knows(id) }) > 0 {
		return nil
	}
	return learnt
}

// Forget has scopes read anew when they are next used: for a process that is told of a Shred in another one
// before the TTL is over. Without arguments it is all of them.
func (s *Source) Forget(scopes ...keys.Label) {
	st := s.state()
	for _, l := range scopes {
		st.cache.forget(string(l))
	}
	if len(scopes) == 0 {
		st.cache.reset()
	}
}

// Format implements fmt.Formatter and prints nothing secret.
func (Source) Format(f fmt.State, _ rune) { redact.Format(f, "scopes.Source") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (Source) LogValue() slog.Value { return redact.LogValue("scopes.Source") }
