package azure_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/examples/kms/azure"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/kek"
	"github.com/cellseal/cellseal/keys/kektest"
)

// hsm is encrypt and decrypt of a Managed HSM's oct-HSM keys after Microsoft's REST
// reference, with its challenge for a token. It has run against nothing else.
type hsm struct {
	mu       sync.Mutex
	versions map[string][]version // by name, the latest last
}

type version struct {
	id  string
	gcm cipher.AEAD
}

const token = "token-canary"

func (h *hsm) rotate(name string) {
	key, id := make([]byte, 32), make([]byte, 16)
	rand.Read(key)
	rand.Read(id)
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.versions[name] = append(h.versions[name], version{hex.EncodeToString(id), gcm})
}

type operation struct{ Alg, Value, Aad, Iv, Tag string }

func (h *hsm) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer "+token {
		w.Header().Set("WWW-Authenticate", `Bearer authorization="https://login.example/tenant", resource="https://managedhsm.azure.net"`)
		refuse(w, http.StatusUnauthorized, "Unauthorized")
		return
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/") // keys, name, [version,] operation
	var in operation
	if len(parts) < 3 || json.NewDecoder(r.Body).Decode(&in) != nil || in.Alg != "A256GCM" {
		refuse(w, http.StatusBadRequest, "BadParameter")
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for i, v := range h.versions[parts[1]] {
		if len(parts) == 4 && parts[2] == v.id || len(parts) == 3 && i == len(h.versions[parts[1]])-1 {
			v.do(w, parts[1], parts[len(parts)-1], in)
			return
		}
	}
	refuse(w, http.StatusNotFound, "KeyNotFound")
}

func (v version) do(w http.ResponseWriter, name, what string, in operation) {
	value, ad, iv, tag := decode(in.Value), decode(in.Aad), decode(in.Iv), decode(in.Tag)
	out := map[string]string{"kid": "https://hsm.managedhsm.azure.net/keys/" + name + "/" + v.id}
	switch {
	case what == "encrypt":
		iv = make([]byte, 12)
		rand.Read(iv)
		sealed := v.gcm.Seal(nil, iv, value, ad)
		out["value"], out["iv"], out["tag"] = encode(sealed[:len(value)]), encode(iv), encode(sealed[len(value):])
	case what == "decrypt" && len(iv) == 12 && len(tag) == 16:
		plaintext, err := v.gcm.Open(nil, iv, append(value, tag...), ad)
		if err != nil {
			refuse(w, http.StatusBadRequest, "BadParameter")
			return
		}
		out["value"] = encode(plaintext)
	default:
		refuse(w, http.StatusBadRequest, "BadParameter")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(out)
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func decode(s string) []byte {
	b, _ := base64.RawURLEncoding.DecodeString(s)
	return b
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]string{"code": code, "message": code}})
}

type credential struct{}

func (credential) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: token, ExpiresOn: time.Now().Add(time.Hour)}, nil
}

// plain takes what the client sends to https://hsm.managedhsm.azure.net to the proxy.
type plain struct{ to string }

func (p plain) Do(r *http.Request) (*http.Response, error) {
	u, err := url.Parse(p.to)
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host = u.Scheme, u.Host
	return http.DefaultClient.Do(r)
}

func served(t *testing.T, h *hsm) (*kektest.Proxy, func(name string) (keys.KEK, error)) {
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	p, err := kektest.NewProxy(s.URL, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusTooManyRequests, "Throttled")
	}))
	require.NoError(t, err)
	t.Cleanup(func() { _ = p.Stop() })
	return p, func(name string) (keys.KEK, error) {
		return azure.KEK("https://hsm.managedhsm.azure.net", name, credential{}, &azkeys.ClientOptions{
			ClientOptions: azcore.ClientOptions{Transport: plain{p.URL}},
		})
	}
}

func newHSM(names ...string) *hsm {
	h := &hsm{versions: map[string][]version{}}
	for _, name := range names {
		h.rotate(name)
	}
	return h
}

func TestKEK(t *testing.T) {
	names := [2]string{"cellseal", "other"}
	p, open := served(t, newHSM(names[:]...))
	kektest.Run(t, kektest.Harness{
		Server: p, Secrets: []string{token},
		New:   func(key int) (keys.KEK, error) { return open(names[key]) },
		Leave: map[string]string{"refused_at_once": "a new client is asked for its token first, which is a request more"},
	})
}

func TestRotatedKeysStillRead(t *testing.T) {
	h := newHSM("cellseal")
	p, open := served(t, h)
	k, err := open("cellseal")
	require.NoError(t, err)
	ring, err := keys.NewRing()
	require.NoError(t, err)
	stored, err := ring.Encrypt(t.Context(), k, nil)
	require.NoError(t, err)
	h.rotate("cellseal")
	_, err = keys.OpenRing(t.Context(), stored, k, nil)
	require.NoError(t, err)

	before := len(p.Calls())
	_, err = keys.OpenRing(t.Context(), stored, k, []byte("another-db"))
	var answer *azcore.ResponseError
	require.ErrorAs(t, err, &answer)
	require.Equal(t, http.StatusBadRequest, answer.StatusCode)
	var gone *kek.UnavailableError
	require.False(t, errors.As(err, &gone))
	require.Len(t, p.Calls(), before+1, "what is refused is not asked for again")
}
