package planner

import (
	"cmp"
	"maps"
	"math/rand/v2"
	"slices"
)

const (
	// More rows make the figures finer, not others; fewer would have smaller buckets than a
	// large table has (profile.Lambda).
	maxAttacked = 100_000
	seed        = 4
)

// Plan attacks the sample under every candidate. The input must hold a value.
func Plan(in Input) *Planned {
	values := slices.SortedFunc(maps.Keys(in.Counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(in.Counts[b], in.Counts[a]), cmp.Compare(a, b))
	})
	p := &Planned{Column: in.Column, Rows: in.Rows, Distinct: len(values), KnownRows: in.Known, asked: in.Asked}
	counts := make([]uint64, len(values))
	for i, v := range values {
		counts[i] = in.Counts[v]
		p.Sampled += int(counts[i])
	}
	p.Rows = cmp.Or(p.Rows, uint64(p.Sampled))
	p.unique = counts[0] == 1 && len(counts) > 1
	p.Attacked = int(min(p.Rows, maxAttacked))
	for _, v := range values[:min(in.Common, len(values))] {
		p.Common = append(p.Common, in.Shown[v])
	}
	if p.unique {
		p.Guess = 1 / float64(p.Rows)
		p.Candidates = uniqueCandidates(p)
	} else {
		p.Guess = float64(counts[0]) / float64(p.Sampled)
		s := newSimulation(p, counts)
		p.Candidates = []Candidate{s.clear(), s.exact()}
		if !partial(in.Transforms) {
			p.Candidates = append(p.Candidates, s.smoothed())
		}
	}
	p.Candidates = slices.Insert(p.Candidates, 1, sealed(p))
	if takesLists(in.Transforms) {
		p.Candidates = append(p.Candidates, segments(p, in)...)
	}
	p.listless = !takesLists(in.Transforms)
	p.recommend(in)
	return p
}

func rng() *rand.Rand { return rand.New(rand.NewPCG(seed, seed)) }
