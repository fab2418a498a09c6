package search_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/internal/attack"
)

func TestMonitor(t *testing.T) {
	counts := zipfCities(100_000)
	d := smoothedKey(t, fixedRing(t), search.Fold)
	p := search.NewTextProfile(d, counts, 100_000, 5, seeded(6))
	share := func(change func([]float64, *rand.Rand)) []float64 {
		list := make([]float64, 1000)
		for v := range list {
			list[v] = float64(counts[city(v+1)])
		}
		change(list, rand.New(rand.NewPCG(7, 7)))
		return list
	}
	for name, c := range map[string]struct {
		share []float64
		rows  int
		renew bool
		words string
	}{
		"as expected": {share(func([]float64, *rand.Rand) {}), 50_000, false, "the profile fits: after 50000 rows"},
		"few rows":    {share(func([]float64, *rand.Rand) {}), 50, false, "the profile fits: after 50 rows"},
		"a little": {share(func(s []float64, r *rand.Rand) {
			for v := range s {
				s[v] *= .85 + .3*r.Float64()
			}
		}), 50_000, false, "the profile fits"},
		"by half": {share(func(s []float64, r *rand.Rand) {
			for v := range s {
				s[v] *= float64(.5 + float64(r.IntN(2)))
			}
		}), 50_000, true, "frequencies are off by 43 %"},
		"one value":    {share(func(s []float64, _ *rand.Rand) { s[30] *= 6 }), 50_000, true, "one value occurs 5.9 times"},
		"a tail value": {share(func(s []float64, _ *rand.Rand) { s[800] *= 150 }), 50_000, true, "a value that the profile does not know"},
	} {
		m := search.NewMonitor(p)
		for _, v := range attack.NewSampler(c.share).Draw(c.rows, rand.New(rand.NewPCG(8, 8))) {
			require.NoError(t, m.Observe(city(int(v)+1)))
		}
		drift := m.Drift()
		t.Logf("%s: %+v", name, drift)
		require.Equal(t, uint64(c.rows), drift.Rows, name)
		require.Equal(t, c.renew, drift.Renew, name)
		require.Contains(t, drift.Words, c.words, name)
		require.NotContains(t, drift.Words, "city")
	}
}

func TestMonitorOfNothingAndOfMisuse(t *testing.T) {
	d := smoothedKey(t, fixedRing(t), search.Trim)
	p := search.NewTextProfile(d, map[string]uint64{canary: 90, "b": 10}, 10, 5, seeded(6))
	m := search.NewMonitor(p)
	require.Equal(t, search.Drift{Worst: 1, Words: "the profile fits: after 0 rows frequencies are off by 0 % as a rule, chance left out"}, m.Drift())
	require.NoError(t, m.Observe(nil))
	require.NoError(t, m.Observe(""))
	require.Zero(t, m.Drift().Rows)
	require.ErrorContains(t, m.Observe(7), "cellseal/search: city: ")
	require.Contains(t, panics(t, func() { _ = new(search.Monitor).Observe("a") }), "zero Monitor")
	require.Contains(t, panics(t, func() { search.NewMonitor(nil) }), "zero Profile")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d"} {
		require.Equal(t, "search.Monitor(redacted)", fmt.Sprintf(verb, m))
		require.Equal(t, "search.Monitor(redacted)", fmt.Sprintf(verb, *m))
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 30 {
				_ = m.Observe(map[bool]string{true: "b", false: canary}[i%10 == 9])
				m.Drift()
			}
		})
	}
	wg.Wait()
	require.Equal(t, uint64(120), m.Drift().Rows)
	require.Contains(t, m.Drift().Words, "made for 10")
}
