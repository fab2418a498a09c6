package scopes

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func newCache(most int, ttl time.Duration) *cache {
	c := &cache{most: most, ttl: ttl, timeout: time.Minute}
	c.reset()
	return c
}

func gone(label string) *scope { return &scope{label: label, destroyed: true} }

func TestTheCacheIsBounded(t *testing.T) {
	c := newCache(100, time.Hour)
	loads := 0
	get := func(i int) {
		label := fmt.Sprint(i)
		s, err := c.get(t.Context(), label, func(context.Context) (*scope, error) {
			loads++
			return gone(label), nil
		})
		require.NoError(t, err)
		require.Equal(t, label, s.label)
	}
	for i := range 5000 {
		get(i)
		get(0) // which is used all the time, and so stays
	}
	require.Equal(t, 5000, loads)
	require.Len(t, c.scopes, 100)
	require.Equal(t, 100, c.used.Len())
	require.Empty(t, c.flights)
}

func TestOneLoadForAll(t *testing.T) {
	c := newCache(10, time.Hour)
	var loads atomic.Int32
	begun, land := make(chan bool), make(chan bool)
	load := func(context.Context) (*scope, error) {
		loads.Add(1)
		close(begun)
		<-land
		return gone("a"), nil
	}
	var group sync.WaitGroup
	waiting := func(ctx context.Context, want error) {
		group.Go(func() {
			if _, err := c.get(ctx, "a", load); !errors.Is(err, want) {
				t.Error(err)
			}
		})
	}
	over, cancel := context.WithCancel(t.Context())
	waiting(over, context.Canceled)
	<-begun
	for range 50 {
		waiting(t.Context(), nil)
	}
	cancel() // of the one that began it
	time.Sleep(10 * time.Millisecond)
	close(land)
	group.Wait()
	require.EqualValues(t, 1, loads.Load())
}

// What was being read when a scope was forgotten may be of before, and is not kept.
func TestForgetReachesALoadUnderWay(t *testing.T) {
	c := newCache(10, time.Hour)
	begun, land := make(chan bool), make(chan bool)
	first := make(chan *scope)
	go func() {
		s, _ := c.get(context.Background(), "a", func(context.Context) (*scope, error) {
			close(begun)
			<-land
			return &scope{label: "a"}, nil
		})
		first <- s
	}()
	<-begun
	_, epoch := c.missing([]string{"a", "b"})
	c.forget("a")
	s, err := c.get(t.Context(), "a", func(context.Context) (*scope, error) { return gone("a"), nil })
	require.NoError(t, err)
	require.True(t, s.destroyed, "it does not wait for the load that began before")
	close(land)
	require.False(t, (<-first).destroyed)
	c.keep([]*scope{{label: "a"}, {label: "b"}}, time.Now(), epoch)
	s, err = c.get(t.Context(), "a", func(context.Context) (*scope, error) { panic("is kept") })
	require.NoError(t, err)
	require.True(t, s.destroyed, "neither puts it back")
	require.Len(t, c.scopes, 1)
}

func TestErrorsAreNotKept(t *testing.T) {
	c := newCache(10, time.Nanosecond)
	broken := errors.New("broken")
	load := func(s *scope, err error) func(context.Context) (*scope, error) {
		return func(context.Context) (*scope, error) { return s, err }
	}
	_, err := c.get(t.Context(), "a", load(gone("a"), nil))
	require.NoError(t, err)
	time.Sleep(time.Microsecond)
	_, err = c.get(t.Context(), "a", load(nil, broken))
	require.ErrorIs(t, err, broken, "what is too old is not used in its place")
	require.Empty(t, c.scopes)
	_, err = c.get(t.Context(), "a", load(gone("a"), nil))
	require.NoError(t, err)
}
