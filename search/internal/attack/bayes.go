package attack

import (
	"math"
	"math/rand/v2"
)

// A World draws a column as the attacker imagines it: a layout, keys and rows of his own,
// from the distribution he knows and the construction he knows.
type World func(r *rand.Rand) Column

// How many worlds the attacker learns from, and by how many he judges what he learned.
const (
	worlds = 24
	trials = 6
)

// resolutions are in steps per octave of a token's row count. Fine steps tell values apart
// whose tokens hardly vary; coarse ones waste no observation on noise. At 0 there is one
// step for all: the blind guess.
var resolutions = []float64{0, 1, 2, 4, 8, 16, 32}

// Learn returns what a Monte-Carlo Bayes attacker says of each token: the value that most
// rows hold, in the worlds he drew, under tokens of as many rows. Given one token's count
// alone no rule recovers more on average, but for the noise of his worlds; how fine counts
// are told apart he decides by further worlds.
//
// Tokens are judged one by one. What a joint assignment adds (all rows of a value must go
// somewhere) only matters where single tokens are told apart already, and there [Column.Rank]
// is that assignment: [Best] takes the better of both.
func Learn(world World, r *rand.Rand) Rule {
	draw := func(n int) (all [][]held) {
		for range n {
			all = append(all, world(r).held())
		}
		return all
	}
	learn, judge := draw(worlds), draw(trials)
	var best Rule
	most := -1
	for _, steps := range resolutions {
		k := learned(learn, steps)
		right := 0
		for _, w := range judge {
			right += k.attack(w)
		}
		if right > most {
			best, most = k, right
		}
	}
	return best
}

// Attack returns the fraction of rows that the rule recovers of c.
func (k Rule) Attack(c Column) float64 {
	return float64(k.attack(c.held())) / float64(len(c.Token))
}

// Best returns the fraction of rows that the stronger of both attacks recovers of a column
// at rest, and what blind guessing gets, averaged over several draws of its world: of two
// values that are equally frequent one draw says all or nothing.
func Best(world World, share []float64, r *rand.Rand) (recovered, blind float64) {
	const draws = 4
	k := Learn(world, r)
	byRank, byRule := 0.0, 0.0
	for range draws {
		c := world(r)
		byRank += c.Rank(share, r) / draws
		byRule += k.Attack(c) / draws
		blind += c.Blind() / draws
	}
	return max(byRank, byRule), blind
}

// held says how many rows of a value are under one token, which has volume rows in all.
type held struct {
	value        int32
	rows, volume int
}

func (c Column) held() []held {
	volumes := c.Volumes()
	type pair struct{ token, value int32 }
	n := map[pair]int{}
	for i, t := range c.Token {
		n[pair{t, c.Value[i]}]++
	}
	list := make([]held, 0, len(n))
	for p, rows := range n {
		list = append(list, held{p.value, rows, volumes[p.token]})
	}
	return list
}

// A Rule says which value a token of so many rows is taken for.
type Rule struct {
	steps     float64 // per octave
	guess     map[int]int32
	otherwise int32
}

func learned(from [][]held, steps float64) Rule {
	k := Rule{steps: steps, guess: map[int]int32{}}
	rows := map[int]map[int32]int{} // of each value, by step
	all := map[int32]int{}
	for _, w := range from {
		for _, h := range w {
			s := k.step(h.volume)
			if rows[s] == nil {
				rows[s] = map[int32]int{}
			}
			rows[s][h.value] += h.rows
			all[h.value] += h.rows
		}
	}
	for s, values := range rows {
		k.guess[s] = most(values)
	}
	k.otherwise = most(all)
	return k
}

func most(of map[int32]int) (v int32) {
	best := -1
	for x, n := range of {
		if n > best || n == best && x < v {
			v, best = x, n
		}
	}
	return v
}

func (k Rule) step(rows int) int { return int(k.steps * math.Log2(float64(rows))) }

// attack returns how many rows the rule gets right.
func (k Rule) attack(list []held) (right int) {
	for _, h := range list {
		guess, ok := k.guess[k.step(h.volume)]
		if !ok {
			guess = k.otherwise
		}
		if guess == h.value {
			right += h.rows
		}
	}
	return right
}
