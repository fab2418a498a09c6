package search_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/search"
)

func TestVectorsOfTheFormat(t *testing.T) {
	v := readVectors(t)
	ring := fixedRing(t)
	require.Equal(t, primaryKey, ring.IndexKeys().Primary())
	seen := map[uint32]int{}
	for _, c := range v.Terms {
		seen[c.KeyID]++
		d := derive(t, ring, c.Path...)

		x := search.NewIndex(d, search.Options{Bits: c.Bits})
		terms := match(t, x, string(c.Plaintext))
		require.Len(t, terms, 2)
		stored := term(t, x, c.Plaintext) // text may come as bytes
		if c.KeyID == primaryKey {
			require.Equal(t, []byte(c.Term), stored)
			require.Equal(t, []byte(c.Term), terms[0])
		} else {
			require.Equal(t, []byte(c.Term), terms[1])
		}
		if c.Bits == 256 {
			x := search.NewIndex(d, search.Options{Unique: true, PinnedKey: c.KeyID})
			require.Equal(t, []byte(c.Term), term(t, x, string(c.Plaintext)))
		}
	}
	require.Len(t, v.Terms, 9)
	require.Equal(t, map[uint32]int{primaryKey: 5, otherKey: 4}, seen)
}
