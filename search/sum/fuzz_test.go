package sum_test

import (
	"math/big"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/internal/searchtest"
	"github.com/cellseal/cellseal/search/sum"
)

// Whatever text a database sends, Mod64 is big-integer arithmetic or an error.
func FuzzMod64(f *testing.F) {
	f.Fuzz(func(t *testing.T, text string) {
		have, err := sum.Mod64(text)
		n, ok := new(big.Int).SetString(text, 10)
		if err != nil {
			require.True(t, !ok || len(text) > 40)
			return
		}
		require.True(t, ok)
		require.Equal(t, new(big.Int).Mod(n, new(big.Int).Lsh(big.NewInt(1), 64)).Uint64(), have)
	})
}

// Whatever rows a database sends, what comes of them is a sum within bounds or an error, and never a
// panic.
func FuzzRows(f *testing.F) {
	ring := searchtest.FixedRing(f)
	f.Fuzz(func(t *testing.T, count, least, greatest, total, group string) {
		x := index(t, ring, sum.Label("a", "b"), sum.Options{Dialect: search.PostgreSQL, By: []search.Type{search.Int}, Bound: 1000})
		r, err := x.Row([]any{group, []byte(count), least, greatest, total})
		if err != nil {
			return
		}
		totals, err := x.Add([]sum.Row{r, r})
		if err != nil {
			return
		}
		require.Len(t, totals, 1)
		_, err = strconv.ParseInt(group, 10, 64)
		require.NoError(t, err)
		require.LessOrEqual(t, totals[0].Sum, 1000*totals[0].Rows)
		require.GreaterOrEqual(t, totals[0].Sum, -1000*totals[0].Rows)
	})
}
