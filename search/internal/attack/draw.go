package attack

import (
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/cellseal/cellseal/search/internal/profile"
)

// A Sampler draws values, numbered from 0, as often as their shares say.
type Sampler struct{ upTo []float64 }

// NewSampler takes shares that need not add up to 1.
func NewSampler(share []float64) Sampler {
	upTo := make([]float64, len(share))
	sum := 0.0
	for v, p := range share {
		sum += p
		upTo[v] = sum
	}
	return Sampler{upTo}
}

// Draw returns the values of n rows.
func (s Sampler) Draw(n int, r *rand.Rand) []int32 {
	values := make([]int32, n)
	total := s.upTo[len(s.upTo)-1]
	for i := range values {
		v, _ := slices.BinarySearch(s.upTo, r.Float64()*total)
		values[i] = int32(min(v, len(s.upTo)-1))
	}
	return values
}

// Deterministic is the world of an exact index, and of a plain column whose values are
// not understood: one token a value.
func Deterministic(share []float64, rows int) World {
	s := NewSampler(share)
	return func(r *rand.Rand) Column {
		v := s.Draw(rows, r)
		return Column{Token: v, Value: v, Tokens: len(share), Values: len(share)}
	}
}

// Smoothed is the world of a Smoothed index: a profile of counts, made for so many rows,
// and rows that are in truth as frequent as share says. layout nil is the one of
// search/FORMAT.md §5; a test puts another in its place.
func Smoothed(counts []uint64, share []float64, rows int, layout func(*profile.Layout)) World {
	s := NewSampler(share)
	return func(r *rand.Rand) Column {
		l := NewLayout(counts, uint64(rows), r)
		if layout != nil {
			layout(l)
		}
		places := Places(l, len(share), r)
		c := Column{Value: s.Draw(rows, r), Token: make([]int32, rows), Tokens: len(l.Cuts) + 1, Values: len(share)}
		for i, v := range c.Value {
			c.Token[i] = int32(l.At(places[v], r.Uint64()))
		}
		return c
	}
}

// NewLayout is a profile of values named by their numbers, under keys of r's choice.
func NewLayout(counts []uint64, rows uint64, r *rand.Rand) *profile.Layout {
	named := map[string]uint64{}
	order := make([][32]byte, len(counts))
	for v, n := range counts {
		named[strconv.Itoa(v)] = n
		for i := range 4 {
			order[v][i] = byte(r.Uint32())
		}
	}
	l, err := profile.New(rows, named, func(v string) [32]byte {
		i, _ := strconv.Atoi(v)
		return order[i]
	}, r.Uint64)
	if err != nil {
		panic("cellseal/search: simulated profile: " + err.Error())
	}
	return l
}

// Places returns the parts of the values 0 to n - 1.
func Places(l *profile.Layout, n int, r *rand.Rand) []profile.Place {
	at := make([]uint64, n)
	for v := range at {
		at[v] = r.Uint64()
	}
	places := make([]profile.Place, n)
	for v := range places {
		places[v] = l.Place(strconv.Itoa(v), func(string) uint64 { return at[v] })
	}
	return places
}
