package keyservice

import (
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net/http"
	"time"

	"github.com/cellseal/cellseal/keys/keyservice/internal/peer"
)

// NewServer returns an http.Server for h, which is all a Unix socket needs:
//
//	socket, err := net.Listen("unix", "/run/cellseal/keys.sock")
//	err = server.Serve(socket)
//
// For TLS set TLSConfig to [ServerTLS] and call ServeTLS(listener, "", ""). Its timeouts end
// connections that trickle; it speaks HTTP/1.1 alone, as each client asks for few things at a time. How
// many connections there may be is up to the operating system: set LimitNOFILE.
func NewServer(h *Handler) *http.Server {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second, // the handshake of TLS included
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      20 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    8 << 10,
		ConnContext:       peer.Context,
		Protocols:         &protocols,
		ErrorLog:          slog.NewLogLogger(h.s.log.Handler(), slog.LevelWarn),
	}
}

// ServerTLS returns a configuration that shows certificate and lets in clients alone whose
// certificate is of one of clients: TLS 1.3, in which no request can be replayed (there is no
// early data here), and no resumption, so that every connection shows its certificate anew.
func ServerTLS(certificate tls.Certificate, clients *x509.CertPool) *tls.Config {
	if clients == nil { // tls would take the system's CAs for it, which know half the world
		panic("cellseal/keyservice: nil CertPool: name the CA of the clients")
	}
	return &tls.Config{
		MinVersion:             tls.VersionTLS13,
		Certificates:           []tls.Certificate{certificate},
		ClientAuth:             tls.RequireAndVerifyClientCert,
		ClientCAs:              clients,
		SessionTicketsDisabled: true,
	}
}

// ClientTLS returns a configuration for [ClientOptions.TLS]: certificate is the client's, and the
// service's must be of one of services and carry the name of its address.
func ClientTLS(certificate tls.Certificate, services *x509.CertPool) *tls.Config {
	if services == nil { // the same
		panic("cellseal/keyservice: nil CertPool: name the CA of the service")
	}
	return &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{certificate}, RootCAs: services}
}
