package keys_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
)

func TestRootsMatchTheVectors(t *testing.T) {
	v := readVectors(t)
	r := v.ring(t)
	got := map[string]string{}
	for ring, walk := range walks(r) {
		d, err := walk(t.Context())
		require.NoError(t, err)
		require.Empty(t, tree.Path(d.Tree()))
		for _, n := range tree.Nodes(d.Tree()) {
			got[fmt.Sprintf("%s/%d", ring, n.ID)] = hex.EncodeToString(tree.Secret(n)[:])
		}
	}
	require.Equal(t, v.Roots, got)
	require.Len(t, got, 4)
	require.Equal(t, uint32(468084369), r.CellKeys().Primary())
	require.Equal(t, uint32(1893806036), r.IndexKeys().Primary())
}

// Row keys and terms come from a node by one more HMAC, so they show that the
// node at the end of a path is right.
func TestNodesMatchTheVectors(t *testing.T) {
	v := readVectors(t)
	walk := walks(v.ring(t))
	require.Len(t, v.MACs, 49)
	for i, m := range v.MACs {
		d, err := walk[m.Ring](t.Context(), m.Path...)
		require.NoError(t, err)
		purpose, err := hex.DecodeString(m.Purpose)
		require.NoError(t, err)
		input, err := hex.DecodeString(m.Input)
		require.NoError(t, err)
		found := false
		for _, n := range tree.Nodes(d.Tree()) {
			if n.ID == m.KeyID {
				found = true
				out := tree.NewMAC(n).Sum(purpose[0], input)
				require.Equal(t, m.Output, hex.EncodeToString(out[:]), "vector %d", i)
			}
		}
		require.True(t, found, "vector %d", i)
	}
}

type walk = func(ctx context.Context, path ...keys.Label) (*keys.Derived, error)

func walks(s keys.Source) map[string]walk {
	return map[string]walk{"cells": s.Cells, "index": s.Index}
}
