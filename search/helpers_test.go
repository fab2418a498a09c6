package search_test

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
)

// testdata/terms.json holds the terms of the independent program that wrote the
// format's vectors, and the two keysets they are under.
type termVectors struct {
	Index string `json:"index_keyset_tink_json"`
	Cells string `json:"cells_keyset_tink_json"`
	Terms []struct {
		KeyID     uint32       `json:"key_id"`
		Path      []keys.Label `json:"path"`
		Plaintext hexBytes     `json:"plaintext_hex"` // normalized already
		Term      hexBytes     `json:"term_hex"`
		Bits      int          `json:"bits"`
	} `json:"terms"`
}

// The keys of testdata, the primary first.
const (
	primaryKey uint32 = 1893806036
	otherKey   uint32 = 3333695095
)

func readVectors(t testing.TB) (v termVectors) {
	data, err := os.ReadFile("testdata/terms.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &v))
	return v
}

// fixedRing is a ring of the keys of testdata.
func fixedRing(t testing.TB) *keys.Ring {
	v := readVectors(t)
	read := func(s string) *keyset.Handle {
		h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(strings.NewReader(s)))
		require.NoError(t, err)
		return h
	}
	ring, err := keys.NewRingFromHandles(read(v.Cells), read(v.Index))
	require.NoError(t, err)
	return ring
}

// onlyKey returns the ring with id as its only enabled index key.
func onlyKey(t testing.TB, ring *keys.Ring, id uint32) *keys.Ring {
	ks, err := ring.IndexKeys().Promote(id)
	require.NoError(t, err)
	for k := range ks.Keys() {
		if k.ID != id {
			ks, err = ks.Disable(k.ID)
			require.NoError(t, err)
			ks, err = ks.Remove(k.ID)
			require.NoError(t, err)
		}
	}
	ring, err = ring.WithIndexKeys(ks)
	require.NoError(t, err)
	return ring
}

func derive(t testing.TB, from keys.Source, path ...keys.Label) *keys.Derived {
	d, err := from.Index(t.Context(), path...)
	require.NoError(t, err)
	return d
}

// index returns an index on the table patients.
func index(t testing.TB, from keys.Source, label keys.Label, o search.Options) *search.Index {
	return search.NewIndex(derive(t, from, keys.Table("patients"), label), o)
}

func term(t testing.TB, x *search.Index, values ...any) []byte {
	b, err := x.Term(values...)
	require.NoError(t, err)
	return b
}

func match(t testing.TB, x *search.Index, values ...any) [][]byte {
	list, err := x.Match(values...)
	require.NoError(t, err)
	return list
}

type hexBytes []byte

func (h hexBytes) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h)), nil }

func (h *hexBytes) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(string(text))
	*h = b
	return err
}
