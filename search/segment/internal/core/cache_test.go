package core

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheCacheForgetsWhatWasNotUsed(t *testing.T) {
	c := newCache(3 * (256 + 100))
	k := func(n int64) cacheKey { return cacheKey{id: n} }
	for n := range int64(3) {
		c.put(k(n), n, 100)
	}
	_, ok := c.get(k(0)) // used: 1 is the oldest now
	require.True(t, ok)
	c.put(k(3), int64(3), 100)
	for n, want := range map[int64]bool{0: true, 1: false, 2: true, 3: true} {
		v, ok := c.get(k(n))
		require.Equal(t, want, ok, n)
		if ok {
			require.Equal(t, n, v)
		}
	}
	c.put(k(9), "larger than all of it", 3*(256+100))
	_, ok = c.get(k(9))
	require.False(t, ok)
	require.Len(t, c.all, 3)
	require.Equal(t, 3*(256+100), c.size)
}
