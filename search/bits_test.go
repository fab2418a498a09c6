package search_test

import (
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/search"
)

func TestTruncation(t *testing.T) {
	ring := fixedRing(t)
	full := term(t, index(t, ring, search.Exact("a"), search.Options{Bits: 256}), "v")
	require.Len(t, full, 32)
	for n := 1; n <= 256; n++ {
		got := term(t, index(t, ring, search.Exact("a"), search.Options{Bits: n}), "v")
		require.Len(t, got, (n+7)/8)
		for i := range len(got) * 8 {
			bit := func(b []byte) byte { return b[i/8] >> (7 - i%8) & 1 }
			if i < n {
				require.Equal(t, bit(full), bit(got), "bit %d of %d", i, n)
			} else {
				require.Zero(t, bit(got), "spare bit %d of %d", i, n)
			}
		}
	}
	require.Equal(t, full[:8], term(t, index(t, ring, search.Exact("a"), search.Options{}), "v"), "64 bits unless told")
}

func TestBitsFor(t *testing.T) {
	for _, c := range []struct {
		rows      uint64
		falseRows float64
		want      int
	}{
		{1, 1, 1}, {2, 1, 1}, {3, 1, 2}, {4, 1, 2}, {5, 1, 3}, {1000, 1, 10}, {1024, 1, 10}, {1025, 1, 11},
		{1_000_000, 10, 17}, {1_000_000, 0.001, 30}, {100, 1000, 1}, {math.MaxUint64, 1, 64}, {math.MaxUint64, 1e-300, 256},
		{0, 1, 256}, {10, 0, 256}, {10, -1, 256}, {10, math.NaN(), 256}, {10, math.Inf(1), 1}, {10, math.Inf(-1), 256},
	} {
		require.Equal(t, c.want, search.BitsFor(c.rows, c.falseRows), "%d rows, %v false", c.rows, c.falseRows)
	}
}

// So many bits bring no more false rows than asked for, and one bit less would.
func TestBitsForIsTheInverseOfFalseRows(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 20000 {
		rows := 2 + r.Uint64()>>(1+r.IntN(62))
		wanted := math.Exp2(r.Float64()*80 - 40)
		n := search.BitsFor(rows, wanted)
		if n > 1 {
			require.LessOrEqual(t, search.FalseRows(rows, n), wanted*(1+1e-9))
			require.Greater(t, search.FalseRows(rows, n-1), wanted*(1-1e-9))
		} else {
			require.LessOrEqual(t, float64(rows)/2, wanted*(1+1e-9))
		}
	}
}

func TestFalseRows(t *testing.T) {
	require.Equal(t, 0.5, search.FalseRows(1, 1))
	require.Equal(t, 1.0, search.FalseRows(1<<40, 40))
	require.Equal(t, 15.625, search.FalseRows(4000, 8))
	require.Equal(t, 0.0, search.FalseRows(0, 8))
	require.InDelta(t, 5.4e-14, search.FalseRows(1_000_000, 64), 1e-15)
}

// What a look-up really brings: rows · 2^-bits, within five standard deviations of
// the mean over the look-ups (a row is false with probability 2^-bits).
func TestFalseRowsBySimulation(t *testing.T) {
	ring := fixedRing(t)
	const rows, lookups = 6000, 2000
	for _, n := range []int{1, 4, 7, 8, 11, 14} {
		x := index(t, ring, search.Exact("a"), search.Options{Bits: n})
		stored := map[string]int{}
		for i := range rows {
			stored[string(term(t, x, fmt.Sprintf("stored %d", i)))]++
		}
		found := 0
		for i := range lookups {
			found += stored[string(match(t, x, fmt.Sprintf("asked for %d", i))[0])]
		}
		p := math.Exp2(-float64(n))
		deviation := math.Sqrt(rows * p * (1 - p) / lookups) // pairs of terms collide pairwise independently
		mean := float64(found) / lookups
		require.InDelta(t, search.FalseRows(rows, n), mean, 5*deviation, "%d bits", n)
	}
}

func TestExplainShowsNumbers(t *testing.T) {
	ring := fixedRing(t)
	short := index(t, ring, search.Exact("a"), search.Options{Bits: 12}).Explain(1_000_000)
	for _, s := range []string{"12 bits (2 bytes)", "1000000 rows", "about 244 false ones", "may belong to different values"} {
		require.Contains(t, short, s)
	}
	long := index(t, ring, search.Exact("a"), search.Options{}).Explain(1_000_000)
	for _, s := range []string{"64 bits (8 bytes)", "1000000 rows", "about 5.42e-14 false ones", "Equal terms mean equal values", "20 bits would bring about one"} {
		require.Contains(t, long, s)
	}
	unique := index(t, ring, search.Exact("a"), search.Options{Unique: true, PinnedKey: primaryKey}).Explain(1_000_000)
	require.Contains(t, unique, "256 bits")
	require.Contains(t, unique, "the row or nothing")
}

// Bits of a term are fair: each is set in about half of them.
func TestTermBitsAreFair(t *testing.T) {
	x := index(t, fixedRing(t), search.Exact("a"), search.Options{})
	const n = 4000
	ones := 0
	for i := range n {
		for _, b := range term(t, x, fmt.Sprint(i)) {
			ones += bits.OnesCount8(b)
		}
	}
	require.InDelta(t, n*32, ones, 5*math.Sqrt(n*64)/2)
}
