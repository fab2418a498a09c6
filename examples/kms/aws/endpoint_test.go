package aws_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// endpoint is Encrypt and Decrypt of KMS as its API reference has them
// (https://docs.aws.amazon.com/kms/latest/APIReference/): the JSON 1.1 protocol,
// the bounds on sizes, the names and statuses of errors, AES-256-GCM bound to the
// encryption context. Signatures are not verified.
type endpoint struct{ keys map[string]cipher.AEAD } // by ARN

const allowed, denied = "AKIAALLOWED", "AKIADENIED"

func newEndpoint(t *testing.T, arns ...string) *httptest.Server {
	e := endpoint{map[string]cipher.AEAD{}}
	for _, arn := range arns {
		key := make([]byte, 32)
		rand.Read(key)
		block, err := aes.NewCipher(key)
		if err != nil {
			t.Fatal(err)
		}
		if e.keys[arn], err = cipher.NewGCMWithRandomNonce(block); err != nil {
			t.Fatal(err)
		}
	}
	s := httptest.NewServer(e)
	t.Cleanup(s.Close)
	return s
}

type request struct {
	KeyId                     string
	Plaintext, CiphertextBlob []byte
	EncryptionContext         map[string]string
}

func (e endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in request
	if json.NewDecoder(r.Body).Decode(&in) != nil {
		refuse(w, "SerializationException", "")
		return
	}
	key := e.keys[in.KeyId]
	switch signer := r.Header.Get("Authorization"); {
	case strings.Contains(signer, "Credential="+denied+"/"):
		refuse(w, "AccessDeniedException", "User is not authorized to perform this operation")
	case !strings.Contains(signer, "Credential="+allowed+"/"):
		refuse(w, "UnrecognizedClientException", "The security token included in the request is invalid.")
	case key == nil:
		refuse(w, "NotFoundException", "Key '"+in.KeyId+"' does not exist")
	case r.Header.Get("X-Amz-Target") == "TrentService.Encrypt":
		e.encrypt(w, in, key)
	case r.Header.Get("X-Amz-Target") == "TrentService.Decrypt":
		e.decrypt(w, in, key)
	default:
		refuse(w, "UnknownOperationException", "")
	}
}

// A blob is the ARN with its length, and what GCM made.
func (e endpoint) encrypt(w http.ResponseWriter, in request, key cipher.AEAD) {
	if len(in.Plaintext) < 1 || len(in.Plaintext) > 4096 {
		refuse(w, "ValidationException", "Value at 'plaintext' failed to satisfy constraint: Member must have length between 1 and 4096")
		return
	}
	blob := append([]byte{byte(len(in.KeyId))}, in.KeyId...)
	blob = key.Seal(blob, nil, in.Plaintext, bound(in.EncryptionContext))
	answer(w, map[string]any{"CiphertextBlob": blob, "KeyId": in.KeyId, "EncryptionAlgorithm": "SYMMETRIC_DEFAULT"})
}

func (e endpoint) decrypt(w http.ResponseWriter, in request, key cipher.AEAD) {
	if len(in.CiphertextBlob) < 1 || len(in.CiphertextBlob) > 6144 {
		refuse(w, "ValidationException", "Value at 'ciphertextBlob' failed to satisfy constraint: Member must have length between 1 and 6144")
		return
	}
	n := int(in.CiphertextBlob[0])
	if len(in.CiphertextBlob) < 1+n || e.keys[string(in.CiphertextBlob[1:1+n])] == nil {
		refuse(w, "InvalidCiphertextException", "")
		return
	}
	if string(in.CiphertextBlob[1:1+n]) != in.KeyId {
		refuse(w, "IncorrectKeyException", "The key ID in the request does not identify a CMK that can perform this operation.")
		return
	}
	plaintext, err := key.Open(nil, nil, in.CiphertextBlob[1+n:], bound(in.EncryptionContext))
	if err != nil {
		refuse(w, "InvalidCiphertextException", "")
		return
	}
	answer(w, map[string]any{"Plaintext": plaintext, "KeyId": in.KeyId, "EncryptionAlgorithm": "SYMMETRIC_DEFAULT"})
}

func bound(context map[string]string) []byte {
	var pairs [][2]string
	for _, name := range slices.Sorted(maps.Keys(context)) {
		pairs = append(pairs, [2]string{name, context[name]})
	}
	b, _ := json.Marshal(pairs)
	return b
}

func answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	_ = json.NewEncoder(w).Encode(body)
}

func refuse(w http.ResponseWriter, code, message string) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.Header().Set("X-Amzn-Errortype", code)
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(map[string]string{"__type": code, "message": message})
}

// busy is how KMS answers who asks too much.
var busy = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { refuse(w, "ThrottlingException", "Rate exceeded") })
