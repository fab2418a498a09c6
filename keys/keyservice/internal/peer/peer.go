// Package peer tells who is at the other end of a connection.
package peer

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

type contextKey struct{}

// peer is who is at the other end of a Unix socket.
type peer struct {
	uid uint32
	err error
}

// Context asks the kernel, once for each connection, who opened it: SO_PEERCRED is of that
// moment, and no message of the peer's can change it.
func Context(ctx context.Context, conn net.Conn) context.Context {
	socket, ok := conn.(*net.UnixConn)
	if !ok {
		return ctx
	}
	uid, err := UID(socket)
	return context.WithValue(ctx, contextKey{}, peer{uid, err})
}

// Over returns the context of requests that come over a Unix socket from a user.
func Over(ctx context.Context, uid uint32) context.Context {
	return context.WithValue(ctx, contextKey{}, peer{uid: uid})
}

var errNobody = errors.New("neither a verified client certificate nor a user at the other end of a Unix socket")

// Identities returns every name of whoever sent r that somebody else vouches for: the CA, or
// the kernel.
func Identities(r *http.Request, now time.Time) ([]string, error) {
	if p, ok := r.Context().Value(contextKey{}).(peer); ok {
		if p.err != nil {
			return nil, p.err
		}
		return []string{"uid:" + strconv.FormatUint(uint64(p.uid), 10)}, nil
	}
	if r.TLS == nil || len(r.TLS.VerifiedChains) == 0 || len(r.TLS.PeerCertificates) == 0 {
		return nil, errNobody
	}
	// The handshake looked at the dates too, but a connection may outlive a certificate.
	for _, c := range r.TLS.VerifiedChains[0] {
		if now.After(c.NotAfter) || now.Before(c.NotBefore) {
			return nil, errors.New("the client's certificate, or its CA's, is not valid any more")
		}
	}
	leaf := r.TLS.PeerCertificates[0]
	var names []string
	for _, name := range leaf.DNSNames {
		names = append(names, "dns:"+strings.ToLower(name))
	}
	for _, uri := range leaf.URIs {
		names = append(names, "uri:"+uri.String())
	}
	if len(names) == 0 {
		return nil, errors.New("the client's certificate has neither a DNS nor a URI name")
	}
	return names, nil
}
