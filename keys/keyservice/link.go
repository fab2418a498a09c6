package keyservice

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/cellseal/cellseal/internal/strictjson"
	"github.com/cellseal/cellseal/keys/keyservice/internal/peer"
)

// A link asks the service. When it has once not answered, nobody waits for it any more: all
// fail at once, until watch has found that it answers again.
type link struct {
	ctx     context.Context // ends with the client
	http    http.Client
	base    string
	timeout time.Duration
	down    atomic.Pointer[UnavailableError]
	missed  chan struct{} // told when down is set
}

// dialTimeout is for services that swallow packets; one that is not there refuses at once.
const dialTimeout = 2 * time.Second

func newLink(ctx context.Context, address string, o *ClientOptions) (*link, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("cellseal/keyservice: address: %w", err)
	}
	dialer := &net.Dialer{Timeout: min(dialTimeout, o.Timeout)}
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	t := &http.Transport{ // without the environment's proxy: nobody is to stand in between
		DialContext:         dialer.DialContext,
		Protocols:           &protocols,
		MaxConnsPerHost:     slotsOfClient,
		MaxIdleConnsPerHost: slotsOfClient,
		IdleConnTimeout:     time.Minute, // below the server's, which so never hangs up on a request
		TLSHandshakeTimeout: o.Timeout,
		DisableCompression:  true,
	}
	l := &link{ctx: ctx, timeout: o.Timeout, missed: make(chan struct{}, 1)}
	switch {
	case u.Scheme == "https" && u.Host != "" && (u.Path == "" || u.Path == "/"):
		if o.TLS == nil || o.TLS.RootCAs == nil || o.TLS.InsecureSkipVerify {
			return nil, errors.New("cellseal/keyservice: https: set ClientOptions.TLS, with the CA of the service in RootCAs: ClientTLS makes one")
		}
		t.TLSClientConfig, l.base = o.TLS.Clone(), "https://"+u.Host
	case u.Scheme == "unix" && u.Host == "" && u.Path != "":
		if o.TLS != nil {
			return nil, errors.New("cellseal/keyservice: a Unix socket has no TLS: leave ClientOptions.TLS out")
		}
		l.base = "http://keyservice"
		t.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialUnix(ctx, dialer, u.Path, o.ServerUID)
		}
	default:
		return nil, errors.New(`cellseal/keyservice: address: want "https://host:port" or "unix:///path/of/socket"`)
	}
	l.http = http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return l, nil
}

func dialUnix(ctx context.Context, d *net.Dialer, path string, want *uint32) (net.Conn, error) {
	conn, err := d.DialContext(ctx, "unix", path)
	if err != nil || want == nil {
		return conn, err
	}
	uid, err := peer.UID(conn.(*net.UnixConn))
	if err == nil && uid != *want {
		err = fmt.Errorf("the socket is of user %d: want %d", uid, *want)
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

func (l *link) close() {
	l.down.CompareAndSwap(nil, &UnavailableError{errors.New("the client was closed")})
	l.http.CloseIdleConnections()
}

// ask asks one question. Its errors are *refused, if the service has answered, or
// *UnavailableError.
func (l *link) ask(op string, q, a any) error {
	if down := l.down.Load(); down != nil {
		return down
	}
	err := l.try(op, q, a)
	var gone *UnavailableError
	if errors.As(err, &gone) {
		l.down.CompareAndSwap(nil, gone)
		select {
		case l.missed <- struct{}{}:
		default:
		}
	}
	return err
}

// try asks whether or not the service was missed before.
func (l *link) try(op string, q, a any) error {
	text, err := json.Marshal(q)
	if err != nil { // of types that always can be
		panic("cellseal/keyservice: " + err.Error())
	}
	ctx, cancel := context.WithTimeout(l.ctx, l.timeout)
	defer cancel()
	for {
		err := l.once(ctx, op, text, a)
		var r *refused
		if !errors.As(err, &r) || r.Code != codeBusy {
			return err
		}
		select { // full, but there: other processes may go by the same name
		case <-time.After(time.Duration(min(max(r.Retry, 10), 1000)) * time.Millisecond):
		case <-ctx.Done():
			return err
		}
	}
}

func (l *link) once(ctx context.Context, op string, text []byte, a any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, l.base+op, bytes.NewReader(text))
	if err != nil {
		return &UnavailableError{err}
	}
	req.Header.Set("Content-Type", "application/json")
	// Not sent: it says that asking twice does no harm, so that net/http asks again if the
	// service had closed the connection. No answer depends on how often it was asked for.
	req.Header["Idempotency-Key"] = []string{}
	answer, err := l.http.Do(req)
	if err != nil {
		return &UnavailableError{err}
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	defer clear(body)
	if err != nil {
		return &UnavailableError{err}
	}
	if answer.StatusCode != http.StatusOK {
		r := &refused{status: answer.StatusCode}
		if strictjson.Decode(body, maxRequest, &r.refusal) != nil || r.Code == "" {
			return &UnavailableError{fmt.Errorf("it answers with status %d, as no key service does", answer.StatusCode)}
		}
		return r
	}
	if err := strictjson.Decode(body, maxAnswer, a); err != nil {
		return &UnavailableError{fmt.Errorf("its answer: %w", err)}
	}
	return nil
}
