package planner

import (
	"math"
	"slices"

	"github.com/cellseal/cellseal/search/internal/attack"
	"github.com/cellseal/cellseal/search/internal/profile"
)

// Bytes of a row: the term in its column, and its entry in the database's index with a
// row's key of 8.
const (
	exactBytes  = 8 + 8 + 8
	uniqueBytes = 32 + 32 + 8
)

// simulation is rows drawn as the sample is, and what is known about them.
type simulation struct {
	p      *Planned
	counts []uint64
	share  []float64
	scale  float64 // rows expected for each that is attacked
}

func newSimulation(p *Planned, counts []uint64) *simulation {
	s := &simulation{p: p, counts: counts, share: make([]float64, len(counts)), scale: float64(p.Rows) / float64(p.Attacked)}
	for v, n := range counts {
		s.share[v] = float64(n) / float64(p.Sampled)
	}
	return s
}

func (s *simulation) clear() Candidate {
	r := rng()
	c := attack.Deterministic(s.share, s.p.Attacked)(r)
	return Candidate{
		Index: "plain", Answers: "everything", AtRest: 1, Known: 1, QueryRows: s.queryRows(c.Volumes()), Named: 1, Tokens: 1, MostTokens: 1, Stored: stored(c), guess: c.Blind(),
	}
}

func (s *simulation) exact() Candidate {
	r := rng()
	world := attack.Deterministic(s.share, s.p.Attacked)
	c := world(r)
	x := Candidate{
		Index: "exact", Tag: "exact", Answers: "=, IN", Tokens: 1, MostTokens: 1, Bytes: exactBytes,
		Known: c.KnownRows(s.p.KnownRows, r), Stored: stored(c),
	}
	x.AtRest, x.guess = attack.Best(world, s.share, r)
	x.EntropyLeft = attack.EntropyLeft(x.AtRest)
	x.query(s, c.Volumes(), s.expected(0))
	return x
}

func (s *simulation) smoothed() Candidate {
	r := rng()
	n := s.p.Attacked
	world := attack.Smoothed(s.counts, s.share, n, nil)
	c := world(r)
	x := Candidate{
		Index: "smoothed", Tag: "smoothed", Answers: "=, IN", Bytes: exactBytes,
		Stored: stored(c),
	}
	// A known row exposes those of its bucket, of which a larger table has no more: so the
	// rows that are attacked are asked with fewer known ones.
	known := float64(s.p.KnownRows) / s.scale
	x.Known = c.KnownRows(int(math.Ceil(known)), r) * known / math.Ceil(known)
	x.AtRest, x.guess = attack.Best(world, s.share, r)
	x.EntropyLeft = attack.EntropyLeft(x.AtRest)

	drifted := slices.Clone(s.share)
	for v := range drifted {
		drifted[v] *= math.Exp(.3 * r.NormFloat64())
	}
	after, guess := attack.Best(attack.Smoothed(s.counts, drifted, n, nil), drifted, r)
	x.Drifted = after / guess

	// What a query finds, under a profile for the rows that are attacked; its tokens and
	// false rows, under one for all.
	l := attack.NewLayout(s.counts, uint64(n), r)
	volumes := make([]int, len(l.Cuts)+1)
	places := attack.Places(l, len(s.counts), r)
	for _, v := range attack.NewSampler(s.share).Draw(n, r) {
		volumes[l.At(places[v], r.Uint64())]++
	}
	found := make([]int, len(s.counts))
	for v := range found {
		first, last := l.Buckets(places[v])
		for t := first; t <= last; t++ {
			found[v] += volumes[t]
		}
	}
	buckets := profile.Lambda(uint64(n))
	x.query(s, found, s.expected(2*float64(n)/buckets))
	lambda := profile.Lambda(s.p.Rows)
	x.FalseRows = 2 * float64(s.p.Rows) / lambda
	x.QueryRows = s.queryRows(nil) + x.FalseRows
	for _, p := range s.share {
		x.Tokens += p * (1 + lambda*p)
	}
	x.MostTokens = int(math.Ceil(1 + lambda*s.share[0]))
	return x
}

// query says what one query shows, of which found rows are seen for each value.
func (x *Candidate) query(s *simulation, found []int, expected []float64) {
	x.QueryRows = s.queryRows(found)
	x.Named = attack.Named(found, expected, s.share)
}

// expected is how many rows a query for each value brings if nothing but chance is at work.
func (s *simulation) expected(more float64) []float64 {
	e := make([]float64, len(s.share))
	for v, p := range s.share {
		e[v] = p*float64(s.p.Attacked) + more
	}
	return e
}

// queryRows is the average of found, or of what is expected, over queries as frequent as
// values, in a table of as many rows as are expected.
func (s *simulation) queryRows(found []int) float64 {
	rows := 0.0
	for v, p := range s.share {
		n := p * float64(s.p.Attacked)
		if found != nil {
			n = float64(found[v])
		}
		rows += p * n
	}
	return rows * s.scale
}

func stored(c attack.Column) []int {
	volumes := slices.DeleteFunc(c.Volumes(), func(n int) bool { return n == 0 })
	slices.SortFunc(volumes, func(a, b int) int { return b - a })
	return volumes
}

// sealed is the column encrypted and without an index: what every other candidate is worse than at rest.
func sealed(p *Planned) Candidate {
	return Candidate{Index: "none", Answers: "nothing: all rows are read", AtRest: p.Guess, EntropyLeft: attack.EntropyLeft(p.Guess), guess: p.Guess}
}

// uniqueCandidates need no simulation: every row has a token of its own, and nothing but
// guessing is left.
func uniqueCandidates(p *Planned) []Candidate {
	ones := slices.Repeat([]int{1}, int(min(p.Rows, 1000)))
	return []Candidate{
		{Index: "plain", Answers: "everything", AtRest: 1, Known: 1, QueryRows: 1, Named: 1, Tokens: 1, MostTokens: 1, Stored: ones, guess: p.Guess},
		{Index: "exact, unique", Tag: "exact,unique", Answers: "=, IN, UNIQUE", AtRest: p.Guess, EntropyLeft: attack.EntropyLeft(p.Guess), QueryRows: 1, Named: p.Guess,
			Tokens: 1, MostTokens: 1, Bytes: uniqueBytes, Stored: ones, guess: p.Guess},
	}
}
