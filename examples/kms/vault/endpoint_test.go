package vault_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// transit is encrypt and decrypt of Vault's transit engine for aes256-gcm96 keys,
// after its API documentation and OpenBao's behaviour: versions and the lowest one
// that may be used, "v0" meaning the first, base64 that does not mind unused bits,
// 400 for whatever cannot be decrypted, 403 without a good token, 503 while sealed.
type transit struct {
	mu     sync.Mutex
	tokens map[string]bool
	keys   map[string]*transitKey
	sealed bool
}

type transitKey struct {
	versions []cipher.AEAD
	lowest   int // min_decryption_version
}

func (k *transitKey) rotate() {
	key := make([]byte, 32)
	rand.Read(key)
	k.add(key)
}

func (k *transitKey) add(key []byte) {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	gcm, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err)
	}
	k.versions = append(k.versions, gcm)
}

func newTransit(token string, names ...string) *transit {
	v := &transit{tokens: map[string]bool{token: true}, keys: map[string]*transitKey{}}
	for _, name := range names {
		v.keys[name] = &transitKey{lowest: 1}
		v.keys[name].rotate()
	}
	return v
}

// do changes the server while it is in use.
func (v *transit) do(change func()) {
	v.mu.Lock()
	defer v.mu.Unlock()
	change()
}

func (v *transit) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	var in map[string]string
	operation, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/v1/transit/"), "/")
	switch {
	case v.sealed:
		refuse(w, http.StatusServiceUnavailable, "Vault is sealed")
		return
	case !v.tokens[r.Header.Get("X-Vault-Token")]:
		refuse(w, http.StatusForbidden, "permission denied")
		return
	case r.Method != http.MethodPut && r.Method != http.MethodPost || json.NewDecoder(r.Body).Decode(&in) != nil:
		refuse(w, http.StatusBadRequest, "failed to parse JSON input")
		return
	case v.keys[name] == nil:
		refuse(w, http.StatusBadRequest, "encryption key not found")
		return
	}
	ad, err := base64.StdEncoding.DecodeString(in["associated_data"])
	if err != nil {
		refuse(w, http.StatusBadRequest, "failed to decode associated_data")
		return
	}
	out, data := "", map[string]any{}
	switch operation {
	case "encrypt":
		out, err = v.keys[name].encrypt(in["plaintext"], ad)
		data["ciphertext"], data["key_version"] = out, len(v.keys[name].versions)
	case "decrypt":
		out, err = v.keys[name].decrypt(in["ciphertext"], ad)
		data["plaintext"] = out
	default:
		refuse(w, http.StatusNotFound, "unsupported path")
		return
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"request_id": "d1b3", "lease_id": "", "renewable": false, "lease_duration": 0, "data": data})
}

func (k *transitKey) encrypt(encoded string, ad []byte) (string, error) {
	plaintext, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return "", errors.New("failed to base64-decode plaintext")
	}
	n := len(k.versions)
	sealed := k.versions[n-1].Seal(nil, nil, plaintext, ad)
	return fmt.Sprintf("vault:v%d:%s", n, base64.StdEncoding.EncodeToString(sealed)), nil
}

func (k *transitKey) decrypt(ciphertext string, ad []byte) (string, error) {
	if ciphertext == "" {
		return "", errors.New("missing ciphertext to decrypt")
	}
	rest, ok := strings.CutPrefix(ciphertext, "vault:v")
	if !ok {
		return "", errors.New("invalid ciphertext: no prefix")
	}
	number, encoded, ok := strings.Cut(rest, ":")
	if !ok {
		return "", errors.New("invalid ciphertext: wrong number of fields")
	}
	n, err := strconv.Atoi(number)
	if err != nil {
		return "", errors.New("invalid ciphertext: version number could not be decoded")
	}
	if n == 0 {
		n = 1
	}
	switch {
	case n < 0 || n > len(k.versions):
		return "", errors.New("invalid ciphertext: version is too new")
	case n < k.lowest:
		return "", errors.New("ciphertext or signature version is disallowed by policy (too old)")
	}
	sealed, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return "", errors.New("invalid ciphertext: could not decode base64")
	}
	plaintext, err := k.versions[n-1].Open(nil, nil, sealed, ad)
	if err != nil {
		return "", errors.New("cipher: message authentication failed")
	}
	return base64.StdEncoding.EncodeToString(plaintext), nil
}

func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": []string{message}})
}

// busy is how Vault answers beyond a rate limit quota.
var busy = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
	refuse(w, http.StatusTooManyRequests, `request path "transit": rate limit quota exceeded`)
})
