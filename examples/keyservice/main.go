// Keyservice hands out keys of one ring to other processes, over a Unix socket and over TLS. It is
// ready to be run as it is; README.md beside it walks through it with two processes.
//
//	keyservice -ring ring.json -kek dev.kek -name clinic -policy policy.json -socket /run/cellseal/keys.sock
//	keyservice -ring … -listen :7443 -cert service.crt -key service.key -clients ca.crt
//
// All flags are paths and names: no secret stands on a command line, where everybody can read it. In
// place of the key file, which is for development, put your KMS's or HSM's tink.AEADWithContext into
// openRing; nothing else changes.
//
// It looks at the policy file every second, and loads the ring anew on SIGHUP, and when a client meets
// a key it does not know. SIGTERM ends it when the requests under way are answered.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/keyservice"
	"github.com/cellseal/cellseal/keys/localkek"
)

type config struct {
	ring, kek, name, policy string
	socket                  string
	listen                  string
	cert, key, clients      string
}

func main() {
	var c config
	flag.StringVar(&c.ring, "ring", "", "file of the ring")
	flag.StringVar(&c.kek, "kek", "", "file of the key-encryption key (localkek)")
	flag.StringVar(&c.name, "name", "", "associated data of the ring")
	flag.StringVar(&c.policy, "policy", "", "file of the policy")
	flag.StringVar(&c.socket, "socket", "", "Unix socket to listen on")
	flag.StringVar(&c.listen, "listen", "", "address to listen on with TLS")
	flag.StringVar(&c.cert, "cert", "", "certificate of the service")
	flag.StringVar(&c.key, "key", "", "file of the certificate's private key")
	flag.StringVar(&c.clients, "clients", "", "certificate of the clients' CA")
	flag.Parse()
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := run(ctx, &c, log); err != nil {
		log.Error("keyservice: ended", "why", err.Error())
		os.Exit(1)
	}
}

func run(ctx context.Context, c *config, log *slog.Logger) error {
	if c.socket == "" && c.listen == "" {
		return errors.New("name a -socket, or an address to -listen on, or both")
	}
	ring, err := c.openRing(ctx)
	if err != nil {
		return err
	}
	policy, err := keyservice.ReadPolicy(c.policy)
	if err != nil {
		return err
	}
	live := keys.NewLive(ring, &keys.LiveOptions{Load: c.openRing})
	handler := keyservice.NewHandler(live, policy, &keyservice.HandlerOptions{Log: log})
	go handler.FollowPolicy(ctx, c.policy)
	go c.followRing(ctx, live, log)

	ended := make(chan error, 2)
	var servers []*http.Server
	if c.socket != "" {
		socket, err := listenUnix(c.socket)
		if err != nil {
			return err
		}
		server := keyservice.NewServer(handler)
		servers = append(servers, server)
		go func() { ended <- server.Serve(socket) }()
		log.Info("keyservice: listening", "address", "unix://"+c.socket)
	}
	if c.listen != "" {
		server := keyservice.NewServer(handler)
		if server.TLSConfig, err = c.tls(); err != nil {
			return err
		}
		socket, err := net.Listen("tcp", c.listen)
		if err != nil {
			return err
		}
		servers = append(servers, server)
		go func() { ended <- server.ServeTLS(socket, "", "") }()
		log.Info("keyservice: listening", "address", "https://"+socket.Addr().String())
	}
	select {
	case err = <-ended:
	case <-ctx.Done():
	}
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	for _, server := range servers {
		err = errors.Join(err, server.Shutdown(patience))
	}
	return err
}

func (c *config) openRing(ctx context.Context) (*keys.Ring, error) {
	kek, err := localkek.Open(c.kek)
	if err != nil {
		return nil, err
	}
	stored, err := os.ReadFile(c.ring)
	if err != nil {
		return nil, err
	}
	return keys.OpenRing(ctx, stored, kek, []byte(c.name))
}

// followRing loads the ring anew on SIGHUP. A ring that does not open is no reason to stop working with
// the one there is.
func (c *config) followRing(ctx context.Context, live *keys.Live, log *slog.Logger) {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	for {
		select {
		case <-ctx.Done():
			return
		case <-hup:
		}
		ring, err := c.openRing(ctx)
		if err != nil {
			log.Error("keyservice: ring not loaded; the one in use stays", "why", err.Error())
			continue
		}
		live.Swap(ring)
		log.Info("keyservice: ring in use")
	}
}

// listenUnix puts a socket in the place of one that a killed service has left behind.
func listenUnix(path string) (net.Listener, error) {
	if info, err := os.Lstat(path); err == nil && info.Mode().Type() == fs.ModeSocket {
		if conn, err := net.Dial("unix", path); err == nil {
			conn.Close()
			return nil, fmt.Errorf("%s: another service listens there", path)
		}
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	socket, err := net.Listen("unix", path)
	if err == nil { // whoever can reach it may connect: the policy says which users are somebody
		err = os.Chmod(path, 0o666)
	}
	return socket, err
}

func (c *config) tls() (*tls.Config, error) {
	certificate, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return nil, err
	}
	ca, err := os.ReadFile(c.clients)
	if err != nil {
		return nil, err
	}
	clients := x509.NewCertPool()
	if !clients.AppendCertsFromPEM(ca) {
		return nil, fmt.Errorf("%s holds no certificate", c.clients)
	}
	return keyservice.ServerTLS(certificate, clients), nil
}
