package kektest

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// A proxy that is stopped before it has begun to serve is stopped all the same.
func TestAProxyComesAndGoesAtOnce(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	defer s.Close()
	p, err := NewProxy(s.URL, http.NotFoundHandler())
	require.NoError(t, err)
	for range 200 {
		require.NoError(t, p.Stop())
		require.NoError(t, p.Start())
	}
	require.Error(t, p.Start(), "it runs already")
	r, err := http.Get(p.URL)
	require.NoError(t, err)
	require.NoError(t, r.Body.Close())
	require.Len(t, p.Calls(), 1)
	require.NoError(t, p.Stop())
	require.NoError(t, p.Stop())
}
