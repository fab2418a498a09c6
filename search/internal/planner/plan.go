package planner

import (
	"cmp"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
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
		p.Candidates = []Candidate{s.clear(), s.exact(), s.smoothed()}
	}
	p.Candidates = append(p.Candidates, segments(p, in)...)
	p.recommend(in)
	return p
}

// recommend chooses the index for equality, and writes the tag.
func (p *Planned) recommend(in Input) {
	exact, _ := p.Candidate("exact")
	switch {
	case p.unique:
		p.Best = "exact, unique"
	case exact.AtRest <= maxBeside*exact.guess:
		p.Best = "exact"
	default:
		p.Best = "smoothed"
	}
	for i := range p.Candidates {
		c := &p.Candidates[i]
		if c.Index == "exact" && in.Leaks {
			c.Tag += ",leaks=frequency"
		}
		c.Tag = tag(c.Tag, in.Transforms)
	}
	best, _ := p.Candidate(p.Best)
	var parts []string
	parts = append(parts, best.Tag)
	for _, more := range []struct {
		asked bool
		index string
	}{{p.asked.Words, "words"}, {p.asked.Parts, "substring"}, {p.asked.Order, "sorted"}} {
		if c, ok := p.Candidate(more.index); ok && more.asked {
			parts = append(parts, c.Tag)
		}
	}
	p.Tag = `search:"` + strings.Join(parts, ";") + `"`
}

// maxBeside is how much more than by guessing an exact index may give away before the plan
// advises against it.
const maxBeside = 1.15

// tag adds the transforms to what names an index.
func tag(index string, transforms []string) string {
	if index == "" {
		return ""
	}
	kind, rest, _ := strings.Cut(index, ",")
	parts := append([]string{kind}, transforms...)
	if rest != "" {
		parts = append(parts, rest)
	}
	return strings.Join(parts, ",")
}

func rng() *rand.Rand { return rand.New(rand.NewPCG(seed, seed)) }
