package attack

import (
	"cmp"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
)

// A Column is what is stored and what it stands for, row by row. Tokens and values are
// numbered from 0.
type Column struct {
	Token, Value   []int32
	Tokens, Values int
}

// Blind returns the fraction of rows that the best constant guess gets right: the rows of
// the most frequent value. It needs no look at the table.
func (c Column) Blind() float64 {
	return float64(slices.Max(count(c.Value, c.Values))) / float64(len(c.Value))
}

// Volumes returns how many rows each token has.
func (c Column) Volumes() []int { return count(c.Token, c.Tokens) }

// EntropyLeft is the average min-entropy in bits (Dodis, Reyzin, Smith, EUROCRYPT 2004) of
// a row's value against an attack that recovers this fraction of rows.
func EntropyLeft(recovered float64) float64 { return max(0, -math.Log2(recovered)) }

func count(of []int32, kinds int) []int {
	n := make([]int, kinds)
	for _, v := range of {
		n[v]++
	}
	return n
}

// recovered returns the fraction of rows whose token guess names their value. A guess of
// -1 is none.
func (c Column) recovered(guess []int32) float64 {
	right := 0
	for i, t := range c.Token {
		if guess[t] == c.Value[i] {
			right++
		}
	}
	return float64(right) / float64(len(c.Token))
}

// Rank is frequency analysis: it returns the fraction of rows recovered if the most frequent
// token is taken for the value with the greatest share, the second for the second, and so
// on. Tokens with equally many rows stand as r says; among values with equal shares the
// attacker draws lots, and what he gets on average is returned.
func (c Column) Rank(share []float64, r *rand.Rand) float64 {
	volumes := c.Volumes()
	tokens := r.Perm(c.Tokens)
	slices.SortStableFunc(tokens, func(a, b int) int { return cmp.Compare(volumes[b], volumes[a]) })
	values := make([]int, c.Values)
	for v := range values {
		values[v] = v
	}
	slices.SortStableFunc(values, func(a, b int) int { return cmp.Compare(share[b], share[a]) })

	tied := map[float64]float64{} // how many values have a share
	for _, p := range share {
		tied[p]++
	}
	guess := make([]float64, c.Tokens) // a share; below 0 for none
	for i, t := range tokens {
		guess[t] = -1
		if i < len(values) {
			guess[t] = share[values[i]]
		}
	}
	right := 0.0
	for i, t := range c.Token {
		if p := share[c.Value[i]]; p == guess[t] {
			right += 1 / tied[p]
		}
	}
	return right / float64(len(c.Token))
}

// KnownRows returns the fraction of rows that knowing the values of k random rows gives
// away: rows under a token of a known row that hold the value known of it most often. The
// known rows themselves do not count.
func (c Column) KnownRows(k int, r *rand.Rand) float64 {
	k = min(k, len(c.Token))
	known := r.Perm(len(c.Token))[:k]
	seen := map[int32]map[int32]int{}
	for _, row := range known {
		t := c.Token[row]
		if seen[t] == nil {
			seen[t] = map[int32]int{}
		}
		seen[t][c.Value[row]]++
	}
	guess := make([]int32, c.Tokens)
	for t := range guess {
		guess[t] = -1
		best := 0
		for v, n := range seen[int32(t)] {
			if n > best || n == best && v < guess[t] {
				guess[t], best = v, n
			}
		}
	}
	right := c.recovered(guess) * float64(len(c.Token))
	for _, row := range known {
		if guess[c.Token[row]] == c.Value[row] {
			right--
		}
	}
	return right / float64(len(c.Token))
}

// Named returns the fraction of queries whose value an observer names by how many rows
// they point at. found[v] is what a query for v brought, expected[v] what the observer
// expects of it; values are asked for as often as share says.
func Named(found []int, expected, share []float64) float64 {
	likeliest := map[float64]int{} // of the values of which as many rows are expected
	for v, x := range expected {
		if best, ok := likeliest[x]; !ok || share[v] > share[best] {
			likeliest[x] = v
		}
	}
	order := slices.Sorted(maps.Keys(likeliest))
	named, total := 0.0, 0.0
	for v, n := range found {
		at, _ := slices.BinarySearch(order, float64(n))
		if at == len(order) || at > 0 && float64(n)-order[at-1] < order[at]-float64(n) {
			at--
		}
		total += share[v]
		if likeliest[order[at]] == v {
			named += share[v]
		}
	}
	return named / total
}
