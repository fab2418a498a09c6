package attack_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/search/internal/attack"
	"github.com/cellseal/cellseal/search/internal/profile"
)

const rows, values = 100_000, 1_000

func zipf() (share []float64, counts []uint64) {
	h := 0.0
	for k := 1; k <= values; k++ {
		h += 1 / float64(k)
	}
	for k := 1; k <= values; k++ {
		share = append(share, 1/float64(k)/h)
		counts = append(counts, uint64(1e9/float64(k)/h))
	}
	return share, counts
}

// regular puts a grid in place of exponential widths.
func regular(l *profile.Layout) {
	for i := range l.Cuts {
		l.Cuts[i] = uint64(i+1) * (math.MaxUint64 / uint64(len(l.Cuts)+1))
	}
}

// drifted has every frequency off by a factor exp(.3 g), g standard normal.
func drifted(share []float64, r *rand.Rand) []float64 {
	d := make([]float64, len(share))
	for v := range d {
		d[v] = share[v] * math.Exp(.3*r.NormFloat64())
	}
	return d
}

// overtaken has the second value come close to the first: what harms most, because the
// first is what an attacker says when he knows nothing.
func overtaken(share []float64, r *rand.Rand) []float64 {
	d := append([]float64(nil), share...)
	d[0] *= .7
	d[1] *= 1.3
	return d
}

// beside returns what the best attack recovers, as a multiple of blind guessing, over
// several draws of drift, each over several of layout and rows: the mean and the worst.
func beside(drift func([]float64, *rand.Rand) []float64, layout func(*profile.Layout), draws int) (mean, worst float64) {
	share, counts := zipf()
	for seed := range uint64(draws) {
		r := rand.New(rand.NewPCG(seed, 9))
		now := share
		if drift != nil {
			now = drift(share, r)
		}
		world := attack.Smoothed(counts, now, rows, layout)
		recovered, blind := attack.Best(world, now, r)
		x := recovered / blind
		mean, worst = mean+x/float64(draws), max(worst, x)
	}
	return mean, worst
}

func TestFrequencyAttackOnADeterministicColumn(t *testing.T) {
	if testing.Short() {
		t.Skip("attacks 100 000 rows")
	}
	share, _ := zipf()
	r := rand.New(rand.NewPCG(1, 2))
	world := attack.Deterministic(share, rows)
	c := world(r)
	require.InDelta(t, .134, c.Blind(), .002)
	require.InDelta(t, 3.8, c.Rank(share, r)/c.Blind(), .2)
	require.InDelta(t, 3.5, attack.Learn(world, r).Attack(c)/c.Blind(), .2)
}

// FORMAT.md §5 gives these figures.
func TestSmoothedBesideBlindGuessing(t *testing.T) {
	if testing.Short() {
		t.Skip("attacks 100 000 rows")
	}
	mean, worst := beside(nil, nil, 2)
	t.Logf("no drift: %.2f on average, %.2f at worst", mean, worst)
	require.LessOrEqual(t, worst, 1.15)

	mean, worst = beside(drifted, nil, 4)
	t.Logf("drift: %.2f on average, %.2f at worst", mean, worst)
	require.LessOrEqual(t, mean, 1.35)
	mean, worst = beside(overtaken, nil, 2)
	t.Logf("overtaken: %.2f on average, %.2f at worst", mean, worst)
	require.LessOrEqual(t, mean, 1.35)
}

// The bounds above are no matter of course: with buckets of equal widths they fail.
func TestARegularGridFailsUnderDrift(t *testing.T) {
	if testing.Short() {
		t.Skip("attacks 100 000 rows")
	}
	mean, worst := beside(drifted, regular, 1)
	t.Logf("grid, drift: %.2f, %.2f", mean, worst)
	require.Greater(t, mean, 1.35)
	mean, worst = beside(overtaken, regular, 1)
	t.Logf("grid, overtaken: %.2f, %.2f", mean, worst)
	require.Greater(t, mean, 1.35)
}
