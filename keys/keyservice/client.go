package keyservice

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/cellseal/cellseal/internal/redact"
	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/keyservice/internal/memory"
)

// A Client is a [keys.Source] whose keys a key service hands out. It is a keys.RowSource too,
// and a keys.Reloader. It is safe for concurrent use; one for a process is enough.
//
// What it was given it keeps in memory, within the bounds of its options and no longer than the policy
// says. It forgets everything within seconds after its part of the policy or the ring has
// changed: it asks for that while it holds anything. To forget is to let the garbage collector
// have it: a cell that is being opened keeps its key until it is open.
type Client struct {
	_ [0]func()
	s *clientState
}

type clientState struct {
	o       ClientOptions
	link    *link
	memory  *memory.Memory
	flights singleflight.Group
	reload  reloads
	done    context.CancelFunc
	ended   chan struct{}
}

// ClientOptions configures a [Client]; nil and the zero value mean the defaults.
type ClientOptions struct {
	// TLS is how the service is reached by https; see [ClientTLS].
	TLS *tls.Config
	// ServerUID, if set, is the only user whose socket is talked to (of who called listen, under
	// systemd's socket activation root). Set it where others could put a socket in the service's
	// place: whoever hands out the keys knows them.
	ServerUID *uint32

	// SubtreeTTL and RowTTL are how long keys are kept, 5 min and 1 min by default, or less if the
	// policy says so. The larger they are, the longer a service that is down is not missed, and
	// the longer somebody who cuts the client off from it puts off a revocation.
	SubtreeTTL, RowTTL time.Duration
	// SubtreeUses and RowUses are how often keys in memory are handed out before the service
	// is asked again; 0 is without limit.
	SubtreeUses, RowUses int
	// MaxSubtrees and MaxRows are how many are kept, 1024 and 10 000 by default.
	MaxSubtrees, MaxRows int
	// Poll is how often the service is asked whether anything has changed, 2 s by default.
	Poll time.Duration
	// Timeout is how long one request may take, 5 s by default, its connection at most 2 s of that.
	Timeout time.Duration
}

func (o *ClientOptions) fill() {
	durations := []struct {
		d       *time.Duration
		instead time.Duration
	}{{&o.SubtreeTTL, 5 * time.Minute}, {&o.RowTTL, time.Minute}, {&o.Poll, 2 * time.Second}, {&o.Timeout, 5 * time.Second}}
	for _, x := range durations {
		if *x.d <= 0 {
			*x.d = x.instead
		}
	}
	if o.MaxSubtrees <= 0 {
		o.MaxSubtrees = 1024
	}
	if o.MaxRows <= 0 {
		o.MaxRows = 10_000
	}
}

// NewClient returns a client of the service at address, "https://host:port" or
// "unix:///run/cellseal/keys.sock". It does no I/O: a service that is not there yet is missed
// when it is first needed. Close it.
func NewClient(address string, o *ClientOptions) (*Client, error) {
	s := &clientState{ended: make(chan struct{})}
	if o != nil {
		s.o = *o
	}
	s.o.fill()
	ctx, cancel := context.WithCancel(context.Background())
	var err error
	if s.link, err = newLink(ctx, address, &s.o); err != nil {
		cancel()
		return nil, err
	}
	s.done = cancel
	s.memory = memory.New(s.o.MaxSubtrees, s.o.MaxRows)
	go s.watch(ctx)
	return &Client{s: s}, nil
}

func (c *Client) state() *clientState {
	if c == nil || c.s == nil {
		panic("cellseal/keyservice: zero Client; use NewClient")
	}
	return c.s
}

// Close forgets all keys and ends what works in the background. After it the client answers
// with an [UnavailableError]. It returns nil.
func (c *Client) Close() error {
	s := c.state()
	s.done()
	<-s.ended
	s.link.close()
	s.memory.Wipe("")
	return nil
}

// Cells implements [keys.Source].
func (c *Client) Cells(ctx context.Context, path ...keys.Label) (*keys.Derived, error) {
	return c.state().derived(ctx, tree.Cells, path)
}

// Index implements [keys.Source].
func (c *Client) Index(ctx context.Context, path ...keys.Label) (*keys.Derived, error) {
	return c.state().derived(ctx, tree.Index, path)
}

func (s *clientState) derived(ctx context.Context, ring string, path []keys.Label) (*keys.Derived, error) {
	at := place(ring, path)
	e := s.memory.Subtree(at)
	if e == nil {
		labels := plain(path)
		if _, err := tree.Check(ring, labels); err != nil {
			return nil, fmt.Errorf("cellseal/keyservice: %w", err)
		}
		var err error
		if e, err = shared(ctx, &s.flights, at, func() (*memory.Subtree, error) { return s.fetch(at, ring, labels) }); err != nil {
			return nil, err
		}
	}
	if e.Keys == nil {
		return nil, &keys.RowsOnlyError{Path: tree.Shown(plain(path))}
	}
	return e.Keys, nil
}

// place is a path as a key of maps.
func place(ring string, path []keys.Label) string {
	var b strings.Builder
	b.WriteString(ring)
	for _, label := range path {
		b.WriteByte(0xff) // in no label: they are UTF-8
		b.WriteString(string(label))
	}
	return b.String()
}

func plain(path []keys.Label) []string {
	s := make([]string, len(path))
	for i, l := range path {
		s[i] = string(l)
	}
	return s
}

// shared does work once for all who ask for the same at the same time. It does not end when the
// one who asked first goes away; its own time limit is that of its request.
func shared[T any](ctx context.Context, g *singleflight.Group, key string, work func() (T, error)) (T, error) {
	select {
	case r := <-g.DoChan(key, func() (any, error) { return work() }):
		v, _ := r.Val.(T)
		return v, r.Err
	case <-ctx.Done():
		var none T
		return none, fmt.Errorf("cellseal/keyservice: waiting for the key service: %w", ctx.Err())
	}
}

func (s *clientState) fetch(at, ring string, path []string) (*memory.Subtree, error) {
	epoch := s.memory.Epoch()
	var a subtreeAnswer
	err := s.link.ask(opSubtree, subtreeRequest{ring, path}, &a)
	if err = s.meant(err, ring, path); err != nil {
		if _, rows := err.(*keys.RowsOnlyError); !rows {
			return nil, err
		}
		e := &memory.Subtree{}
		s.memory.Keep(at, e, epoch, s.o.RowTTL, 0)
		return e, nil
	}
	set, err := a.Subtree.Read()
	a.Subtree.Wipe()
	if err == nil && (tree.Ring(set) != ring || !slices.Equal(tree.Path(set), path)) {
		err = fmt.Errorf("the answer is of another place than was asked for")
	}
	if err != nil {
		return nil, &UnavailableError{fmt.Errorf("its answer: %w", err)}
	}
	e := &memory.Subtree{Keys: keys.OfTree(set)}
	if s.memory.Current(a.Revision, &epoch) {
		s.memory.Keep(at, e, epoch, min(s.o.SubtreeTTL, a.keep()), s.o.SubtreeUses)
	}
	return e, nil
}

// Format implements fmt.Formatter and prints nothing secret.
func (Client) Format(f fmt.State, _ rune) { redact.Format(f, "keyservice.Client") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (Client) LogValue() slog.Value { return redact.LogValue("keyservice.Client") }

var (
	_ keys.RowSource = (*Client)(nil)
	_ keys.Reloader  = (*Client)(nil)
)
