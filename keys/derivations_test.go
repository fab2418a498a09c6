package keys_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
)

// A ring remembers what it derived, and each path has its own.
func TestDerivationsAreRemembered(t *testing.T) {
	r, err := keys.NewRing()
	require.NoError(t, err)
	derive := func(tenant, table string) *keys.Derived {
		d, err := r.Cells(t.Context(), keys.Scope("tenant", tenant), keys.Table(table))
		require.NoError(t, err)
		return d
	}
	first := derive("a", "t")
	require.True(t, first == derive("a", "t"))
	require.False(t, first == derive("a", "tt"))
	require.False(t, first == derive("at", "t"))
	index, err := r.Index(t.Context(), keys.Scope("tenant", "a"), keys.Table("t"))
	require.NoError(t, err)
	require.False(t, first == index)

	_, err = r.Cells(t.Context(), "no label")
	require.Error(t, err)
	_, err = r.Cells(t.Context(), "no label")
	require.Error(t, err, "an error is not remembered as a success")

	next, _, err := r.CellKeys().Add()
	require.NoError(t, err)
	rotated, err := r.WithCellKeys(next)
	require.NoError(t, err)
	other, err := rotated.Cells(t.Context(), keys.Scope("tenant", "a"), keys.Table("t"))
	require.NoError(t, err)
	require.False(t, first == other, "another ring has its own")
}

func TestDerivationsAreBounded(t *testing.T) {
	r, err := keys.NewRing()
	require.NoError(t, err)
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			for i := range 3000 {
				_, err := r.Cells(t.Context(), keys.Scope("tenant", fmt.Sprint(worker, i)), keys.Table("t"))
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	require.LessOrEqual(t, keys.Remembered(r), 4096)
}
