package sid_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/search/internal/searchtest"
	"github.com/cellseal/cellseal/search/sid"
)

// Whatever lies in the table: an entry is one this index made of the row it gives, or it is refused.
func FuzzRow(f *testing.F) {
	ring := searchtest.FixedRing(f)
	f.Fuzz(func(t *testing.T, token, id []byte, wide bool) {
		size := map[bool]int{false: 8, true: 16}[wide]
		x := index(t, ring, sid.Label("city"), sid.Options{RowSize: size})
		row, err := x.Row(sid.Entry{Token: token, SID: id})
		if err != nil {
			require.ErrorIs(t, err, sid.ErrEntry)
			return
		}
		require.Len(t, row, size)
	})
}
