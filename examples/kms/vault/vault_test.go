package vault_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/hashicorp/vault/api"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/examples/kms/vault"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/kek"
	"github.com/cellseal/cellseal/keys/kektest"
)

const token = "hvs.token-canary"

func served(t *testing.T, v *transit) *kektest.Proxy {
	t.Helper()
	s := httptest.NewServer(v)
	t.Cleanup(s.Close)
	p, err := kektest.NewProxy(s.URL, busy)
	require.NoError(t, err)
	t.Cleanup(func() { _ = p.Stop() })
	return p
}

func client(t *testing.T, url string) *api.Client {
	t.Helper()
	config := api.DefaultConfig()
	config.Address = url
	c, err := api.NewClient(config)
	require.NoError(t, err)
	c.SetToken(token)
	return c
}

func TestKEK(t *testing.T) {
	names := [2]string{"cellseal", "other"}
	p := served(t, newTransit(token, names[:]...))
	c := client(t, p.URL)
	kektest.Run(t, kektest.Harness{
		Server: p, TextEncoded: true, Secrets: []string{token},
		New: func(key int) (keys.KEK, error) { return vault.KEK(c, "/transit/keys/"+names[key]) },
	})
}

func TestKeyVersions(t *testing.T) {
	v := newTransit(token, "cellseal")
	k, err := vault.KEK(client(t, served(t, v).URL), "/transit/keys/cellseal")
	require.NoError(t, err)
	ring, err := keys.NewRing()
	require.NoError(t, err)
	first, err := ring.Encrypt(t.Context(), k, nil)
	require.NoError(t, err)

	v.do(v.keys["cellseal"].rotate)
	_, err = keys.OpenRing(t.Context(), first, k, nil)
	require.NoError(t, err, "the old version still reads")
	second, err := ring.Encrypt(t.Context(), k, nil)
	require.NoError(t, err)

	v.do(func() { v.keys["cellseal"].lowest = 2 })
	_, err = keys.OpenRing(t.Context(), second, k, nil)
	require.NoError(t, err)
	_, err = keys.OpenRing(t.Context(), first, k, nil)
	require.ErrorContains(t, err, "too old")
}

func TestVaultErrorsComeThrough(t *testing.T) {
	v := newTransit(token, "cellseal")
	p := served(t, v)
	c := client(t, p.URL)
	k, err := vault.KEK(c, "/transit/keys/cellseal")
	require.NoError(t, err)
	ring, err := keys.NewRing()
	require.NoError(t, err)
	stored, err := ring.Encrypt(t.Context(), k, nil)
	require.NoError(t, err)

	var gone *kek.UnavailableError
	status := func(err error) int {
		var answer *api.ResponseError
		require.ErrorAs(t, err, &answer)
		require.NotContains(t, err.Error(), token)
		return answer.StatusCode
	}
	before := len(p.Calls())
	v.do(func() { delete(v.tokens, token) })
	_, err = keys.OpenRing(t.Context(), stored, k, nil)
	require.Equal(t, http.StatusForbidden, status(err))
	require.False(t, errors.As(err, &gone))
	require.Len(t, p.Calls(), before+1, "a revoked token is not tried again")

	v.do(func() { v.tokens["hvs.renewed"] = true })
	c.SetToken("hvs.renewed")
	_, err = keys.OpenRing(t.Context(), stored, k, nil)
	require.NoError(t, err, "the client is the caller's, and so is its token")

	v.do(func() { v.sealed = true })
	_, err = keys.OpenRing(t.Context(), stored, k, nil)
	require.Equal(t, http.StatusServiceUnavailable, status(err))
	require.ErrorAs(t, err, &gone, "a sealed Vault may be unsealed")
	require.False(t, gone.Throttled)

	v.do(func() { v.sealed = false })
	missing, err := vault.KEK(c, "/transit/keys/missing")
	require.NoError(t, err)
	_, err = ring.Encrypt(t.Context(), missing, nil)
	require.Equal(t, http.StatusBadRequest, status(err))

	_, err = vault.KEK(c, "transit/cellseal")
	require.ErrorContains(t, err, "malformed keyPath")
}
