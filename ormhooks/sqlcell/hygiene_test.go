package sqlcell_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/search/hygiene"
)

// The application's own pool is what hygiene.Check is given: the door lets it read.
func TestHygieneIsCheckedThroughTheDoor(t *testing.T) {
	each(t, func(t *testing.T, p pool) {
		d := dialects[p.Dialect]
		through, err := hygiene.Check(ctx, p.DB, d)
		require.NoError(t, err)
		below, err := hygiene.Check(ctx, p.bare, d)
		require.NoError(t, err)
		require.Equal(t, below, through)
	})
}
