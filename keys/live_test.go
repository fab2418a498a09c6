package keys_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
)

func TestSwapReplacesTheRing(t *testing.T) {
	first, second := newRing(t), newRing(t)
	live := keys.NewLive(first, nil)
	require.Same(t, first, live.Ring())
	require.Equal(t, cells(t, first, patients), cells(t, live, patients))
	require.Equal(t, index(t, first, patients), index(t, live, patients))
	before, err := live.Cells(t.Context(), patients)
	require.NoError(t, err)

	require.Same(t, first, live.Swap(second), "the ring that was")
	require.Same(t, second, live.Ring())
	require.Equal(t, cells(t, second, patients), cells(t, live, patients))
	require.Equal(t, index(t, second, patients), index(t, live, patients))
	require.Equal(t, cells(t, first, patients), secrets(before), "what is under way finishes with its ring")
}

func TestLivePassesLabelErrorsOn(t *testing.T) {
	live := keys.NewLive(newRing(t), nil)
	_, err := live.Cells(t.Context(), email)
	require.ErrorContains(t, err, "the cells ring reads")
	_, err = live.Index(t.Context(), medical)
	require.ErrorContains(t, err, "the index ring reads")
}

// Derivations under a swap see one ring or the other, never a mixture and never
// none. The race detector watches.
func TestSwapUnderLoad(t *testing.T) {
	small := newRing(t)
	large, _ := addKey(t, newRing(t))
	known := map[string]bool{}
	for _, r := range []*keys.Ring{small, large} {
		for _, s := range append(cells(t, r, patients, medical), index(t, r, patients, email)...) {
			known[s] = true
		}
	}
	want := map[int]uint32{1: small.CellKeys().Primary(), 2: large.CellKeys().Primary()}

	live := keys.NewLive(small, nil)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				c, err := live.Cells(t.Context(), patients, medical)
				if err != nil {
					t.Error(err)
					return
				}
				i, err := live.Index(t.Context(), patients, email)
				if err != nil {
					t.Error(err)
					return
				}
				list := secrets(c)
				if c.PrimaryID() != want[len(list)] {
					t.Error("a primary of one ring among the keys of another")
				}
				for _, s := range append(list, secrets(i)...) {
					if !known[s] {
						t.Error("a node of neither ring")
					}
				}
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	for range 200 {
		live.Swap(large)
		live.Swap(small)
	}
	close(stop)
	wg.Wait()
}
