package smooth

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/search"
)

// What is found by a question's tokens are all rows of its values, and a few of others, which do not match.
func TestAQuestionFindsMoreAndMatchesExactly(t *testing.T) {
	d, err := celltest.Ring(t).Index(context.Background(), keys.Table("towns"), search.Smoothed("city", search.Fold))
	require.NoError(t, err)
	counts := map[any]uint64{}
	for i := range 20 {
		counts[fmt.Sprint("city ", i)] = uint64(100 / (i + 1))
	}
	p, err := search.NewProfile(d, counts, nil)
	require.NoError(t, err)
	x := search.NewSmoothed(d, p)
	q, err := Ask(x, []any{"CITY 3", nil, "city 7", "City 3"})
	require.NoError(t, err)
	tokens := map[string]bool{}
	for _, t := range q.Tokens {
		tokens[string(t[0].([]byte))] = true
	}
	others := 0
	for row := range int64(4000) {
		city := fmt.Sprint("city ", row%20)
		token, err := x.Token(cell.RowID(cell.BindInt("id", 1+row)), city)
		require.NoError(t, err)
		matches, err := q.Matches(city)
		require.NoError(t, err)
		require.Equal(t, row%20 == 3 || row%20 == 7, matches)
		switch found := tokens[string(token)]; {
		case matches:
			require.True(t, found, city)
		case found:
			others++
		}
	}
	require.NotZero(t, others, "or nobody would have to compare")
	matches, err := q.Matches(nil)
	require.NoError(t, err)
	require.False(t, matches, "a token beside NULL finds nothing")

	none, err := Ask(x, []any{nil})
	require.NoError(t, err)
	require.Empty(t, none.Tokens)
}
