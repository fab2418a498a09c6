package search_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
)

// A profile says which ones it came after, until it is told that they are given up.
func TestProfilesKnowOfTheOnesBefore(t *testing.T) {
	d := derive(t, fixedRing(t), keys.Table("patients"), search.Smoothed("city"))
	counts := map[string]uint64{"Cork": 3000, "Dublin": 1000}
	made := func(after ...*search.Profile) *search.Profile {
		t.Helper()
		p, err := search.NewProfile(d, counts, &search.ProfileOptions{After: after})
		require.NoError(t, err)
		opened, err := search.OpenProfile(d, p.Seal())
		require.NoError(t, err)
		require.Equal(t, p.Before(), opened.Before())
		require.Equal(t, p.Generation(), opened.Generation())
		return opened
	}
	first := made()
	require.Zero(t, first.Generation())
	require.Empty(t, first.Before())
	second := made(first)
	third := made(first, second)
	require.Equal(t, []uint32{1, 2}, []uint32{second.Generation(), third.Generation()})
	require.ElementsMatch(t, []uint32{first.Version(), second.Version()}, third.Before())
	kept := third.Without(first.Version(), 1)
	require.Equal(t, []uint32{second.Version()}, kept.Before())
	require.Len(t, third.Before(), 2, "which is another one")
	alone, err := search.OpenProfile(d, kept.Without(second.Version()).Seal())
	require.NoError(t, err)
	require.Empty(t, alone.Before())
	require.Equal(t, uint32(2), alone.Generation())
	token, err := search.NewSmoothed(d, third).Token([]byte("row"), "Cork")
	require.NoError(t, err)
	same, err := search.NewSmoothed(d, alone).Token([]byte("row"), "Cork")
	require.NoError(t, err)
	require.Equal(t, token, same)
}
