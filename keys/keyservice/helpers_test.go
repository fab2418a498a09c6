package keyservice_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/keyservice"
)

var (
	patients = keys.Table("patients")
	medical  = keys.Compartment("medical")
	email    = keys.Index("email", "exact", "trim.v1")
)

// authority is a CA that lives as long as a test.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pool *x509.CertPool
}

func newAuthority(t testing.TB) *authority {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test CA"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	a := &authority{key: key, pool: x509.NewCertPool()}
	a.cert, err = x509.ParseCertificate(der)
	require.NoError(t, err)
	a.pool.AddCert(a.cert)
	return a
}

// issue makes a certificate for clients and servers; change may alter it first.
func (a *authority) issue(t testing.TB, change func(*x509.Certificate), names ...string) tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "somebody"}, DNSNames: names,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
		NotBefore:   time.Now().Add(-time.Minute), NotAfter: time.Now().Add(time.Hour),
	}
	if change != nil {
		change(template)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	require.NoError(t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// service is a key service on both transports, over a ring that can be rotated.
type service struct {
	t       testing.TB
	live    *keys.Live
	handler *keyservice.Handler
	ca      *authority
	log     *lockedBuffer
	asked   atomic.Int64 // requests that reached the handler
	socket  string
	host    string
	servers []io.Closer // and their listeners
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// clientFile is a policy of one client, who is this user and "billing.test".
func clientFile(rules string) string {
	return policyOf(client("billing", fmt.Sprintf(`"dns:billing.test", "uid:%d"`, os.Getuid()), 100_000, 100_000, rules))
}

func policyOf(clients string) string {
	return `{"cellseal-policy": 1, "clients": [` + clients + `]}`
}

func client(name, identities string, rate float64, burst int, rules string) string {
	return fmt.Sprintf(`{"name": %q, "identities": [%s], "rate": {"rows_per_second": %v, "burst": %d}, "rules": [%s]}`, name, identities, rate, burst, rules)
}

const (
	allOfPatients = `{"path": ["t:patients"], "can": ["seal", "open", "index"], "grain": "subtree"}`
	rowsOfMedical = `{"path": ["t:patients", "c:medical"], "can": ["seal", "open"], "grain": "row"}`
)

func parse(t testing.TB, text string) *keyservice.Policy {
	p, err := keyservice.ParsePolicy([]byte(text))
	require.NoError(t, err)
	return p
}

func newService(t testing.TB, policy string) *service {
	ring, err := keys.NewRing()
	require.NoError(t, err)
	s := &service{t: t, live: keys.NewLive(ring, nil), ca: newAuthority(t), log: &lockedBuffer{}}
	s.handler = keyservice.NewHandler(s.live, parse(t, policy), &keyservice.HandlerOptions{Log: slog.New(slog.NewJSONHandler(s.log, nil))})
	dir, err := os.MkdirTemp("", "ks") // a socket's path has at most 107 bytes, and t.TempDir's are long
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	s.socket = filepath.Join(dir, "s")
	s.start()
	t.Cleanup(s.stop)
	return s
}

func (s *service) server() *http.Server {
	server := keyservice.NewServer(s.handler)
	server.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.asked.Add(1)
		s.handler.ServeHTTP(w, r)
	})
	s.servers = append(s.servers, server)
	return server
}

// start listens, at the addresses it had before if it was stopped.
func (s *service) start() {
	os.Remove(s.socket)
	unix, err := net.Listen("unix", s.socket)
	require.NoError(s.t, err)
	s.servers = append(s.servers, unix)
	go s.server().Serve(unix)
	host := s.host
	if host == "" {
		host = "127.0.0.1:0"
	}
	tcp, err := net.Listen("tcp", host)
	require.NoError(s.t, err)
	s.servers = append(s.servers, tcp)
	s.host = tcp.Addr().String()
	server := s.server()
	server.TLSConfig = keyservice.ServerTLS(s.ca.issue(s.t, nil, "keys.test"), s.ca.pool)
	go server.ServeTLS(tcp, "", "")
}

func (s *service) stop() {
	for _, c := range s.servers { // a listener that is not served yet its server does not close
		c.Close()
	}
	s.servers = nil
}

func (s *service) close(c *keyservice.Client) *keyservice.Client {
	s.t.Cleanup(func() { c.Close() })
	return c
}

// unix returns a client over the socket.
func (s *service) unix(o keyservice.ClientOptions) *keyservice.Client {
	c, err := keyservice.NewClient((&url.URL{Scheme: "unix", Path: s.socket}).String(), &o)
	require.NoError(s.t, err)
	return s.close(c)
}

// tls returns a client over TLS, who goes by name.
func (s *service) tls(name string, o keyservice.ClientOptions) *keyservice.Client {
	o.TLS = keyservice.ClientTLS(s.ca.issue(s.t, nil, name), s.ca.pool)
	c, err := keyservice.NewClient("https://"+s.host, &o)
	require.NoError(s.t, err)
	return s.close(c)
}

// transports runs a test over each transport, with a service of its own.
func transports(t *testing.T, policy string, test func(*testing.T, *service, func(keyservice.ClientOptions) *keyservice.Client)) {
	t.Run("unix", func(t *testing.T) { s := newService(t, policy); test(t, s, s.unix) })
	t.Run("tls", func(t *testing.T) {
		s := newService(t, policy)
		test(t, s, func(o keyservice.ClientOptions) *keyservice.Client { return s.tls("billing.test", o) })
	})
}
