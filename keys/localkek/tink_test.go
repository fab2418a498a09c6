package localkek_test

import (
	"bytes"
	"crypto/fips140"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/mac"
	"github.com/tink-crypto/tink-go/v2/prf"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/cellseal/cellseal/keys/localkek"
)

func tinkAEAD(t *testing.T, keyset []byte) tink.AEAD {
	t.Helper()
	if fips140.Enforced() {
		t.Skip("SKIPPED under GODEBUG=fips140=only: Tink's AEAD chooses GCM nonces itself; run without it for this proof")
	}
	a, err := aead.New(handle(t, keyset))
	require.NoError(t, err)
	return a
}

func handle(t *testing.T, data []byte) *keyset.Handle {
	t.Helper()
	h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(data)))
	require.NoError(t, err)
	return h
}

func cleartext(t *testing.T, h *keyset.Handle) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(&b)))
	return b.Bytes()
}

func saved(t *testing.T, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "dev.kek")
	require.NoError(t, os.WriteFile(path, data, 0o600))
	return path
}

// The same file is a KEK here and an AEAD to Tink, and either reads the other.
func TestTinkAndTheKEKReadEachOther(t *testing.T) {
	ours := created(t)
	data, err := os.ReadFile(ours)
	require.NoError(t, err)
	fresh, err := keyset.NewHandle(aead.AES256GCMNoPrefixKeyTemplate())
	require.NoError(t, err)
	for name, data := range map[string][]byte{"made by Create": data, "made by Tink": cleartext(t, fresh)} {
		t.Run(name, func(t *testing.T) {
			kek, theirs := opened(t, saved(t, data)), tinkAEAD(t, data)
			c, err := kek.EncryptWithContext(t.Context(), []byte("root key"), []byte("ad"))
			require.NoError(t, err)
			got, err := theirs.Decrypt(c, []byte("ad"))
			require.NoError(t, err)
			require.Equal(t, "root key", string(got))
			_, err = theirs.Decrypt(c, []byte("other"))
			require.Error(t, err)

			c, err = theirs.Encrypt([]byte("root key"), []byte("ad"))
			require.NoError(t, err)
			got, err = kek.DecryptWithContext(t.Context(), c, []byte("ad"))
			require.NoError(t, err)
			require.Equal(t, "root key", string(got))
			_, err = kek.DecryptWithContext(t.Context(), c, []byte("other"))
			require.Error(t, err)
		})
	}
}

// A file with another key in it is not used as if it were one of ours: a prefix
// or a second key would give ciphertexts that this package then cannot read.
func TestForeignKeyFilesAreRefused(t *testing.T) {
	data, err := os.ReadFile(created(t))
	require.NoError(t, err)
	text := string(data)
	of := func(template *tinkpb.KeyTemplate) string {
		h, err := keyset.NewHandle(template)
		require.NoError(t, err)
		return string(cleartext(t, h))
	}
	withAnother := func(on bool) string {
		m := keyset.NewManagerFromHandle(handle(t, data))
		id, err := m.Add(aead.AES256GCMNoPrefixKeyTemplate())
		require.NoError(t, err)
		if !on {
			require.NoError(t, m.Disable(id))
		}
		h, err := m.Handle()
		require.NoError(t, err)
		return string(cleartext(t, h))
	}
	for name, file := range map[string]string{
		"empty":                     "",
		"text":                      "hunter2",
		"an empty object":           "{}",
		"half of it":                text[:len(text)/2],
		"trailing data":             text + "x",
		"two of it":                 text + text,
		"an unknown field":          strings.Replace(text, "{", `{"more":1,`, 1),
		"a key of 31 bytes":         `{"primaryKeyId":1,"key":[{"keyData":{"typeUrl":"type.googleapis.com/google.crypto.tink.AesGcmKey","value":"Gh8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","keyMaterialType":"SYMMETRIC"},"status":"ENABLED","keyId":1,"outputPrefixType":"RAW"}]}`,
		"disabled":                  strings.Replace(text, "ENABLED", "DISABLED", 1),
		"another primary":           strings.Replace(text, `"primaryKeyId":`, `"primaryKeyId":1`, 1),
		"two keys":                  withAnother(true),
		"two keys, one disabled":    withAnother(false),
		"AES-256-GCM with a prefix": of(aead.AES256GCMKeyTemplate()),
		"AES-256-GCM as CRUNCHY":    strings.Replace(text, `"RAW"`, `"CRUNCHY"`, 1),
		"AES-128-GCM":               strings.Replace(of(aead.AES128GCMKeyTemplate()), `"TINK"`, `"RAW"`, 1),
		"AES-256-GCM-SIV":           of(aead.AES256GCMSIVNoPrefixKeyTemplate()),
		"AES-CTR-HMAC":              of(aead.AES256CTRHMACSHA256KeyTemplate()),
		"ChaCha20-Poly1305":         of(aead.ChaCha20Poly1305KeyTemplate()),
		"XAES-256-GCM":              of(aead.XAES256GCM192BitNonceNoPrefixKeyTemplate()),
		"an HMAC":                   of(mac.HMACSHA256Tag256KeyTemplate()),
		"one of a ring's keys":      of(prf.HKDFSHA256PRFKeyTemplate()),
	} {
		t.Run(name, func(t *testing.T) {
			path := saved(t, []byte(file))
			kek, err := localkek.Open(path)
			require.EqualError(t, err, "cellseal/localkek: "+path+": not a key file: want a cleartext Tink JSON keyset with one RAW AES-256-GCM key, as localkek.Create makes it", "and nothing of its contents")
			require.Nil(t, kek)
		})
	}
	_, err = localkek.Open(saved(t, data))
	require.NoError(t, err, "what they were made from is sound")
}
