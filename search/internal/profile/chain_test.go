package profile_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/search/internal/profile"
)

// What FORMAT.md §5 calls chain, written by hand behind a profile without one.
func TestChain(t *testing.T) {
	l, err := profile.New(4000, map[string]uint64{"a": 3000, "b": 1000}, func(v string) (place [32]byte) { copy(place[:], v); return }, func() func() uint64 {
		n := uint64(0)
		return func() uint64 { n += 0x9e3779b97f4a7c15; return n }
	}())
	require.NoError(t, err)
	first := l.Append(nil, 0, 7)
	for _, c := range []struct {
		chain string
		want  profile.Chain
	}{
		{"", profile.Chain{}},
		{"\x00\x00\x00\x01", profile.Chain{Generation: 1}},
		{"\x00\x00\x00\x02\x00\x00\x00\x05\x80\x00\x00\x00", profile.Chain{Generation: 2, Before: []uint32{5, 1 << 31}}},
	} {
		got, _, version, err := profile.Parse(append(first[:len(first):len(first)], c.chain...))
		require.NoError(t, err)
		require.Equal(t, uint32(7), version)
		require.Equal(t, c.want, got.Chain)
		require.Equal(t, string(first)+c.chain, string(got.Append(nil, 0, 7)))
	}
	for _, chain := range []string{
		"\x00", "\x00\x00\x00\x00", "\x00\x00\x00\x00\x00\x00\x00\x05", "\x00\x00\x00\x01\x00", "\x00\x00\x00\x01\x00\x00\x00\x00",
		"\x00\x00\x00\x01\x00\x00\x00\x07", "\x00\x00\x00\x01\x00\x00\x00\x05\x00\x00\x00\x05", "\x00\x00\x00\x01\x00\x00\x00\x06\x00\x00\x00\x05",
	} {
		_, _, _, err := profile.Parse(append(first[:len(first):len(first)], chain...))
		require.ErrorIs(t, err, profile.ErrMalformed, "%x", chain)
	}
}
