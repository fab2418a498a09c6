package kek_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys/kek"
)

type status int

func (status) Error() string         { return "status" }
func (s status) HTTPStatusCode() int { return int(s) }

type code string

func (c code) Error() string     { return string(c) }
func (c code) ErrorCode() string { return string(c) }

func TestClassify(t *testing.T) {
	for _, c := range []struct {
		err  error
		want kek.Verdict
	}{
		{errors.New("anything"), kek.Refused},
		{x509.UnknownAuthorityError{}, kek.Refused},
		{context.Canceled, kek.Refused},
		{code("AccessDeniedException"), kek.Refused},
		{code("LimitExceededException"), kek.Refused}, // of resources: waiting helps nothing
		{code("ThrottlingException"), kek.Throttled},
		{errors.Join(status(400), code("ThrottlingException")), kek.Throttled}, // as AWS sends it
		{errors.Join(status(400), code("InvalidCiphertextException")), kek.Refused},
		{errors.Join(status(500), code("KMSInternalException")), kek.Unavailable},
		{status(429), kek.Throttled},
		{status(403), kek.Refused},
		{status(501), kek.Refused},
		{status(503), kek.Unavailable},
		{errors.Join(status(0), io.ErrUnexpectedEOF), kek.Unavailable}, // no answer at all
		{io.EOF, kek.Unavailable},
		{&url.Error{Op: "Post", URL: "http://kms", Err: errors.New("http: server closed idle connection")}, kek.Unavailable},
		{&url.Error{Op: "Post", URL: "http://kms", Err: context.Canceled}, kek.Refused},
		{&url.Error{Op: "Post", URL: "http://kms", Err: &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}}, kek.Refused},
		{context.DeadlineExceeded, kek.Unavailable},
		{&net.DNSError{Err: "no such host"}, kek.Unavailable},
		{&kek.UnavailableError{}, kek.Unavailable},
		{&kek.UnavailableError{Throttled: true}, kek.Throttled},
	} {
		require.Equal(t, c.want, kek.Classify(c.err), "%v", c.err)
		require.Equal(t, c.want, kek.Classify(fmt.Errorf("wrapped: %w", c.err)), "%v", c.err)
	}
}

// Real errors of Go's HTTP client.
func TestClassifyWhatTheNetworkSays(t *testing.T) {
	get := func(c *http.Client, url string) error {
		r, err := c.Get(url)
		if err == nil {
			r.Body.Close()
		}
		require.Error(t, err)
		return err
	}
	hangsUp := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }))
	require.Equal(t, kek.Unavailable, kek.Classify(get(hangsUp.Client(), hangsUp.URL)))
	hangsUp.Close()
	require.Equal(t, kek.Unavailable, kek.Classify(get(http.DefaultClient, hangsUp.URL)), "connection refused")

	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert, MaxVersion: tls.VersionTLS12}
	secure.StartTLS()
	defer secure.Close()
	require.Equal(t, kek.Refused, kek.Classify(get(http.DefaultClient, secure.URL)), "an unknown certificate will not become known")
	require.Equal(t, kek.Refused, kek.Classify(get(secure.Client(), secure.URL)), "nor will a missing one be there")
}

func TestUnavailableSaysWhatHappened(t *testing.T) {
	cause := errors.New("connection refused")
	err := error(&kek.UnavailableError{Attempts: 4, Err: cause})
	require.EqualError(t, err, "cellseal: the KEK's server cannot be reached or does not answer (attempts: 4): connection refused")
	require.ErrorIs(t, err, cause)
	require.EqualError(t, &kek.UnavailableError{Attempts: 1, Throttled: true, Err: cause}, "cellseal: the KEK's server says that it is asked too much (attempts: 1): connection refused")
}
