package keyservice_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/keyservice"
)

// post sends a body as it is to the service's TLS side.
func (s *service) post(certificate *tls.Certificate, path, body string) (int, string, error) {
	config := &tls.Config{RootCAs: s.ca.pool}
	if certificate != nil {
		config.Certificates = []tls.Certificate{*certificate}
	}
	c := http.Client{Transport: &http.Transport{TLSClientConfig: config}, Timeout: 10 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer c.CloseIdleConnections()
	answer, err := c.Post("https://"+s.host+path, "application/json", strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(text), err
}

const askMedical = `{"path":["t:patients","c:medical"],"rows":["MQ=="]}`

func TestCertificates(t *testing.T) {
	s := newService(t, clientFile(rowsOfMedical))
	spiffe, err := url.Parse("spiffe://clinic/billing")
	require.NoError(t, err)
	for name, c := range map[string]struct {
		ca     *authority
		names  []string
		change func(*x509.Certificate)
		status int // 0: the handshake fails
	}{
		"sound":               {s.ca, []string{"billing.test"}, nil, 200},
		"in upper case":       {s.ca, []string{"Billing.Test"}, nil, 200},
		"of somebody else":    {s.ca, []string{"other.test"}, nil, 403},
		"with a second name":  {s.ca, []string{"billing.test", "other.test"}, nil, 200},
		"with a name inside":  {s.ca, []string{"billing.test.evil.test"}, nil, 403},
		"with a wildcard":     {s.ca, []string{"*.test"}, nil, 403},
		"without names":       {s.ca, nil, nil, 403},
		"by its common name":  {s.ca, nil, func(c *x509.Certificate) { c.Subject.CommonName = "billing.test" }, 403},
		"a URI nobody has":    {s.ca, nil, func(c *x509.Certificate) { c.URIs = []*url.URL{spiffe} }, 403},
		"of another CA":       {newAuthority(t), []string{"billing.test"}, nil, 0},
		"expired":             {s.ca, []string{"billing.test"}, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Second) }, 0},
		"not yet valid":       {s.ca, []string{"billing.test"}, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) }, 0},
		"for servers only":    {s.ca, []string{"billing.test"}, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }, 0},
		"a uid as a DNS name": {s.ca, []string{"uid:0"}, nil, 403},
	} {
		t.Run(name, func(t *testing.T) {
			certificate := c.ca.issue(t, c.change, c.names...)
			status, body, err := s.post(&certificate, "/v1/rows", askMedical)
			if c.status == 0 {
				require.Error(t, err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.status, status, body)
			require.Equal(t, c.status == 200, strings.Contains(body, `"keys"`))
		})
	}
	_, _, err = s.post(nil, "/v1/rows", askMedical)
	require.Error(t, err, "no certificate")
	c, err := keyservice.NewClient("https://"+s.host, &keyservice.ClientOptions{
		TLS: keyservice.ClientTLS(newAuthority(t).issue(t, nil, "billing.test"), s.ca.pool)})
	require.NoError(t, err)
	defer c.Close()
	require.ErrorAs(t, second(c.Rows(t.Context(), []keys.Label{patients, medical}, [][]byte{{1}})), new(*keyservice.UnavailableError))
	c, err = keyservice.NewClient("https://"+s.host, &keyservice.ClientOptions{
		TLS: keyservice.ClientTLS(s.ca.issue(t, nil, "billing.test"), newAuthority(t).pool)})
	require.NoError(t, err)
	defer c.Close()
	require.ErrorAs(t, second(c.Rows(t.Context(), []keys.Label{patients, medical}, [][]byte{{1}})), new(*keyservice.UnavailableError),
		"a service of another CA is not talked to")
}

// A connection may outlive the certificate it was opened with.
func TestCertificateExpiresInUse(t *testing.T) {
	s := newService(t, clientFile(rowsOfMedical))
	until := time.Now().Add(2 * time.Second)
	certificate := s.ca.issue(t, func(c *x509.Certificate) { c.NotAfter = until }, "billing.test")
	conn, err := tls.Dial("tcp", s.host, keyservice.ClientTLS(certificate, s.ca.pool))
	require.NoError(t, err)
	defer conn.Close()
	in := bufio.NewReader(conn)
	ask := func() int {
		_, err := fmt.Fprintf(conn, "POST /v1/rows HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(askMedical), askMedical)
		require.NoError(t, err)
		answer, err := http.ReadResponse(in, nil)
		require.NoError(t, err)
		_, err = io.Copy(io.Discard, answer.Body)
		require.NoError(t, err)
		return answer.StatusCode
	}
	require.Equal(t, 200, ask())
	time.Sleep(time.Until(until.Truncate(time.Second).Add(1100 * time.Millisecond)))
	require.Equal(t, 403, ask())
}

// Whoever sees a request on the wire has TLS records of one connection: on another they are noise.
func TestRecordsCannotBeReplayed(t *testing.T) {
	s := newService(t, clientFile(rowsOfMedical))
	var sent bytes.Buffer
	conn, err := net.Dial("tcp", s.host)
	require.NoError(t, err)
	config := keyservice.ClientTLS(s.ca.issue(t, nil, "billing.test"), s.ca.pool)
	config.ServerName = "127.0.0.1"
	secure := tls.Client(tapped{conn, &sent}, config)
	_, err = fmt.Fprintf(secure, "POST /v1/rows HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(askMedical), askMedical)
	require.NoError(t, err)
	answer, err := http.ReadResponse(bufio.NewReader(secure), nil)
	require.NoError(t, err)
	require.Equal(t, 200, answer.StatusCode)
	require.False(t, secure.ConnectionState().DidResume)
	secure.Close()
	asked := s.asked.Load()

	again, err := net.Dial("tcp", s.host)
	require.NoError(t, err)
	defer again.Close()
	_, err = again.Write(sent.Bytes())
	require.NoError(t, err)
	require.NoError(t, again.SetReadDeadline(time.Now().Add(10*time.Second)))
	_, _ = io.Copy(io.Discard, again) // until the service hangs up
	require.Equal(t, asked, s.asked.Load(), "nothing reached the handler")
}

type tapped struct {
	net.Conn
	to *bytes.Buffer
}

func (c tapped) Write(p []byte) (int, error) { c.to.Write(p); return c.Conn.Write(p) }

func TestBadRequests(t *testing.T) {
	s := newService(t, clientFile(`{"path": ["t:patients"], "can": ["seal", "open"], "grain": "row"}`))
	certificate := s.ca.issue(t, nil, "billing.test")
	long := strings.Repeat("A", 8<<10)
	many := strings.TrimSuffix(strings.Repeat(`"MQ==",`, 1001), ",")
	for name, c := range map[string]struct {
		path, body string
		status     int
		code       string
	}{
		"rows":                       {"/v1/rows", askMedical, 200, ""},
		"a path that climbs":         {"/v1/../v1/rows", askMedical, 404, "bad_request"},
		"a path escaped":             {"/v1/%2e%2e/rows", askMedical, 404, "bad_request"},
		"a slash more":               {"/v1/rows/", askMedical, 404, "bad_request"},
		"nothing":                    {"/", "", 404, "bad_request"},
		"a label that climbs":        {"/v1/rows", `{"path":["t:patients","c:medical/../../t:orders"],"rows":["MQ=="]}`, 400, "bad_request"},
		"a table that climbs":        {"/v1/rows", `{"path":["t:../orders","c:medical"],"rows":["MQ=="]}`, 400, "bad_request"},
		"two labels in one":          {"/v1/rows", `{"path":["t:patients\u0000c:medical","c:medical"],"rows":["MQ=="]}`, 400, "bad_request"},
		"a scope in front":           {"/v1/rows", `{"path":["s:tenant/t:patients","t:patients","c:medical"],"rows":["MQ=="]}`, 403, "denied"},
		"a scope named as a path":    {"/v1/subtree", `{"ring":"cells","path":["s:t:patients/../x"]}`, 400, "bad_request"},
		"the prefix of a name":       {"/v1/rows", `{"path":["t:patients2","c:medical"],"rows":["MQ=="]}`, 403, "denied"},
		"a compartment at row grain": {"/v1/subtree", `{"ring":"cells","path":["t:patients","c:medical"]}`, 403, "rows_only"},
		"the table at row grain":     {"/v1/subtree", `{"ring":"cells","path":["t:patients"]}`, 403, "rows_only"},
		"the ring":                   {"/v1/subtree", `{"ring":"cells","path":[]}`, 403, "denied"},
		"the ring, left out":         {"/v1/subtree", `{"ring":"cells"}`, 403, "denied"},
		"the other ring":             {"/v1/subtree", `{"ring":"index","path":["t:patients"]}`, 403, "denied"},
		"no ring":                    {"/v1/subtree", `{"path":["t:patients"]}`, 400, "bad_request"},
		"rows of a table":            {"/v1/rows", `{"path":["t:patients"],"rows":["MQ=="]}`, 400, "bad_request"},
		"rows of an index":           {"/v1/rows", `{"path":["t:patients","i:email/exact"],"rows":["MQ=="]}`, 400, "bad_request"},
		"no rows":                    {"/v1/rows", `{"path":["t:patients","c:medical"],"rows":[]}`, 400, "bad_request"},
		"an empty row":               {"/v1/rows", `{"path":["t:patients","c:medical"],"rows":[""]}`, 400, "bad_request"},
		"a long row":                 {"/v1/rows", `{"path":["t:patients","c:medical"],"rows":["` + long + `"]}`, 400, "bad_request"},
		"too many rows":              {"/v1/rows", `{"path":["t:patients","c:medical"],"rows":[` + many + `]}`, 400, "bad_request"},
		"a field twice":              {"/v1/rows", `{"path":["t:orders"],"path":["t:patients","c:medical"],"rows":["MQ=="]}`, 400, "bad_request"},
		"an unknown field":           {"/v1/rows", `{"path":["t:patients","c:medical"],"rows":["MQ=="],"grain":"subtree"}`, 400, "bad_request"},
		"two questions":              {"/v1/rows", askMedical + askMedical, 400, "bad_request"},
		"no JSON":                    {"/v1/rows", "rows", 400, "bad_request"},
		"deep":                       {"/v1/rows", strings.Repeat("[", 1<<19), 400, "bad_request"},
		"too large":                  {"/v1/rows", `{"path":["` + strings.Repeat("a", 1<<20) + `"]}`, 413, "bad_request"},
		"a body for the revision":    {"/v1/revision", `{"x":1}`, 400, "bad_request"},
		"a key of 33 bits":           {"/v1/reload", `{"key":4294967296}`, 400, "bad_request"},
	} {
		t.Run(name, func(t *testing.T) {
			status, body, err := s.post(&certificate, c.path, c.body)
			require.NoError(t, err)
			require.Equal(t, c.status, status, body)
			var said struct{ Code, Message string }
			require.NoError(t, json.Unmarshal([]byte(body), &said))
			require.Equal(t, c.code, said.Code)
			require.Equal(t, status != 200, said.Message != "")
			require.Less(t, len(said.Message), 300)
		})
	}
}

// Connections that trickle are ended, and meanwhile others are served.
func TestSlowLoris(t *testing.T) {
	s := newService(t, clientFile(rowsOfMedical))
	s.stop()
	server := keyservice.NewServer(s.handler)
	require.LessOrEqual(t, server.ReadHeaderTimeout, 5*time.Second)
	require.LessOrEqual(t, server.ReadTimeout, 10*time.Second)
	server.ReadHeaderTimeout, server.ReadTimeout = 200*time.Millisecond, 400*time.Millisecond // so that nobody waits
	listener, err := net.Listen("unix", s.socket)
	require.NoError(t, err)
	go server.Serve(listener)
	defer server.Close()
	var slow []net.Conn
	for i := range 50 {
		conn, err := net.Dial("unix", s.socket)
		require.NoError(t, err)
		defer conn.Close()
		head := "POST /v1/rows HTTP/1.1\r\nHost: x\r\n"
		if i%2 == 1 {
			head += "Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{"
		}
		_, err = io.WriteString(conn, head)
		require.NoError(t, err)
		slow = append(slow, conn)
	}
	path := []keys.Label{patients, medical}
	c := s.unix(keyservice.ClientOptions{})
	require.NoError(t, second(c.Rows(t.Context(), path, [][]byte{{1}})), "its own slots are full for a moment, so it waits for one")
	for _, conn := range slow {
		require.NoError(t, conn.SetReadDeadline(time.Now().Add(10*time.Second)))
		_, err := io.Copy(io.Discard, conn)
		require.NoError(t, err, "the service hangs up")
	}
}

// Neither a key nor a row nor a scope's id is in the log, and every decision is.
func TestLog(t *testing.T) {
	s := newService(t, clientFile(`{"path": ["s:tenant/*", "t:patients"], "can": ["seal", "open"], "grain": "row"},`+allOfPatients))
	jane := keys.Scope("tenant", "jane@example.com")
	path := []keys.Label{jane, patients, medical}
	c := s.unix(keyservice.ClientOptions{})
	row, err := c.Rows(t.Context(), path, [][]byte{[]byte("rowcanary")})
	require.NoError(t, err)
	d, err := c.Cells(t.Context(), patients, medical)
	require.NoError(t, err)
	require.Error(t, second(c.Cells(t.Context(), path...)))
	require.Error(t, second(c.Cells(t.Context(), jane)))
	certificate := s.ca.issue(t, nil, "nobody.test")
	_, _, err = s.post(&certificate, "/v1/rows", askMedical)
	require.NoError(t, err)
	log := s.log.String()
	for _, secret := range [][]byte{tree.RowSecrets(row[0].Tree())[:32], tree.Secret(tree.Nodes(d.Tree())[0])[:], []byte("rowcanary"), []byte("jane@example.com")} {
		for _, form := range []string{string(secret), hex.EncodeToString(secret), base64.StdEncoding.EncodeToString(secret[:len(secret)/3*3])} {
			require.NotContains(t, log, form)
		}
	}
	for _, want := range []string{
		`"msg":"keyservice: granted","op":"/v1/rows","identities":["uid:`, `"client":"billing"`, `"path":"s:tenant t:patients c:medical","rows":1,"grain":"row"`,
		`"path":"t:patients c:medical","grain":"subtree"`, `"msg":"keyservice: rows only"`, `"msg":"keyservice: denied"`, `"identities":["dns:nobody.test"]`,
	} {
		require.Contains(t, log, want)
	}
	for _, v := range []any{c, *c, s.handler, row[0], *row[0]} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
			require.Contains(t, fmt.Sprintf(verb, v), "(redacted)")
		}
	}
}
