package keys_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
)

// The clock in these tests is testing/synctest's: a second passes at once.

// A loader hands out a ring and counts how often it was asked.
type loader struct {
	ring  *keys.Ring
	err   error
	takes time.Duration
	calls int
}

func (l *loader) load(context.Context) (*keys.Ring, error) {
	l.calls++
	time.Sleep(l.takes)
	return l.ring, l.err
}

func requireUnknown(t *testing.T, id uint32, err error) {
	t.Helper()
	var unknown *keys.UnknownKeyError
	require.ErrorAs(t, err, &unknown)
	require.Equal(t, id, unknown.ID)
}

func TestReloadFindsTheNewKey(t *testing.T) {
	old := newRing(t)
	next, id := addKey(t, old)
	l := &loader{ring: next}
	live := keys.NewLive(old, &keys.LiveOptions{Load: l.load})
	require.NoError(t, live.Reload(t.Context(), id))
	require.Same(t, next, live.Ring())
	require.Equal(t, 1, l.calls)
}

func TestReloadOfAKnownKeyLoadsNothing(t *testing.T) {
	old, id := addKey(t, newRing(t))
	l := &loader{ring: newRing(t)}
	live := keys.NewLive(old, &keys.LiveOptions{Load: l.load})
	for _, known := range []uint32{id, old.CellKeys().Primary(), old.IndexKeys().Primary()} {
		require.NoError(t, live.Reload(t.Context(), known))
	}
	require.Zero(t, l.calls)
	require.Same(t, old, live.Ring())
}

func TestReloadWithoutAnAnswer(t *testing.T) {
	old, id := addKey(t, newRing(t))
	old = disableKey(t, old, id)

	t.Run("nothing to load from", func(t *testing.T) {
		requireUnknown(t, id, keys.NewLive(old, nil).Reload(t.Context(), id))
		requireUnknown(t, id, keys.NewLive(old, &keys.LiveOptions{}).Reload(t.Context(), id))
	})
	t.Run("the key is still disabled", func(t *testing.T) {
		l := &loader{ring: old}
		requireUnknown(t, id, keys.NewLive(old, &keys.LiveOptions{Load: l.load}).Reload(t.Context(), id))
		require.Equal(t, 1, l.calls)
	})
	t.Run("the load fails", func(t *testing.T) {
		l := &loader{err: errKMS}
		live := keys.NewLive(old, &keys.LiveOptions{Load: l.load})
		err := live.Reload(t.Context(), id)
		require.ErrorIs(t, err, errKMS)
		require.ErrorContains(t, err, "cellseal/keys: loading the ring anew")
		require.Same(t, old, live.Ring(), "the ring in use stays")
	})
	t.Run("the new ring does not have it either", func(t *testing.T) {
		l := &loader{ring: newRing(t)}
		live := keys.NewLive(old, &keys.LiveOptions{Load: l.load})
		requireUnknown(t, id, live.Reload(t.Context(), id))
		require.Same(t, old, live.Ring(), "a made-up key id brings no other ring")
	})
}

func TestReloadPauses(t *testing.T) {
	for name, c := range map[string]struct{ pause, takes, want time.Duration }{
		"by default":                    {0, 0, time.Second},
		"as told":                       {time.Minute, 0, time.Minute},
		"after a load as long as pause": {time.Minute, time.Hour, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				old, id := addKey(t, newRing(t))
				old = disableKey(t, old, id)
				l := &loader{ring: old, takes: c.takes}
				live := keys.NewLive(old, &keys.LiveOptions{Load: l.load, Pause: c.pause})
				requireUnknown(t, id, live.Reload(t.Context(), id))
				require.Equal(t, 1, l.calls)

				time.Sleep(c.want - time.Nanosecond)
				requireUnknown(t, id, live.Reload(t.Context(), id))
				require.Equal(t, 1, l.calls, "too early")

				time.Sleep(1 * time.Nanosecond)
				requireUnknown(t, id, live.Reload(t.Context(), id))
				require.Equal(t, 2, l.calls)
			})
		})
	}
}

func TestReloadPausesAfterFailureToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		old := newRing(t)
		next, id := addKey(t, old)
		l := &loader{ring: next, err: errKMS}
		live := keys.NewLive(old, &keys.LiveOptions{Load: l.load})
		require.ErrorIs(t, live.Reload(t.Context(), id), errKMS)
		requireUnknown(t, id, live.Reload(t.Context(), id))
		require.Equal(t, 1, l.calls)

		time.Sleep(time.Second)
		l.err = nil
		require.NoError(t, live.Reload(t.Context(), id))
	})
}

// However many ask while a load is under way, even a slow or vain one, it is one.
func TestReloadIsASingleFlight(t *testing.T) {
	for name, found := range map[string]bool{"found": true, "in vain": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				old := newRing(t)
				next, id := addKey(t, old)
				l := &loader{ring: next, takes: time.Hour}
				if !found {
					l.ring = old
				}
				live := keys.NewLive(old, &keys.LiveOptions{Load: l.load})
				var wg sync.WaitGroup
				errs := make([]error, 20)
				for i := range errs {
					wg.Go(func() { errs[i] = live.Reload(t.Context(), id) })
				}
				wg.Wait()
				require.Equal(t, 1, l.calls)
				for _, err := range errs {
					if found {
						require.NoError(t, err)
					} else {
						requireUnknown(t, id, err)
					}
				}
			})
		})
	}
}

func TestWaitingForALoadEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		old := newRing(t)
		next, id := addKey(t, old)
		l := &loader{ring: next, takes: time.Hour}
		live := keys.NewLive(old, &keys.LiveOptions{Load: l.load})
		var first error
		var wg sync.WaitGroup
		wg.Go(func() { first = live.Reload(t.Context(), id) })
		synctest.Wait()

		impatient, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		begin := time.Now()
		require.ErrorIs(t, live.Reload(impatient, id), context.DeadlineExceeded)
		require.Equal(t, time.Minute, time.Since(begin))
		require.NoError(t, live.Reload(impatient, old.CellKeys().Primary()), "what is known needs no waiting")

		wg.Wait()
		require.NoError(t, first)
		require.Equal(t, 1, l.calls)
	})
}

// A Swap during a load is the operator's later word.
func TestSwapDuringALoadWins(t *testing.T) {
	old := newRing(t)
	loaded, id := addKey(t, old)
	swapped, other := addKey(t, old)
	for name, ask := range map[string]uint32{"which lacks the key": id, "which has the key": other} {
		t.Run(name, func(t *testing.T) {
			var live *keys.Live
			live = keys.NewLive(old, &keys.LiveOptions{Load: func(context.Context) (*keys.Ring, error) {
				require.Same(t, old, live.Swap(swapped))
				return loaded, nil
			}})
			err := live.Reload(t.Context(), ask)
			require.Same(t, swapped, live.Ring())
			if ask == other {
				require.NoError(t, err)
			} else {
				requireUnknown(t, ask, err)
			}
		})
	}
}

func TestTheContextReachesTheLoader(t *testing.T) {
	type key struct{}
	var got any
	live := keys.NewLive(newRing(t), &keys.LiveOptions{Load: func(ctx context.Context) (*keys.Ring, error) {
		got = ctx.Value(key{})
		return nil, errKMS
	}})
	require.Error(t, live.Reload(context.WithValue(t.Context(), key{}, "mine"), 1))
	require.Equal(t, "mine", got)
}

// A loader that breaks its contract must not leave everybody else waiting.
func TestALoaderWithoutARingDoesNotBlockTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		old := newRing(t)
		next, id := addKey(t, old)
		l := &loader{}
		live := keys.NewLive(old, &keys.LiveOptions{Load: l.load})
		require.ErrorContains(t, live.Reload(t.Context(), id), "neither a ring nor an error")
		time.Sleep(time.Second)
		l.ring = next
		require.NoError(t, live.Reload(t.Context(), id))
	})
}

// Reads that are cancelled while they wait neither lose the load for the others
// nor begin it over and over.
func TestCancelledReadsShareOneLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		old := newRing(t)
		next, id := addKey(t, old)
		l := &loader{ring: next, takes: 10 * time.Second}
		live := keys.NewLive(old, &keys.LiveOptions{Load: l.load})
		for range 100 {
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Millisecond)
			require.ErrorIs(t, live.Reload(ctx, id), context.DeadlineExceeded)
			cancel()
		}
		require.NoError(t, live.Reload(t.Context(), id))
		require.Equal(t, 1, l.calls)
	})
}

// Somebody who writes cells under made-up key ids cannot undo a Swap that what
// Load reads does not have yet.
func TestAForgedKeyIDBringsNoOlderRingBack(t *testing.T) {
	old := newRing(t)
	next, _ := addKey(t, old)
	live := keys.NewLive(old, &keys.LiveOptions{Load: (&loader{ring: old}).load})
	live.Swap(next)
	requireUnknown(t, 0xF0F0F0F0, live.Reload(t.Context(), 0xF0F0F0F0))
	require.Same(t, next, live.Ring())
}

func TestALoadEndsWithItsTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		live := keys.NewLive(newRing(t), &keys.LiveOptions{Timeout: time.Minute, Load: func(ctx context.Context) (*keys.Ring, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}})
		begin := time.Now()
		require.ErrorIs(t, live.Reload(t.Context(), 1), context.DeadlineExceeded)
		require.Equal(t, time.Minute, time.Since(begin))
	})
}
