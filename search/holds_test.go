package search_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/search"
)

func TestHolds(t *testing.T) {
	ring := fixedRing(t) // two enabled keys
	label := search.Exact("email", search.Email)
	pinned := index(t, ring, label, search.Options{Unique: true, PinnedKey: primaryKey})
	other := index(t, ring, label, search.Options{Unique: true, PinnedKey: otherKey})
	for _, x := range []*search.Index{pinned, other} {
		for _, of := range []*search.Index{pinned, other} {
			holds, err := x.Holds(term(t, of, "a@b"), " A@B ")
			require.NoError(t, err)
			require.True(t, holds, "under any enabled key: a rotation reads both")
			holds, err = x.Holds(term(t, of, "a@b"), "c@d")
			require.NoError(t, err)
			require.False(t, holds)
		}
	}
	for _, none := range []any{nil, " "} {
		holds, err := pinned.Holds(term(t, pinned, "a@b"), none)
		require.NoError(t, err)
		require.False(t, holds, "a value without a term holds none")
	}
	holds, err := pinned.Holds(nil, "a@b")
	require.NoError(t, err)
	require.False(t, holds)
	_, err = pinned.Holds(nil, 7)
	require.ErrorAs(t, err, new(*search.ValueError))
}
