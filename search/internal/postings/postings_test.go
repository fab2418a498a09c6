package postings

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestUnionAndIntersect(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		var lists [3][][]byte
		var in [3][8]bool
		for i := range lists {
			for d := range 8 {
				if in[i][d] = r.IntN(2) == 0; in[i][d] {
					lists[i] = append(lists[i], []byte{byte(d)})
				}
			}
		}
		before := slices.Clone(lists[0])
		var any, both [][]byte
		for d := range 8 {
			if in[0][d] || in[1][d] || in[2][d] {
				any = append(any, []byte{byte(d)})
			}
			if in[0][d] && in[1][d] {
				both = append(both, []byte{byte(d)})
			}
		}
		require.Equal(t, any, Union(lists[:]...))
		require.Equal(t, both, Intersect(lists[0], lists[1]))
		require.Equal(t, before, lists[0], "lists are not changed")
	}
	require.Empty(t, Union())
}
