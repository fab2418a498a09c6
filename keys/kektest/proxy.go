package kektest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"time"
)

// A Proxy is a [Server]: it stands on a free port of this machine, in front of a
// server that speaks HTTP.
type Proxy struct {
	URL string // of the proxy, such as "http://127.0.0.1:41563"

	handler, busy http.Handler

	mu       sync.Mutex
	address  string
	listener net.Listener
	server   *http.Server
	calls    []time.Time
	refuse   int
	gate     chan struct{} // closed: pass
}

// NewProxy starts a proxy in front of target, the URL of a server. busy answers in
// its place as it does a client that asks too much.
func NewProxy(target string, busy http.Handler) (*Proxy, error) {
	u, err := url.Parse(target)
	if err != nil {
		return nil, err
	}
	address, err := Address()
	if err != nil {
		return nil, err
	}
	p := &Proxy{
		address: address, URL: "http://" + address, busy: busy, gate: make(chan struct{}),
		// As if the client asked the server itself, whose signatures cover the host.
		handler: &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(u)
			r.Out.Host = r.In.Host
		}},
	}
	close(p.gate)
	return p, p.Start()
}

// Address returns an address of this machine for a server that goes and comes
// back. Its port is none of those that outgoing connections are given (on Linux from
// 32768), one of which might have it when the server comes back.
func Address() (string, error) {
	var err error
	for range 100 {
		address := fmt.Sprintf("127.0.0.1:%d", 20000+rand.IntN(12000))
		var l net.Listener
		if l, err = net.Listen("tcp", address); err == nil {
			return address, l.Close()
		}
	}
	return "", fmt.Errorf("kektest: no free port: %w", err)
}

// maxRequest bounds what the proxy keeps of a request, in bytes.
const maxRequest = 8 << 20

func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// Only when the body has been read does package http watch whether the client is there.
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	p.mu.Lock()
	p.calls = append(p.calls, time.Now())
	gate, refuse := p.gate, p.refuse > 0
	if refuse {
		p.refuse--
	}
	p.mu.Unlock()
	select {
	case <-gate:
	case <-r.Context().Done():
		return
	}
	if refuse {
		p.busy.ServeHTTP(w, r)
		return
	}
	p.handler.ServeHTTP(w, r)
}

// Calls implements [Server].
func (p *Proxy) Calls() []time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]time.Time(nil), p.calls...)
}

// Hold implements [Server].
func (p *Proxy) Hold() (release func()) {
	gate := make(chan struct{})
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gate = gate
	return sync.OnceFunc(func() { close(gate) })
}

// Throttle implements [Server].
func (p *Proxy) Throttle(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuse = n
}

// Stop implements [Server]: the port is closed, and every connection.
func (p *Proxy) Stop() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.server == nil {
		return nil
	}
	err := p.server.Close()
	p.server = nil
	// A server that is closed before its goroutine has begun to serve leaves that to it.
	if closed := p.listener.Close(); !errors.Is(closed, net.ErrClosed) {
		err = errors.Join(err, closed)
	}
	return err
}

// Start implements [Server].
func (p *Proxy) Start() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.server != nil {
		return errors.New("kektest: the proxy runs already")
	}
	l, err := net.Listen("tcp", p.address)
	if err != nil {
		return err
	}
	p.listener = l
	p.server = &http.Server{Handler: p, ReadHeaderTimeout: patience}
	go func(s *http.Server) { _ = s.Serve(l) }(p.server)
	return nil
}
