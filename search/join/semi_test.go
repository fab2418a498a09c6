package join_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/internal/searchtest"
	"github.com/cellseal/cellseal/search/join"
)

func exact(t testing.TB, from keys.Source, o search.Options) *search.Index {
	return search.NewIndex(searchtest.Derive(t, from, keys.Table("invoices"), search.Exact("payer", search.Email)), o)
}

func chunks(t *testing.T, other *search.Index, values []any, size int) (list [][][]byte) {
	for terms, err := range join.Semi(other, slices.Values(values), size) {
		require.NoError(t, err)
		list = append(list, terms)
	}
	return list
}

// All terms of all values, under every enabled key, none twice, and no chunk larger than it may be.
func TestSemi(t *testing.T) {
	ring := searchtest.Rotated(t, searchtest.NewRing(t))
	x := exact(t, ring, search.Options{})
	var values []any
	want := map[string]bool{}
	for i := range 200 {
		v := fmt.Sprintf("user%d@example.com", i%57)
		values = append(values, v, nil, " ", "USER"+v[4:])
		terms, err := x.Match(v)
		require.NoError(t, err)
		for _, term := range terms {
			want[string(term)] = true
		}
	}
	require.Len(t, want, 2*57)
	for _, size := range []int{1, 2, 7, 114, 500} {
		have := map[string]bool{}
		list := chunks(t, x, values, size)
		require.Len(t, list, (len(want)+size-1)/size)
		for _, chunk := range list {
			require.LessOrEqual(t, len(chunk), size)
			for _, term := range chunk {
				require.False(t, have[string(term)], "no term twice")
				have[string(term)] = true
			}
		}
		require.Equal(t, want, have)
	}
	require.Empty(t, chunks(t, x, []any{nil, " "}, 5), "nothing joins with nothing")
}

func TestSemiEndsWithTheFirstError(t *testing.T) {
	ring := searchtest.NewRing(t)
	var errs []error
	for terms, err := range join.Semi(exact(t, ring, search.Options{}), slices.Values([]any{"a@b", "CANARY", "c@d"}), 1) {
		require.Equal(t, err == nil, terms != nil)
		errs = append(errs, err)
	}
	require.Len(t, errs, 2)
	require.NoError(t, errs[0])
	require.ErrorAs(t, errs[1], new(*search.ValueError))
	require.NotContains(t, errs[1].Error(), "CANARY")

	unpinned := exact(t, searchtest.Rotated(t, ring), search.Options{Unique: true})
	for _, err := range join.Semi(unpinned, slices.Values([]any{"a@b"}), 1) {
		require.ErrorAs(t, err, new(*search.PinError))
	}
}

func TestSemiStopsWhenAsked(t *testing.T) {
	n := 0
	for range join.Semi(exact(t, searchtest.NewRing(t), search.Options{}), slices.Values([]any{"a@b", "c@d", "e@f"}), 1) {
		n++
		break
	}
	require.Equal(t, 1, n)
}
