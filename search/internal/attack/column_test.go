package attack_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/search/internal/attack"
)

// Three values of 5, 3 and 2 rows, worked by hand.
func small() attack.Column {
	v := []int32{0, 0, 0, 0, 0, 1, 1, 1, 2, 2}
	return attack.Column{Token: v, Value: v, Tokens: 3, Values: 3}
}

func rng() *rand.Rand { return rand.New(rand.NewPCG(1, 1)) }

func TestAttacksByHand(t *testing.T) {
	c := small()
	require.Equal(t, .5, c.Blind())
	require.Equal(t, 1.0, c.Rank([]float64{.5, .3, .2}, rng()))
	require.Zero(t, c.Rank([]float64{.3, .2, .5}, rng()), "all wrong")
	require.Equal(t, .2+.4, c.Rank([]float64{.4, .4, .2}, rng()), "two values draw lots")
	require.Equal(t, 1.0, attack.EntropyLeft(.5))
	require.Zero(t, attack.EntropyLeft(1))

	require.Equal(t, 0.0, c.KnownRows(10, rng()), "all rows are known already")
	require.Equal(t, 0.0, c.KnownRows(0, rng()))
	one := c.KnownRows(1, rng())
	require.Contains(t, []float64{.4, .2, .1}, one, "the others of one value")

	unique := attack.Column{Token: []int32{0, 1, 2}, Value: []int32{2, 0, 1}, Tokens: 3, Values: 3}
	require.Zero(t, unique.KnownRows(2, rng()))
	require.InDelta(t, 1./3, unique.Rank([]float64{1, 1, 1}, rng()), 1e-9)
}

func TestNamedByVolume(t *testing.T) {
	share := []float64{.5, .3, .2}
	require.Equal(t, 1.0, attack.Named([]int{5, 3, 2}, []float64{5, 3, 2}, share))
	require.Equal(t, 1.0, attack.Named([]int{6, 3, 1}, []float64{5, 3, 2}, share))
	require.InDelta(t, .5, attack.Named([]int{1, 1, 1}, []float64{1, 1, 1}, share), 1e-9, "the likeliest is said")
	require.InDelta(t, .2, attack.Named([]int{2, 2, 2}, []float64{5, 4, 2}, share), 1e-9)
}

// The Bayes attacker knows what counts mean only as well as the world tells him.
func TestBayes(t *testing.T) {
	share := []float64{.6, .3, .1}
	world := attack.Deterministic(share, 1000)
	require.InDelta(t, 1, attack.Learn(world, rng()).Attack(world(rng())), 1e-9)
	blur := func(r *rand.Rand) attack.Column {
		c := world(r)
		c.Token, c.Tokens = make([]int32, 1000), 1000
		for i := range c.Token {
			c.Token[i] = int32(i)
		}
		return c
	}
	c := blur(rng())
	require.Equal(t, c.Blind(), attack.Learn(blur, rng()).Attack(c), "nothing to count: the mode is said")
}
