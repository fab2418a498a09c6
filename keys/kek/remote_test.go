package kek_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/kek"
)

// kms answers both calls with one function.
type kms func(ctx context.Context, in, ad []byte) ([]byte, error)

func (k kms) EncryptWithContext(ctx context.Context, in, ad []byte) ([]byte, error) {
	return k(ctx, in, ad)
}

func (k kms) DecryptWithContext(ctx context.Context, in, ad []byte) ([]byte, error) {
	return k(ctx, in, ad)
}

var errBusy = &kek.UnavailableError{Attempts: 1, Throttled: true, Err: errors.New("busy")}

// both runs a test for either call, with a clock of its own.
func both(t *testing.T, test func(t *testing.T, call func(k keys.KEK, ctx context.Context) ([]byte, error))) {
	for name, call := range map[string]func(k keys.KEK, ctx context.Context) ([]byte, error){
		"encrypt": func(k keys.KEK, ctx context.Context) ([]byte, error) {
			return k.EncryptWithContext(ctx, []byte("in"), []byte("ad"))
		},
		"decrypt": func(k keys.KEK, ctx context.Context) ([]byte, error) {
			return k.DecryptWithContext(ctx, []byte("in"), []byte("ad"))
		},
	} {
		t.Run(name, func(t *testing.T) { synctest.Test(t, func(t *testing.T) { test(t, call) }) })
	}
}

func TestWaitsGrowAndAreBounded(t *testing.T) {
	both(t, func(t *testing.T, call func(keys.KEK, context.Context) ([]byte, error)) {
		var at []time.Time
		k := kek.Remote(kms(func(context.Context, []byte, []byte) ([]byte, error) {
			at = append(at, time.Now())
			return nil, errBusy
		}), &kek.Options{Attempts: 7, Wait: time.Second, MaxWait: 6 * time.Second})
		_, err := call(k, t.Context())
		var gone *kek.UnavailableError
		require.ErrorAs(t, err, &gone)
		require.Equal(t, 7, gone.Attempts)
		require.EqualError(t, err, "cellseal: the KEK's server says that it is asked too much (attempts: 7): busy")
		require.True(t, gone.Throttled)
		require.Len(t, at, 7)
		for i, most := range []time.Duration{1, 2, 4, 6, 6, 6} {
			wait := at[i+1].Sub(at[i])
			require.LessOrEqual(t, wait, most*time.Second)
			require.GreaterOrEqual(t, wait, most*time.Second/2)
		}
	})
}

func TestDefaults(t *testing.T) {
	both(t, func(t *testing.T, call func(keys.KEK, context.Context) ([]byte, error)) {
		for _, o := range []*kek.Options{nil, {}} {
			calls, began := 0, time.Now()
			k := kek.Remote(kms(func(context.Context, []byte, []byte) ([]byte, error) {
				calls++
				return nil, errBusy
			}), o)
			_, err := call(k, t.Context())
			require.Error(t, err)
			require.Equal(t, 4, calls)
			require.LessOrEqual(t, time.Since(began), 1400*time.Millisecond)
			require.GreaterOrEqual(t, time.Since(began), 700*time.Millisecond)
		}
	})
}

// Processes that failed together must not come back together.
func TestWaitsDiffer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seen := map[time.Duration]bool{}
		for range 20 {
			began := time.Now()
			k := kek.Remote(kms(func(context.Context, []byte, []byte) ([]byte, error) { return nil, errBusy }), nil)
			_, err := k.EncryptWithContext(t.Context(), nil, nil)
			require.Error(t, err)
			seen[time.Since(began)] = true
		}
		require.Greater(t, len(seen), 15)
	})
}

func TestAnAttemptThatHangsIsGivenUp(t *testing.T) {
	both(t, func(t *testing.T, call func(keys.KEK, context.Context) ([]byte, error)) {
		calls := 0
		k := kek.Remote(kms(func(ctx context.Context, _, _ []byte) ([]byte, error) {
			if calls++; calls < 3 {
				<-ctx.Done()
				return nil, errors.New("the client says something of its own")
			}
			return []byte("out"), nil
		}), &kek.Options{Timeout: time.Minute})
		began := time.Now()
		out, err := call(k, t.Context())
		require.NoError(t, err)
		require.Equal(t, "out", string(out))
		require.Equal(t, 3, calls)
		require.Greater(t, time.Since(began), 2*time.Minute)
	})
}

func TestWhoStopsWaitingIsToldWhyItTookSoLong(t *testing.T) {
	both(t, func(t *testing.T, call func(keys.KEK, context.Context) ([]byte, error)) {
		k := kek.Remote(kms(func(context.Context, []byte, []byte) ([]byte, error) { return nil, errBusy }), &kek.Options{Wait: time.Hour})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		began := time.Now()
		_, err := call(k, ctx)
		require.Equal(t, time.Minute, time.Since(began))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		var gone *kek.UnavailableError
		require.ErrorAs(t, err, &gone)
		require.True(t, gone.Throttled)
		require.EqualError(t, err, "cellseal: waiting for the KEK: context deadline exceeded; before that: "+gone.Error())
	})
}

func TestWhatIsRefusedIsPassedOnAsItIs(t *testing.T) {
	refused := errors.New("AccessDenied")
	both(t, func(t *testing.T, call func(keys.KEK, context.Context) ([]byte, error)) {
		calls := 0
		k := kek.Remote(kms(func(context.Context, []byte, []byte) ([]byte, error) { calls++; return nil, refused }), nil)
		_, err := call(k, t.Context())
		require.Equal(t, refused, err)
		require.Equal(t, 1, calls)
	})
}

// A KEK that could not be asked is no sign of a wrong one.
func TestWhatARingSaysOfAKEKThatIsAway(t *testing.T) {
	r, err := keys.NewRing()
	require.NoError(t, err)
	mirror := kms(func(_ context.Context, in, _ []byte) ([]byte, error) { return in, nil })
	stored, err := r.Encrypt(t.Context(), mirror, nil)
	require.NoError(t, err)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		ctx  context.Context
		err  error
		says string
	}{
		{t.Context(), errBusy, "cellseal/keys: cells keyset: not read, as its KEK could not be asked: cellseal: the KEK's server says"},
		{over, errBusy, "cellseal/keys: cells keyset: not read, as its KEK could not be asked: cellseal: waiting for the KEK: context canceled"},
		{t.Context(), errors.New("AccessDenied"), "cellseal/keys: cells keyset: not readable under this KEK and associated data: AccessDenied"},
	} {
		k := kek.Remote(kms(func(context.Context, []byte, []byte) ([]byte, error) { return nil, c.err }), &kek.Options{Attempts: 1})
		_, err := keys.OpenRing(c.ctx, stored, k, nil)
		require.ErrorContains(t, err, c.says)
	}
}

type traceKey struct{}

func TestContextValuesReachTheClient(t *testing.T) {
	both(t, func(t *testing.T, call func(keys.KEK, context.Context) ([]byte, error)) {
		k := kek.Remote(kms(func(ctx context.Context, _, _ []byte) ([]byte, error) {
			return fmt.Append(nil, ctx.Value(traceKey{})), nil
		}), nil)
		out, err := call(k, context.WithValue(t.Context(), traceKey{}, "span 7"))
		require.NoError(t, err)
		require.Equal(t, "span 7", string(out))
	})
}

func TestAFlightIsSharedAndAnswersAreNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := map[string]int{}
		var mu sync.Mutex
		k := kek.Remote(kms(func(_ context.Context, in, ad []byte) ([]byte, error) {
			mu.Lock()
			calls[string(in)+"/"+string(ad)]++
			mu.Unlock()
			time.Sleep(time.Second)
			return append(append([]byte(nil), in...), ad...), nil
		}), nil)
		var all sync.WaitGroup
		for _, c := range [][2]string{{"a", "b"}, {"ab", ""}, {"", "ab"}, {"a", "c"}} { // which a concatenation would confuse
			for range 30 {
				all.Go(func() {
					in := []byte(c[0])
					out, err := k.DecryptWithContext(t.Context(), in, []byte(c[1]))
					require.NoError(t, err)
					require.Equal(t, c[0]+c[1], string(out))
					clear(out)
					clear(in)
				})
			}
		}
		all.Wait()
		require.Equal(t, map[string]int{"a/b": 1, "ab/": 1, "/ab": 1, "a/c": 1}, calls)
		_, err := k.DecryptWithContext(t.Context(), []byte("a"), []byte("b"))
		require.NoError(t, err)
		require.Equal(t, 2, calls["a/b"], "nothing is kept")
	})
}

func TestTheLastWhoLeavesEndsTheFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan error, 1)
		k := kek.Remote(kms(func(ctx context.Context, _, _ []byte) ([]byte, error) {
			<-ctx.Done()
			ended <- ctx.Err()
			return nil, ctx.Err()
		}), &kek.Options{Timeout: time.Hour})
		var all sync.WaitGroup
		began := time.Now()
		for i := range 3 {
			all.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i+1)*time.Second)
				defer cancel()
				_, err := k.DecryptWithContext(ctx, []byte("in"), nil)
				require.ErrorIs(t, err, context.DeadlineExceeded)
			})
		}
		require.ErrorIs(t, <-ended, context.Canceled)
		require.Equal(t, 3*time.Second, time.Since(began))
		all.Wait()
	})
}

func TestPrintsNothing(t *testing.T) {
	secret := kms(func(context.Context, []byte, []byte) ([]byte, error) { return nil, nil })
	for _, k := range []keys.KEK{kek.Remote(secret, nil), kek.WithContext(plain{})} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d"} {
			require.Contains(t, fmt.Sprintf(verb, k), "(redacted)")
		}
		var b strings.Builder
		slog.New(slog.NewTextHandler(&b, nil)).Info("x", "kek", k)
		require.Contains(t, b.String(), "(redacted)")
	}
}

func TestNilPanics(t *testing.T) {
	require.PanicsWithValue(t, "cellseal/kek: nil KEK", func() { kek.Remote(nil, nil) })
	require.PanicsWithValue(t, "cellseal/kek: nil AEAD", func() { kek.WithContext(nil) })
}
