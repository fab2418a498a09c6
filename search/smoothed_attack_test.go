package search_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/internal/attack"
)

// What the simulations of internal/attack promise holds for the tokens that are stored:
// 100 000 rows by Zipf's law over 1 000 cities, of which the attacker knows everything but
// the keys.
func TestAttackOnStoredTokens(t *testing.T) {
	if testing.Short() {
		t.Skip("attacks 100 000 rows")
	}
	const rows, cities = 100_000, 1_000
	expected := zipfCities(1e9)
	share, counts := make([]float64, cities), make([]uint64, cities)
	for v := range share {
		counts[v] = expected[city(v+1)]
		share[v] = float64(counts[v])
	}
	// 30 % of drift. This is one draw of it; internal/attack has the average, and FORMAT.md
	// says how far single draws go.
	drifted := append([]float64(nil), share...)
	for v, r := 0, rand.New(rand.NewPCG(31, 32)); v < cities; v++ {
		drifted[v] *= math.Exp(.3 * r.NormFloat64())
	}

	ring := fixedRing(t)
	d := smoothedKey(t, ring, search.Fold)
	smoothed := search.NewSmoothed(d, search.NewTextProfile(d, expected, rows, 11, seeded(12)))
	exact := index(t, ring, search.Exact("city", search.Fold), search.Options{})
	for _, c := range []struct {
		name       string
		share      []float64
		store      func(row int, city string) []byte
		world      attack.World
		low, limit float64
	}{
		{"deterministic", share, func(_ int, v string) []byte { return term(t, exact, v) }, attack.Deterministic(share, rows), 3.5, 4.1},
		{"smoothed", share, func(row int, v string) []byte { return token(t, smoothed, fmt.Sprint(row), v) }, attack.Smoothed(counts, share, rows, nil), 0, 1.15},
		{"smoothed, drifted", drifted, func(row int, v string) []byte { return token(t, smoothed, fmt.Sprint(row), v) }, attack.Smoothed(counts, drifted, rows, nil), 0, 1.35},
	} {
		r := rand.New(rand.NewPCG(21, 22))
		seen := attack.Column{Value: attack.NewSampler(c.share).Draw(rows, r), Values: cities}
		numbers := map[string]int32{}
		for row, v := range seen.Value {
			stored := string(c.store(row, city(int(v)+1)))
			n, ok := numbers[stored]
			if !ok {
				n = int32(len(numbers))
				numbers[stored] = n
			}
			seen.Token = append(seen.Token, n)
		}
		seen.Tokens = len(numbers)
		beside := max(seen.Rank(c.share, r), attack.Learn(c.world, r).Attack(seen)) / seen.Blind()
		t.Logf("%s: %.3f of the rows by guessing, %.2f times as many by the best attack, %d tokens", c.name, seen.Blind(), beside, seen.Tokens)
		require.LessOrEqual(t, beside, c.limit, c.name)
		require.GreaterOrEqual(t, beside, c.low, c.name)
	}
}
