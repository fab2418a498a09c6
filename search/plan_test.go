package search_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/search"
)

func plan[V any](t testing.TB, sample []V, o *search.PlanOptions) *search.Planned {
	t.Helper()
	p, err := search.Plan(sample, o)
	require.NoError(t, err)
	for _, c := range p.Candidates {
		require.InDelta(t, .5, c.AtRest, .5, c.Index)
		require.InDelta(t, .5, c.Known, .5, c.Index)
		require.InDelta(t, .5, c.Named, .5001, c.Index)
		require.False(t, math.IsNaN(c.Drifted+c.EntropyLeft+c.QueryRows+c.FalseRows+c.Tokens+c.Bytes), c.Index)
	}
	require.NotContains(t, p.String(), "NaN")
	return p
}

func TestWhatIsRecommended(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	ids := make([]int, 3000)
	even := make([]int, 3000)
	coins := make([]bool, 3000)
	zips := make([]string, 3000)
	for i := range ids {
		ids[i], even[i], coins[i], zips[i] = i, i%60, i%2 == 0, fmt.Sprintf("%05d", int(math.Exp(r.Float64()*8)))
	}
	ints := search.PlanOptions{Type: search.Int}
	require.Equal(t, `search:"exact,unique"`, plan(t, ids, &ints).Tag)
	require.Equal(t, `search:"exact"`, plan(t, even[:60*50], &ints).Tag)
	require.Equal(t, `search:"exact,leaks=frequency"`, plan(t, coins, &search.PlanOptions{Type: search.Bool}).Tag)
	require.Equal(t, `search:"range,digits"`, plan(t, zips, &search.PlanOptions{Transforms: []search.Transform{search.Digits}, Order: true}).Tag)
	require.Equal(t, `search:"words,digits;substring,digits"`, plan(t, zips, &search.PlanOptions{Transforms: []search.Transform{search.Digits}, Words: true, Parts: true}).Tag)
	parts := plan(t, zips, &search.PlanOptions{Transforms: []search.Transform{search.First(2)}, Words: true, Parts: true})
	require.Equal(t, `search:"exact,first(2),leaks=frequency"`, parts.Tag, "no other index takes first")
	require.Contains(t, parts.String(), "For words there is no index under these transforms.")
	choice := plan(t, zips, &search.PlanOptions{Parts: true})
	require.Equal(t, []string{`search:"smoothed;substring"`, `search:"words;substring"`}, []string{choice.Tag, choice.Or})
	skewed := make([]int, 3000)
	for i := range skewed {
		skewed[i] = int(math.Exp(r.Float64() * 5))
	}
	both := plan(t, skewed, &search.PlanOptions{Type: search.Int, Rows: 3_000_000})
	require.Equal(t, []string{`search:"smoothed"`, `search:"range"`}, []string{both.Tag, both.Or}, "of numbers there are no words")
	require.Contains(t, both.String(), "range: who watches queries learns the order")
	require.Contains(t, both.String(), "unless Options.MaxRows says more")
	numbers := plan(t, ids, &search.PlanOptions{Type: search.Int, Words: true, Order: true})
	require.Equal(t, `search:"exact,unique;range"`, numbers.Tag)
	require.Contains(t, numbers.String(), "For words there is no index on this type.")
}

func TestPlansOfLittle(t *testing.T) {
	for _, sample := range [][]string{{"a"}, {"a", "a"}, {"a", "b"}, {"a", "a", "b"}, strings.Split(strings.Repeat("a", 500), "")} {
		for _, rows := range []uint64{0, 1, 5000} {
			plan(t, sample, &search.PlanOptions{Rows: rows, KnownRows: 3})
		}
	}
	small := plan(t, []string{"a", "b", "c"}, &search.PlanOptions{Rows: 1500}).String()
	require.Contains(t, small, "A table of 1 500 rows is read and decrypted within milliseconds")
	require.Contains(t, small, "WARNING: with a sample of 3 rows the figures below mean little.")

	for _, none := range [][]any{nil, {nil}, {"", nil, (*string)(nil)}} {
		_, err := search.Plan(none, &search.PlanOptions{Column: "city", Transforms: []search.Transform{search.Trim}})
		require.EqualError(t, err, "cellseal/search: city: a sample without a value plans nothing")
	}
}

// The answer is the same each time, and holds no value of the sample.
func TestAPlanIsStableAndHoldsNoValue(t *testing.T) {
	_, cities, _ := samples(2000)
	for i := range cities {
		cities[i] = canary + cities[i]
	}
	first, second := plan(t, cities, nil), plan(t, cities, nil)
	require.Equal(t, first.String(), second.String())
	require.NotContains(t, fmt.Sprintf("%v %+v %#v", first, *first, first), canary)
	require.Empty(t, first.Common)
	named := plan(t, cities, &search.PlanOptions{Common: 2, Transforms: []search.Transform{search.Fold}})
	require.Len(t, named.Common, 2)
	require.Contains(t, named.Common[0], canary, "as it was written")
	require.NotContains(t, named.String(), canary)

	_, err := search.Plan([]string{canary + "\xff"}, &search.PlanOptions{Transforms: []search.Transform{search.Fold}})
	var bad *search.ValueError
	require.ErrorAs(t, err, &bad)
	require.NotContains(t, err.Error(), canary)
	require.Contains(t, panics(t, func() {
		_, _ = search.Plan([]int{1}, &search.PlanOptions{Type: search.Int, Transforms: []search.Transform{search.Fold}})
	}), "transforms are for text")
}
