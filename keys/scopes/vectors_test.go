package scopes

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/tree"
)

// vectors are those of keys/FORMAT.md, written by an independent program.
type vectors struct {
	Roots []struct {
		Ring string `json:"ring"`
		ID   uint32 `json:"key_id"`
		Root string `json:"root_hex"`
	} `json:"roots"`
	Valid []struct {
		Name    string `json:"name"`
		Label   string `json:"label"`
		Secrets string `json:"secrets_hex"`
		Entries []struct {
			Ring    string `json:"ring"`
			ID      uint32 `json:"key_id"`
			Retired bool   `json:"retired"`
			Secret  string `json:"secret_hex"`
			Nonce   string `json:"nonce_hex"`
			Key     string `json:"wrapping_key_hex"`
			Entry   string `json:"entry_hex"`
			Node    string `json:"node_hex"`
		} `json:"entries"`
	} `json:"valid"`
	Invalid []struct {
		Name    string `json:"name"`
		Label   string `json:"label"`
		Ring    string `json:"ring"`
		ID      uint32 `json:"key_id"`
		Secrets string `json:"secrets_hex"`
	} `json:"invalid"`
}

func readVectors(t testing.TB) (v vectors) {
	t.Helper()
	data, err := os.ReadFile("testdata/secrets.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &v))
	return v
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	require.NoError(t, err)
	return b
}

// root is a ring's root with one key.
func (v vectors) root(t testing.TB, ring string, id uint32) *tree.Set {
	t.Helper()
	for _, r := range v.Roots {
		if r.Ring == ring && r.ID == id {
			set, err := tree.NewSet(ring, nil, []tree.Node{tree.NewNode(id, (*[tree.Size]byte)(unhex(t, r.Root)))}, 1)
			require.NoError(t, err)
			return set
		}
	}
	t.Fatalf("no root of %s %d", ring, id)
	return nil
}

func TestValidVectorsOpen(t *testing.T) {
	v := readVectors(t)
	require.Len(t, v.Valid, 5)
	for _, c := range v.Valid {
		all, err := parse(unhex(t, c.Secrets))
		require.NoError(t, err, c.Name)
		require.Len(t, all, len(c.Entries), c.Name)
		require.Equal(t, c.Secrets, hex.EncodeToString(store(all)), "parse and store are inverse")
		for i, want := range c.Entries {
			require.Equal(t, slot{ringOf(want.Ring), want.ID}, all[i].slot, c.Name)
			require.Equal(t, want.Retired, all[i].retired, c.Name)
			if want.Retired {
				require.Equal(t, all[i].bytes, retire(all[i].slot).bytes)
				continue
			}
			root := v.root(t, want.Ring, want.ID)
			n := tree.Nodes(root)[0]
			secret, err := unwrap(all[i], n, c.Label)
			require.NoError(t, err, c.Name)
			require.Equal(t, want.Secret, hex.EncodeToString(secret), c.Name)
			key := tree.NewMAC(n).Sum(tree.PurposeWrap, []byte(c.Label))
			require.Equal(t, want.Key, hex.EncodeToString(key[:]), c.Name)

			set, err := tree.Scoped(root, c.Label, func(tree.Node) (*[tree.Size]byte, error) { return (*[tree.Size]byte)(secret), nil })
			require.NoError(t, err)
			require.Equal(t, want.Node, hex.EncodeToString(tree.Secret(tree.Nodes(set)[0])[:]), c.Name)
			require.Equal(t, []string{c.Label}, tree.Path(set))

			again, err := wrap(ringOf(want.Ring), n, c.Label, (*[tree.Size]byte)(secret))
			require.NoError(t, err)
			require.Len(t, again.bytes, entrySize)
			require.NotEqual(t, all[i].bytes, again.bytes, "the nonce is random")
			opened, err := unwrap(again, n, c.Label)
			require.NoError(t, err)
			require.Equal(t, secret, opened)
		}
	}
}

func TestInvalidVectorsDoNotOpen(t *testing.T) {
	v := readVectors(t)
	require.Len(t, v.Invalid, 22)
	for _, c := range v.Invalid {
		all, err := parse(unhex(t, c.Secrets))
		if err == nil {
			for _, e := range all {
				if e.slot == (slot{ringOf(c.Ring), c.ID}) {
					_, err = unwrap(e, tree.Nodes(v.root(t, c.Ring, c.ID))[0], c.Label)
				}
			}
		}
		require.Equal(t, ErrDamaged, err, c.Name)
	}
}

func TestFormatDocumentsTheFirstVector(t *testing.T) {
	data, err := os.ReadFile("../FORMAT.md")
	require.NoError(t, err)
	doc := strings.Join(strings.Fields(string(data)), "")
	first := readVectors(t).Valid[0].Entries[0]
	for _, want := range []string{first.Secret, first.Key, first.Nonce, first.Entry, first.Node} {
		require.Contains(t, doc, want)
	}
}

// A node depends on the root, the label and the secret; and is no child of the root.
func TestNodesOfScopesDiffer(t *testing.T) {
	v := readVectors(t)
	root := v.root(t, "cells", 16909060)
	seen := map[string]bool{}
	for _, label := range []string{"s:tenant/north", "s:tenant/northx", "s:tenan/north"} {
		for _, fill := range []byte{0, 1, 'x'} {
			var secret [tree.Size]byte
			for i := range secret {
				secret[i] = fill
			}
			set, err := tree.Scoped(root, label, func(tree.Node) (*[tree.Size]byte, error) { return &secret, nil })
			require.NoError(t, err)
			seen[string(tree.Secret(tree.Nodes(set)[0])[:])] = true
		}
		child, err := tree.Derive(root, label)
		require.NoError(t, err)
		seen[string(tree.Secret(tree.Nodes(child)[0])[:])] = true
	}
	require.Len(t, seen, 12)
}

func FuzzParse(f *testing.F) {
	v := readVectors(f)
	for _, c := range v.Valid {
		f.Add(unhex(f, c.Secrets))
	}
	for _, c := range v.Invalid {
		f.Add(unhex(f, c.Secrets))
	}
	n := tree.Nodes(v.root(f, "cells", 16909060))[0]
	f.Fuzz(func(t *testing.T, stored []byte) {
		all, err := parse(stored)
		if err != nil {
			require.Equal(t, ErrDamaged, err)
			return
		}
		require.Equal(t, stored, store(all), "there is one way to write them")
		for _, e := range all {
			if _, err := unwrap(e, n, "s:tenant/north"); err == nil {
				require.True(t, isPublished(v, e), "a forged secret opened")
			}
		}
	})
}

func isPublished(v vectors, e entry) bool {
	for _, c := range v.Valid {
		if strings.Contains(c.Secrets, hex.EncodeToString(e.bytes)) {
			return true
		}
	}
	return false
}
