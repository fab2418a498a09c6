package searchtest

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"github.com/cellseal/cellseal/keys"
)

// Keyset is the index keyset of all vectors, as Tink writes it.
//
//go:embed keyset.json
var Keyset string

// The ids of its two keys.
const (
	PrimaryKey uint32 = 1893806036
	OtherKey   uint32 = 3333695095
)

// NewRing returns a ring of random keys.
func NewRing(t testing.TB) *keys.Ring {
	ring, err := keys.NewRing()
	require.NoError(t, err)
	return ring
}

// FixedRing returns a ring with the index keys of Keyset.
func FixedRing(t testing.TB) *keys.Ring {
	h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(strings.NewReader(Keyset)))
	require.NoError(t, err)
	ring, err := keys.NewRingFromHandles(NewRing(t).CellKeys().Handle(), h)
	require.NoError(t, err)
	return ring
}

// Change returns the ring with its index keys changed.
func Change(t testing.TB, ring *keys.Ring, change func(*keys.Keyset) (*keys.Keyset, error)) *keys.Ring {
	ks, err := change(ring.IndexKeys())
	require.NoError(t, err)
	ring, err = ring.WithIndexKeys(ks)
	require.NoError(t, err)
	return ring
}

// Rotated returns the ring with a new primary index key beside the others.
func Rotated(t testing.TB, ring *keys.Ring) *keys.Ring {
	return Change(t, ring, func(ks *keys.Keyset) (*keys.Keyset, error) {
		ks, id, err := ks.Add()
		require.NoError(t, err)
		return ks.Promote(id)
	})
}

// Derive walks down the index ring.
func Derive(t testing.TB, from keys.Source, path ...keys.Label) *keys.Derived {
	d, err := from.Index(t.Context(), path...)
	require.NoError(t, err)
	return d
}

// NodeByHand is the node at path under a key of Keyset: HKDF, and an HMAC for each label.
func NodeByHand(t testing.TB, key uint32, path ...keys.Label) []byte {
	var file struct {
		Key []struct {
			KeyID   uint32 `json:"keyId"`
			KeyData struct{ Value string }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(Keyset), &file))
	for _, k := range file.Key {
		if k.KeyID != key {
			continue
		}
		proto, err := base64.StdEncoding.DecodeString(k.KeyData.Value)
		require.NoError(t, err)
		node, err := hkdf.Key(sha256.New, proto[len(proto)-32:], nil, "cellseal/v1/index", 32) // the secret is the message's last field
		require.NoError(t, err)
		for _, label := range path {
			node = HMAC(node, "\x00", string(label))
		}
		return node
	}
	t.Fatalf("no key %d", key)
	return nil
}

// HMAC is HMAC-SHA-256 over the parts, one behind the other.
func HMAC(key []byte, parts ...string) []byte {
	h := hmac.New(sha256.New, key)
	for _, p := range parts {
		h.Write([]byte(p))
	}
	return h.Sum(nil)
}
