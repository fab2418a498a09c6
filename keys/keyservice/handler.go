package keyservice

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/cellseal/cellseal/internal/redact"
	"github.com/cellseal/cellseal/internal/strictjson"
	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/keyservice/internal/peer"
	"github.com/cellseal/cellseal/keys/keyservice/internal/policy"
)

// A Handler answers for a Source what its Policy grants, and nothing else. Put it behind
// [NewServer], which knows how to tell clients; behind another server everybody is denied who
// comes without a verified certificate.
//
// Every decision is logged: who asked, for which place, how many rows, and what was said. Keys,
// rows and scopes' ids never are.
type Handler struct {
	_ [0]func()
	s *handlerState
}

type handlerState struct {
	source keys.Source
	log    *slog.Logger
	policy atomic.Pointer[Policy]
	slots  chan struct{}

	mu      sync.Mutex
	clients map[string]*usage // by name
}

// usage is what a client has used up. It outlives a change of policy: else any edit of
// the file would fill every bucket again.
type usage struct {
	bucket *rate.Limiter
	slots  chan struct{}
}

// How many requests are answered at a time. Each holds at most maxRequest and maxAnswer bytes, and
// no client can take the room of all others.
const (
	slotsOfAll    = 64
	slotsOfClient = 8
)

// HandlerOptions configures a [Handler]; nil and the zero value mean the defaults.
type HandlerOptions struct {
	// Log is told of every decision: of what is granted at level Info, and of what is denied at
	// Warn. slog.Default by default.
	Log *slog.Logger
}

// NewHandler returns a Handler over source. A [keys.Live] lets keys be rotated under it. If
// source is a keys.RowSource it is asked for rows too, and for compartments only where
// those are granted; so a Source in front of a ring can count both.
func NewHandler(source keys.Source, p *Policy, o *HandlerOptions) *Handler {
	if source == nil {
		panic("cellseal/keyservice: nil keys.Source")
	}
	h := &Handler{s: &handlerState{source: source, log: slog.Default(), slots: make(chan struct{}, slotsOfAll), clients: map[string]*usage{}}}
	if o != nil && o.Log != nil {
		h.s.log = o.Log
	}
	h.SetPolicy(p)
	return h
}

// SetPolicy puts p in use: requests under way finish under the policy they began with.
func (h *Handler) SetPolicy(p *Policy) {
	if p == nil || p.p == nil {
		panic("cellseal/keyservice: zero Policy; use ParsePolicy")
	}
	h.s.policy.Store(p)
}

func (s *handlerState) usage(c *policy.Client) *usage {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.clients[c.Name]
	if u == nil {
		u = &usage{rate.NewLimiter(rate.Limit(c.Rate), c.Burst), make(chan struct{}, slotsOfClient)}
		s.clients[c.Name] = u
	}
	if u.bucket.Limit() != rate.Limit(c.Rate) || u.bucket.Burst() != c.Burst {
		u.bucket.SetLimit(rate.Limit(c.Rate))
		u.bucket.SetBurst(c.Burst)
	}
	return u
}

// A call is one request of a known client.
type call struct {
	*handlerState
	ctx     context.Context
	looking context.Context // without the client's name: to look, and not to hand out
	client  *policy.Client
	usage   *usage
	body    []byte
	log     *slog.Logger
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s := h.s
	log := s.log.With("op", r.URL.Path)
	var op func(*call) (any, error)
	switch r.URL.Path { // as it stands there: nothing is cleaned, unescaped twice or redirected
	case opSubtree:
		op = (*call).subtree
	case opRows:
		op = (*call).rows
	case opRevision:
		op = (*call).revision
	case opReload:
		op = (*call).reload
	default:
		log = s.log // what else stands there is the client's, and of any length
	}
	if err := s.serve(w, r, op, log); err != nil {
		refuse(w, err)
	}
}

func (s *handlerState) serve(w http.ResponseWriter, r *http.Request, op func(*call) (any, error), log *slog.Logger) error {
	names, err := peer.Identities(r, time.Now())
	log = log.With("identities", names)
	if err != nil {
		log.Warn("keyservice: denied", "why", err.Error())
		return &refused{http.StatusForbidden, refusal{Code: codeUnknown, Message: err.Error()}}
	}
	c := s.policy.Load().p.Client(names)
	if c == nil {
		log.Warn("keyservice: denied", "why", "no client of the policy, or of more than one")
		return &refused{http.StatusForbidden, refusal{Code: codeUnknown, Message: "the policy names no such client"}}
	}
	log = log.With("client", c.Name)
	u := s.usage(c)
	for _, slots := range []chan struct{}{u.slots, s.slots} { // before a byte of the body is read
		select {
		case slots <- struct{}{}:
			defer func() { <-slots }()
		default:
			log.Warn("keyservice: busy")
			return &refused{http.StatusServiceUnavailable, refusal{Code: codeBusy, Message: "too many requests at a time", Retry: 100}}
		}
	}
	body, err := read(w, r, op != nil)
	if err != nil {
		log.Warn("keyservice: refused", "why", err.Error())
		return err
	}
	ctx := context.WithValue(r.Context(), clientKey{}, c.Name)
	answer, err := op(&call{handlerState: s, ctx: ctx, looking: r.Context(), client: c, usage: u, body: body, log: log})
	if err != nil {
		return err
	}
	text, err := json.Marshal(answer)
	if err != nil { // of types that always can be
		panic("cellseal/keyservice: " + err.Error())
	}
	defer clear(text)
	write(w, http.StatusOK, text)
	return nil
}

func read(w http.ResponseWriter, r *http.Request, known bool) ([]byte, error) {
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case !known:
		return nil, bad(http.StatusNotFound, "there is no such operation")
	case r.Method != http.MethodPost:
		return nil, bad(http.StatusMethodNotAllowed, "want POST")
	case media != "application/json": // which no form in a browser sends unasked
		return nil, bad(http.StatusUnsupportedMediaType, "want Content-Type: application/json")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if errors.As(err, new(*http.MaxBytesError)) {
		return nil, bad(http.StatusRequestEntityTooLarge, fmt.Sprintf("a request has at most %d bytes", maxRequest))
	}
	if err != nil {
		return nil, bad(http.StatusBadRequest, "the request ends early")
	}
	return body, nil
}

func (c *call) decode(v any) error {
	if err := strictjson.Decode(c.body, maxRequest, v); err != nil {
		c.log.Warn("keyservice: refused", "why", err.Error())
		return bad(http.StatusBadRequest, err.Error())
	}
	return nil
}

// A refused is an answer that is an error.
type refused struct {
	status int
	refusal
}

func (e *refused) Error() string { return e.Message }

func bad(status int, message string) error {
	return &refused{status, refusal{Code: codeBad, Message: message}}
}

func refuse(w http.ResponseWriter, err error) {
	var r *refused
	if !errors.As(err, &r) {
		r = &refused{http.StatusServiceUnavailable, refusal{Code: codeDown, Message: "the keys are not at hand"}}
	}
	if r.Retry > 0 {
		w.Header().Set("Retry-After", strconv.FormatInt((r.Retry+999)/1000, 10))
	}
	text, err := json.Marshal(r.refusal)
	if err != nil { // of types that always can be
		panic("cellseal/keyservice: " + err.Error())
	}
	write(w, r.status, text)
}

func write(w http.ResponseWriter, status int, text []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(text) // a client that has gone cannot be told
}

// revision is what changes when the client's part of the policy, or the keys it reads and
// writes with, do.
func (s *handlerState) revision(ctx context.Context, c *policy.Client) string {
	sum := sha256.New()
	sum.Write(c.Text)
	for _, ring := range []string{tree.Cells, tree.Index} {
		fmt.Fprintf(sum, "\n%s %v", ring, s.ids(ctx, c, ring))
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

// ids returns the enabled keys' ids of a ring at the first place of it that the client is granted.
func (s *handlerState) ids(ctx context.Context, c *policy.Client, ring string) []uint32 {
	for _, path := range c.Places(ring) {
		d, err := s.derive(ctx, ring, path)
		if err != nil {
			continue
		}
		var ids []uint32
		for _, n := range tree.Nodes(d.Tree()) {
			ids = append(ids, n.ID)
		}
		return ids
	}
	return nil
}

func (s *handlerState) derive(ctx context.Context, ring string, path []string) (*keys.Derived, error) {
	labels := make([]keys.Label, len(path))
	for i, l := range path {
		labels[i] = keys.Label(l)
	}
	if ring == tree.Index {
		return s.source.Index(ctx, labels...)
	}
	return s.source.Cells(ctx, labels...)
}

// ClientName returns the policy's name of the client that a [Handler] asks its Source for, so
// that a Source that counts or refuses knows whom for. It is "" elsewhere, and where the Handler
// hands nothing out but looks which keys there are.
func ClientName(ctx context.Context) string {
	name, _ := ctx.Value(clientKey{}).(string)
	return name
}

type clientKey struct{}

// Format implements fmt.Formatter and prints nothing secret.
func (Handler) Format(f fmt.State, _ rune) { redact.Format(f, "keyservice.Handler") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (Handler) LogValue() slog.Value { return redact.LogValue("keyservice.Handler") }
