package keys

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/tree"
)

// A noKEK encrypts nothing, so that what the fuzzer writes reaches the parsers
// behind the KEK: of Tink's keysets, and of a grant's plaintext.
type noKEK struct{}

func (noKEK) EncryptWithContext(_ context.Context, plaintext, _ []byte) ([]byte, error) {
	return slices.Clone(plaintext), nil
}

func (noKEK) DecryptWithContext(_ context.Context, ciphertext, _ []byte) ([]byte, error) {
	return slices.Clone(ciphertext), nil
}

// A ring that opens is written again as a ring that opens as the same, and to the
// byte from then on.
func FuzzOpenRing(f *testing.F) {
	ctx := context.Background()
	f.Fuzz(func(t *testing.T, data []byte) {
		if e, err := parseRingFile(data); err == nil {
			first, err := json.Marshal(e)
			require.NoError(t, err)
			again, err := parseRingFile(first)
			require.NoError(t, err)
			second, err := json.Marshal(again)
			require.NoError(t, err)
			require.Equal(t, first, second)
		}

		r, err := OpenRing(ctx, data, noKEK{}, nil)
		if err != nil {
			return
		}
		stored, err := r.Encrypt(ctx, noKEK{}, nil)
		require.NoError(t, err)
		again, err := OpenRing(ctx, stored, noKEK{}, nil)
		require.NoError(t, err)
		require.Equal(t, slices.Collect(r.CellKeys().Keys()), slices.Collect(again.CellKeys().Keys()))
		require.Equal(t, slices.Collect(r.IndexKeys().Keys()), slices.Collect(again.IndexKeys().Keys()))
		requireSameNodes(t, r.s.cellsRoot, again.s.cellsRoot)
		requireSameNodes(t, r.s.indexRoot, again.s.indexRoot)
		twice, err := again.Encrypt(ctx, noKEK{}, nil)
		require.NoError(t, err)
		require.Equal(t, stored, twice)
	})
}

// The same for what stands inside a grant.
func FuzzParseGrant(f *testing.F) {
	ctx := context.Background()
	f.Fuzz(func(t *testing.T, plaintext []byte) {
		g, err := parseGrant(plaintext)
		if err != nil {
			return
		}
		stored, err := g.Encrypt(ctx, noKEK{}, nil)
		require.NoError(t, err)
		again, err := OpenGrant(ctx, stored, noKEK{}, nil)
		require.NoError(t, err)
		require.Len(t, again.s.sets, len(g.s.sets))
		for i, s := range g.s.sets {
			require.Equal(t, tree.Ring(s), tree.Ring(again.s.sets[i]))
			require.True(t, slices.Equal(tree.Path(s), tree.Path(again.s.sets[i])))
			requireSameNodes(t, s, again.s.sets[i])
		}
		twice, err := again.Encrypt(ctx, noKEK{}, nil)
		require.NoError(t, err)
		require.Equal(t, stored, twice)
	})
}

func requireSameNodes(t *testing.T, want, got *tree.Set) {
	t.Helper()
	require.Len(t, tree.Nodes(got), len(tree.Nodes(want)))
	for i, n := range tree.Nodes(want) {
		require.Equal(t, n.ID, tree.Nodes(got)[i].ID)
		require.Equal(t, *tree.Secret(n), *tree.Secret(tree.Nodes(got)[i]))
	}
}
