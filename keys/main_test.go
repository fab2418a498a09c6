package keys_test

import (
	"bytes"
	"context"
	"crypto/fips140"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"github.com/cellseal/cellseal/internal/gcmkek"
	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
)

var ad = []byte("clinic-db")

// testKEK returns a key-encryption key that is the same in every run.
func testKEK(t testing.TB, fill byte) keys.KEK {
	t.Helper()
	kek, err := gcmkek.New(bytes.Repeat([]byte{fill}, 32))
	require.NoError(t, err)
	return kek
}

func newRing(t testing.TB) *keys.Ring {
	t.Helper()
	r, err := keys.NewRing()
	require.NoError(t, err)
	return r
}

// cleartext reads a keyset as no program should keep one.
func cleartext(t testing.TB, keysetJSON string) *keyset.Handle {
	t.Helper()
	h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(strings.NewReader(keysetJSON)))
	require.NoError(t, err)
	return h
}

// vectors are those of FORMAT.md that concern the key tree, written by an
// independent program: two keysets of test keys, their root nodes, and outputs of
// the nodes below.
type vectors struct {
	Cells string            `json:"cells_keyset_tink_json"`
	Index string            `json:"index_keyset_tink_json"`
	Roots map[string]string `json:"roots_hex"`
	MACs  []struct {
		Ring    string       `json:"ring"`
		KeyID   uint32       `json:"key_id"`
		Path    []keys.Label `json:"path"`
		Purpose string       `json:"purpose_hex"`
		Input   string       `json:"input_hex"`
		Output  string       `json:"output_hex"`
	} `json:"macs"`
}

func readVectors(t testing.TB) vectors {
	t.Helper()
	data, err := os.ReadFile("testdata/tree.json")
	require.NoError(t, err)
	var v vectors
	require.NoError(t, json.Unmarshal(data, &v))
	return v
}

func (v vectors) ring(t testing.TB) *keys.Ring {
	t.Helper()
	r, err := keys.NewRingFromHandles(cleartext(t, v.Cells), cleartext(t, v.Index))
	require.NoError(t, err)
	return r
}

// secrets lists a place's node under every enabled key, the primary's first.
func secrets(d *keys.Derived) (list []string) {
	for _, n := range tree.Nodes(d.Tree()) {
		list = append(list, fmt.Sprintf("%d %x", n.ID, *tree.Secret(n)))
	}
	return list
}

func cells(t testing.TB, s keys.Source, path ...keys.Label) []string {
	t.Helper()
	d, err := s.Cells(t.Context(), path...)
	require.NoError(t, err)
	return secrets(d)
}

func index(t testing.TB, s keys.Source, path ...keys.Label) []string {
	t.Helper()
	d, err := s.Index(t.Context(), path...)
	require.NoError(t, err)
	return secrets(d)
}

func infos(k *keys.Keyset) []keys.Info { return slices.Collect(k.Keys()) }

// addKey returns the ring with one more cells key, not yet the primary.
func addKey(t testing.TB, r *keys.Ring) (*keys.Ring, uint32) {
	t.Helper()
	k, id, err := r.CellKeys().Add()
	require.NoError(t, err)
	r, err = r.WithCellKeys(k)
	require.NoError(t, err)
	return r, id
}

func disableKey(t testing.TB, r *keys.Ring, id uint32) *keys.Ring {
	t.Helper()
	k, err := r.CellKeys().Disable(id)
	require.NoError(t, err)
	r, err = r.WithCellKeys(k)
	require.NoError(t, err)
	return r
}

// A spyKEK records what it is asked and answers as a stub, where that says so.
type spyKEK struct {
	keys.KEK
	ctx     []context.Context
	ads     []string
	refuse  error
	inflate int
}

func (s *spyKEK) EncryptWithContext(ctx context.Context, plaintext, ad []byte) ([]byte, error) {
	s.ctx, s.ads = append(s.ctx, ctx), append(s.ads, string(ad))
	if s.refuse != nil {
		return nil, s.refuse
	}
	c, err := s.KEK.EncryptWithContext(ctx, plaintext, ad)
	return append(c, make([]byte, s.inflate)...), err
}

func (s *spyKEK) DecryptWithContext(ctx context.Context, ciphertext, ad []byte) ([]byte, error) {
	s.ctx, s.ads = append(s.ctx, ctx), append(s.ads, string(ad))
	if s.refuse != nil {
		return nil, s.refuse
	}
	return s.KEK.DecryptWithContext(ctx, ciphertext, ad)
}

var errKMS = errors.New("the KMS is away")

// skipUnderFIPS is for tests that compare with Tink's own AEAD, which brings its
// nonces along and is therefore refused under GODEBUG=fips140=only.
func skipUnderFIPS(t testing.TB) {
	t.Helper()
	if fips140.Enforced() {
		t.Skip("SKIPPED under GODEBUG=fips140=only: Tink's AEAD chooses GCM nonces itself; run without it for this proof")
	}
}
