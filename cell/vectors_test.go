package cell

import (
	"crypto/aes"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
)

// A vector is a cell, token or imprint that an independent program wrote from
// FORMAT.md, or spoiled after writing.
type vector struct {
	Ring       string
	KeyID      uint32 `json:"key_id"`
	Path       []keys.Label
	Row        hexBytes `json:"row_hex"` // empty: unbound
	Column     string
	Mode       string
	Plaintext  hexBytes `json:"plaintext_hex"`
	Cell       hexBytes `json:"cell_hex"`
	Ciphertext hexBytes `json:"ciphertext_hex"` // missing if the plaintext is empty
	Token      hexBytes `json:"token_hex"`
	Imprint    hexBytes `json:"imprint_hex"`
	RowKey     hexBytes `json:"k_row_hex"`
	Valid      bool
	Error      string
	Comment    string
}

type vectorFile struct {
	Cells string              `json:"cells_keyset_tink_json"`
	Index string              `json:"index_keyset_tink_json"`
	Roots map[string]hexBytes `json:"roots_hex"`
	Cases []vector
}

func readVectors(t *testing.T) (vectorFile, *keys.Ring) {
	data, err := os.ReadFile("testdata/vectors.json")
	require.NoError(t, err)
	var f vectorFile
	require.NoError(t, json.Unmarshal(data, &f))
	ring, err := keys.NewRingFromHandles(readKeyset(t, f.Cells), readKeyset(t, f.Index))
	require.NoError(t, err)
	return f, ring
}

func (v *vector) row(d *keys.Derived) *Row {
	if len(v.Row) == 0 {
		return NewUnbound(d)
	}
	return NewRow(d, v.Row)
}

func (v *vector) open(r *Row) ([]byte, error) {
	switch v.Mode {
	case "seal":
		return r.Open(v.Column, v.Cell)
	case "token":
		return r.OpenProtected(v.Column, v.Ciphertext, v.Token)
	case "imprint":
		return r.Reveal(v.Column, v.Imprint, &ImprintOptions{KeyID: v.KeyID})
	}
	panic("unknown mode " + v.Mode)
}

func TestVectors(t *testing.T) {
	f, ring := readVectors(t)
	count := map[string]int{}
	for i, v := range f.Cases {
		if v.Mode == "term" {
			count["term, run by package search"]++
			continue
		}
		require.Equal(t, "cells", v.Ring)
		require.Equal(t, v.Valid, v.Error == "")
		if t.Run(fmt.Sprintf("%d/%s/%s", i, v.Mode, v.Comment), func(t *testing.T) { v.run(t, ring) }) {
			count[v.Mode+" "+v.Error]++
		}
	}
	require.Equal(t, map[string]int{
		"seal ": 41, "seal decrypt": 21, "seal unknown_key": 2, "token ": 11, "imprint ": 9,
		"term, run by package search": 9,
	}, count)
}

func (v *vector) run(t *testing.T, ring *keys.Ring) {
	row := v.row(derive(t, ring, v.Path...))
	plaintext, err := v.open(row)
	switch v.Error {
	case "decrypt":
		requireRefused(t, plaintext, err)
	case "unknown_key":
		requireUnknownKey(t, 1, plaintext, err)
	case "":
		require.NoError(t, err)
		require.Equal(t, []byte(v.Plaintext), plaintext)
		require.NotNil(t, plaintext)
		v.requireWritten(t, row)
	default:
		t.Fatalf("unknown error %q", v.Error)
	}
}

// requireWritten checks the writer's side of a valid vector: the row key, and
// the imprint to the byte.
func (v *vector) requireWritten(t *testing.T, r *Row) {
	if v.Mode == "imprint" {
		imprinted, err := r.Imprint(v.Column, v.Plaintext, &ImprintOptions{KeyID: v.KeyID})
		require.NoError(t, err)
		require.Equal(t, []byte(v.Imprint), imprinted)
		return
	}
	sealed := v.Cell
	if v.Mode == "token" {
		sealed = v.Token
	}
	info, err := Inspect(sealed)
	require.NoError(t, err)
	require.Equal(t, Info{
		Format: sealed[0], KeyID: v.KeyID, ColumnTag: columnTag(v.Column),
		Bound: len(v.Row) > 0, Padded: sealed[0] == 0xF5 || sealed[0] == 0xF6,
	}, info)
	requireKey(t, v.RowKey, r, sealed)
}

// requireKey compares the AES key that the row uses for a cell or token, by
// what it encrypts: the package keeps no raw keys to look at.
func requireKey(t testing.TB, want []byte, r *Row, sealed []byte) {
	t.Helper()
	h, err := parseHeader(sealed)
	require.NoError(t, err)
	s := r.state()
	at, err := s.comp.find(h.keyID)
	require.NoError(t, err)
	var key cellKey
	if h.bound() {
		key = s.key(at)
	} else {
		key = s.comp.saltedKey(at, sealed[headerSize:h.size])
	}
	block, err := aes.NewCipher(want)
	require.NoError(t, err)
	var a, b [aes.BlockSize]byte
	block.Encrypt(a[:], a[:])
	key.block.Encrypt(b[:], b[:])
	require.Equal(t, a, b, "row key")
}

func TestVectorRoots(t *testing.T) {
	f, ring := readVectors(t)
	seen := 0
	cells, err := ring.Cells(t.Context())
	require.NoError(t, err)
	index, err := ring.Index(t.Context())
	require.NoError(t, err)
	for _, set := range []*tree.Set{cells.Tree(), index.Tree()} {
		for _, n := range tree.Nodes(set) {
			require.Equal(t, []byte(f.Roots[fmt.Sprintf("%s/%d", tree.Ring(set), n.ID)]), tree.Secret(n)[:])
			seen++
		}
	}
	require.Equal(t, 4, seen)
	require.Len(t, f.Roots, seen)
}
