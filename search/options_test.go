package search_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
)

// CheckOptions says what NewIndex would panic with, for labels and options of every
// sort, and keys refuses the labels that it refuses.
func TestCheckOptionsAgreesWithNewIndex(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	ring := fixedRing(t)
	good, bad, noLabel := 0, 0, 0
	for range 20000 {
		label, o := randomLabel(r), randomOptions(r)
		err := search.CheckOptions(label, o)
		d, labelErr := ring.Index(t.Context(), keys.Table("t"), label)
		if labelErr != nil {
			require.Error(t, err, "%s", label)
			noLabel++
			continue
		}
		if err == nil {
			require.NotPanics(t, func() { search.NewIndex(d, o) }, "%s %+v", label, o)
			good++
		} else {
			require.PanicsWithValue(t, err.Error(), func() { search.NewIndex(d, o) }, "%s %+v", label, o)
			bad++
		}
	}
	require.Greater(t, good, 1000)
	require.Greater(t, bad, 1000)
	require.Greater(t, noLabel, 1000)
}

func randomLabel(r *rand.Rand) keys.Label {
	if r.IntN(10) == 0 {
		return keys.Index(pick(r, "a", "a+b", "", "a+", "a b", "ä"), pick(r, "exact", "sorted", "words", "blind", ""), pick(r, "", "fold.v1", ";", "fold.v1;trim.v1", "Fold", "fold"))
	}
	var columns []search.Column
	for i := range 1 + r.IntN(3) {
		c := search.Column{Name: fmt.Sprintf("c%d", i)}
		for range r.IntN(3) * r.IntN(2) {
			c.Transforms = append(c.Transforms, search.Transform(pick(r, "trim.v1", "fold.v1", "digits.v1", "last(4).v1", "first(9).v1", "first(65).v1", "fold.v2", "soundex.v1", "fold")))
		}
		columns = append(columns, c)
	}
	return search.ExactTuple(columns...)
}

func randomOptions(r *rand.Rand) (o search.Options) {
	for range r.IntN(4) {
		o.Types = append(o.Types, search.Type(r.IntN(4)*r.IntN(5)))
	}
	o.Unique = r.IntN(3) == 0
	o.PinnedKey = pick[uint32](r, 0, 0, 0, primaryKey, 7)
	o.Bits = pick(r, 0, 0, 0, 1, 64, 255, 256, 257, -1)
	o.MaxValues = pick[uint64](r, 0, 0, 0, 1, 1<<24-1, 1<<24, 1<<63)
	o.AcceptFrequencyLeak = r.IntN(2) == 0
	return o
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

func TestALowEntropyColumnNeedsAcceptance(t *testing.T) {
	type types = []search.Type
	bools, ints := types{search.Bool}, types{search.Int}
	status := search.Column{Name: "status"}
	ssn4 := search.Column{Name: "ssn", Transforms: []search.Transform{search.Digits, search.Last(4)}}
	for name, c := range map[string]struct {
		label keys.Label
		o     search.Options
		low   bool
	}{
		"text":                               {search.Exact("a"), search.Options{}, false},
		"integer":                            {search.Exact("a"), search.Options{Types: ints}, false},
		"bool":                               {search.Exact("a"), search.Options{Types: bools}, true},
		"the last four digits":               {search.ExactTuple(ssn4), search.Options{}, true},
		"the digits of the last four":        {search.Exact("a", search.Last(4), search.Digits), search.Options{}, true},
		"the last four characters":           {search.Exact("a", search.Last(4)), search.Options{}, true},
		"the last five characters":           {search.Exact("a", search.Last(5)), search.Options{}, false},
		"the last seven digits":              {search.Exact("a", search.Digits, search.Last(7)), search.Options{}, true},
		"the last eight digits":              {search.Exact("a", search.Digits, search.Last(8)), search.Options{}, false},
		"a bool that says it is more":        {search.Exact("a"), search.Options{Types: bools, MaxValues: 1 << 40}, true},
		"an enumeration":                     {search.Exact("a"), search.Options{MaxValues: 5}, true},
		"an enumeration of one":              {search.Exact("a"), search.Options{MaxValues: 1}, true},
		"just below 2^24 values":             {search.Exact("a"), search.Options{MaxValues: 1<<24 - 1}, true},
		"2^24 values":                        {search.Exact("a"), search.Options{MaxValues: 1 << 24}, false},
		"all that 64 bits count":             {search.Exact("a"), search.Options{MaxValues: 1<<64 - 1}, false},
		"two bools":                          {search.ExactTuple(status, search.Column{Name: "b"}), search.Options{Types: types{search.Bool, search.Bool}}, true},
		"a bool with a text":                 {search.ExactTuple(status, search.Column{Name: "b"}), search.Options{Types: types{search.Bool, search.Text}}, false},
		"a bool with four digits":            {search.ExactTuple(status, ssn4), search.Options{Types: types{search.Bool, search.Text}}, true},
		"twice four digits":                  {search.ExactTuple(ssn4, ssn4), search.Options{}, false},
		"twice four digits that say they do": {search.ExactTuple(ssn4, ssn4), search.Options{MaxValues: 20_000}, true},
		"truncated":                          {search.Exact("a"), search.Options{Types: bools, Bits: 1}, true},
	} {
		err := search.CheckOptions(c.label, c.o)
		if c.low {
			require.ErrorContains(t, err, "AcceptFrequencyLeak", name)
			require.ErrorContains(t, err, "guess which is which", name)
		} else {
			require.NoError(t, err, name)
		}
		c.o.AcceptFrequencyLeak = true
		require.NoError(t, search.CheckOptions(c.label, c.o), name)
		c.o.AcceptFrequencyLeak, c.o.Unique, c.o.Bits = false, true, 0
		require.NoError(t, search.CheckOptions(c.label, c.o), "%s, unique", name)
	}
	require.ErrorContains(t, search.CheckOptions(search.Exact("a"), search.Options{Types: bools}), "about 2^1 different values")
	require.ErrorContains(t, search.CheckOptions(search.ExactTuple(ssn4), search.Options{}), "about 2^13 different values")
}
