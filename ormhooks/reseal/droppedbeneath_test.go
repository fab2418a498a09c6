package reseal_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks/reseal"
)

// A transaction that began before a profile was dropped sees that profile where it sees the rows of then: it
// finds what there is, and takes nothing for lost.
func TestADropBeneathATransactionLosesNothing(t *testing.T) {
	eachTowns(t, func(t *testing.T, p process) {
		p.fill(t, 60)
		require.NoError(t, reseal.Profile(ctx, p.DB.DB, "towns", "city__sm", quick(zipf(cities()[1:], 4000))))
		_, err := reseal.Rows(ctx, p.DB.DB, "towns", nil)
		require.NoError(t, err)
		const q = "SELECT COUNT(*) FROM towns WHERE city = 'Dublin'"
		want := p.texts(t, q)
		tx, err := p.Begin()
		require.NoError(t, err)
		defer tx.Rollback()
		var n int
		require.NoError(t, tx.QueryRow("SELECT COUNT(*) FROM towns").Scan(&n), "its snapshot is of now")
		dropped, err := reseal.DropProfiles(ctx, p.DB.DB, "towns", "city__sm", &reseal.Options{Settle: time.Millisecond})
		require.NoError(t, err)
		require.Equal(t, 1, dropped)
		time.Sleep(2 * shortLease)
		another, err := p.Begin()
		require.NoError(t, err, "by which the process has the list of now, and has opened nothing of it")
		require.NoError(t, another.Rollback())
		for range 3 {
			var found string
			require.NoError(t, tx.QueryRow(q).Scan(&found))
			require.Equal(t, want, []string{"[{" + found + " true}]"})
			require.Equal(t, want, p.texts(t, q))
			time.Sleep(2 * shortLease)
		}
	})
}
