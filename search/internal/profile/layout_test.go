package profile_test

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/search/internal/profile"
)

func hashed(v string) [32]byte { return sha256.Sum256([]byte(v)) }

func hashed64(v string) uint64 {
	h := hashed(v)
	return binary.BigEndian.Uint64(h[:])
}

func uniform(seed uint64) func() uint64 { return rand.New(rand.NewPCG(seed, 1)).Uint64 }

func TestLambda(t *testing.T) {
	for rows, want := range map[uint64]float64{1: 1e3, 100_000: 1e3, 250_000: 2500, 1e8: 1e6, 1e12: 1e6, math.MaxUint64: 1e6} {
		require.Equal(t, want, profile.Lambda(rows))
	}
}

// Gaps between cut points are exponential: Kolmogorov and Smirnov find no difference, as
// they do for a grid.
func TestCutsAreAPoissonProcess(t *testing.T) {
	const lambda = 20_000.0
	cuts := profile.Cuts(lambda, uniform(1))
	require.InDelta(t, lambda, len(cuts), 5*math.Sqrt(lambda))
	bins := [100]float64{} // by the gap's own quantile
	last := uint64(0)
	for _, c := range cuts {
		gap := math.Ldexp(float64(c-last), -64) * lambda
		bins[int(100*(1-math.Exp(-gap)))]++
		last = c
	}
	worst, upTo := 0.0, 0.0
	for i, n := range bins {
		upTo += n / float64(len(cuts))
		worst = max(worst, math.Abs(upTo-float64(i+1)/100))
	}
	require.Less(t, worst, 1.63/math.Sqrt(lambda), "the 1 % bound")

}

// Whatever the counts: the interval is shared out without gap or overlap, in proportion,
// and every row falls into its value's part.
func TestLayoutsAddUp(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for round := range 300 {
		counts := map[string]uint64{}
		total := uint64(0)
		for i := range 1 + r.IntN(50) {
			n := uint64(math.Exp(r.Float64() * float64(round%43)))
			counts[fmt.Sprint(i)] = n
			total += n
		}
		l, err := profile.New(1+r.Uint64N(1e6), counts, hashed, uniform(uint64(round)))
		require.NoError(t, err)
		at := uint64(0)
		for _, h := range l.Heads {
			require.Equal(t, at, h.Begin)
			at += h.Width
			share := float64(counts[h.Value]) / float64(total)
			require.InDelta(t, share, math.Ldexp(float64(h.Width), -64), .005*share+1e-12)
			require.GreaterOrEqual(t, counts[h.Value], uint64(3))
			require.GreaterOrEqual(t, share, 1/profile.Lambda(l.Rows))
		}
		if len(l.Heads) > 0 {
			require.Zero(t, at+l.Tail)
		} else {
			require.Equal(t, uint64(math.MaxUint64), l.Tail)
		}
		require.GreaterOrEqual(t, math.Ldexp(float64(l.Tail), -64), 3.99/profile.Lambda(l.Rows))
		require.LessOrEqual(t, math.Ldexp(float64(l.One), -64), 1.01/profile.Lambda(l.Rows))
		for i := range 60 {
			p := l.Place(fmt.Sprint(i), hashed64)
			if _, head := l.Head(fmt.Sprint(i)); !head {
				require.Equal(t, l.One, p.Width)
				require.GreaterOrEqual(t, p.Begin, at)
			}
			require.LessOrEqual(t, p.Width-1, math.MaxUint64-p.Begin, "it ends within the interval")
			first, last := l.Buckets(p)
			for _, u := range []uint64{0, math.MaxUint64, r.Uint64(), r.Uint64()} {
				b := l.At(p, u)
				require.LessOrEqual(t, first, b)
				require.GreaterOrEqual(t, last, b)
			}
		}
		again, typ, version, err := profile.Parse(l.Append(nil, 3, 9))
		require.NoError(t, err)
		require.Equal(t, []any{uint8(3), uint32(9)}, []any{typ, version})
		require.Equal(t, l.Append(nil, 3, 9), again.Append(nil, 3, 9))
	}
}

func TestCountsThatAreNone(t *testing.T) {
	for _, counts := range []map[string]uint64{nil, {"a": 0}, {"a": 1<<63 + 1}, {"a": 1 << 63, "b": 1}} {
		_, err := profile.New(1, counts, hashed, uniform(1))
		require.Equal(t, profile.ErrCounts, err)
	}
	l, err := profile.New(1, map[string]uint64{"a": 1 << 63}, hashed, uniform(1))
	require.NoError(t, err)
	require.Len(t, l.Heads, 1)
}

// Chance alone is no drift, whatever the number of rows; a shift of 30 % is one.
func TestCompareTellsDriftFromChance(t *testing.T) {
	counts := map[string]uint64{}
	for k := 1; k <= 100; k++ {
		counts[fmt.Sprint(k)] = uint64(1e6 / k)
	}
	l, err := profile.New(1e6, counts, hashed, uniform(5))
	require.NoError(t, err)
	r := rand.New(rand.NewPCG(6, 6))
	for _, rows := range []float64{100, 3000, 1e5, 1e7} {
		c := profile.Counts{Heads: make([]uint64, len(l.Heads))}
		for i, h := range l.Heads {
			mean := rows * math.Ldexp(float64(h.Width), -64)
			c.Heads[i] = uint64(max(0, math.Round(mean+math.Sqrt(mean)*r.NormFloat64())))
		}
		for i := range c.Tail {
			c.Tail[i] = uint64(rows*math.Ldexp(float64(l.Tail), -64)/profile.Cells + r.Float64())
		}
		f := l.Compare(c)
		require.Less(t, f.Typical, .2/math.Sqrt(rows/100), "%v rows", rows)
		require.Equal(t, 1.0, f.Worst)
		for i := range c.Heads {
			c.Heads[i] = uint64(float64(c.Heads[i]) * (.7 + .6*float64(i%2)))
		}
		if rows >= 3000 {
			require.InDelta(t, .3, l.Compare(c).Typical, .08, "%v rows", rows)
		}
	}
}
