package cache

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatIsUsedStays(t *testing.T) {
	c := New[int](4)
	for i := range 4 {
		c.Put(fmt.Sprint(i), i+1)
	}
	for i := range 100 {
		require.Equal(t, 3, c.Get("2"))
		c.Put(fmt.Sprint("new", i), i)
	}
	require.Len(t, c.byKey, 4)
	require.Zero(t, c.Get("0"))
	c.Put("2", 9)
	require.Equal(t, 9, c.Get("2"))
	c.Put(strings.Repeat("x", maxKept+1), 1)
	require.Len(t, c.byKey, 4)
}

func TestConcurrentUse(t *testing.T) {
	c := New[int](8)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 500 {
				key := fmt.Sprint(i % 16)
				if got := c.Get(key); got != 0 && got != i%16+1 {
					t.Error(got)
				}
				c.Put(key, i%16+1)
			}
		})
	}
	wg.Wait()
}
