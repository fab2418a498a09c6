package reseal_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/reseal"
)

// lost wants every query of a city to be an error.
func (p process) lost(t *testing.T) {
	t.Helper()
	for _, query := range []string{"SELECT id FROM towns WHERE city = 'Dublin'", "SELECT id FROM towns WHERE city <> 'Dublin'", "SELECT COUNT(*) FROM towns WHERE city IN ('Cork', 'Naas')"} {
		var gone *ormhooks.ProfileError
		rows, err := p.Query(query)
		if err == nil {
			err = rows.Err()
			rows.Close()
		}
		require.ErrorAs(t, err, &gone, query)
		require.True(t, gone.Lost)
		require.ErrorContains(t, err, "reseal.DropProfiles")
	}
}

// A profile that is replaced, and of which rows have tokens still, is deleted by somebody else.
func TestADeletedProfileIsNoticed(t *testing.T) {
	eachTowns(t, func(t *testing.T, p process) {
		p.fill(t, 60)
		require.NoError(t, reseal.Profile(ctx, p.DB.DB, "towns", "city__sm", quick(nil)))
		require.Equal(t, []string{"live", "retired"}, p.states(t))
		p.same(t, "SELECT id FROM towns WHERE city = 'Dublin' ORDER BY id")
		_, err := p.bare(t).Exec("DELETE FROM cellseal_profiles WHERE state = 'retired'")
		require.NoError(t, err)
		time.Sleep(2 * shortLease)
		p.lost(t)
		fresh := func() process {
			return newProcess(t, testdb.DB{DB: p.bare(t), Dialect: p.Dialect, Connector: p.Connector, Types: p.Types}, celltest.Ring(t), shortLease, towns())
		}
		fresh().lost(t)
		p.both(t, "INSERT INTO towns (id, city) VALUES (1000, 'Dublin')") // writers go on
		p.lost(t)

		_, err = reseal.DropProfiles(ctx, p.DB.DB, "towns", "city__sm", &reseal.Options{Settle: time.Millisecond})
		require.ErrorContains(t, err, "call Rows")
		report, err := reseal.Rows(ctx, p.DB.DB, "towns", nil)
		require.NoError(t, err)
		require.Positive(t, report.Wrote)
		fresh().lost(t)
		_, err = reseal.DropProfiles(ctx, p.DB.DB, "towns", "city__sm", &reseal.Options{Settle: time.Millisecond})
		require.NoError(t, err)
		time.Sleep(2 * shortLease)
		for _, p := range []process{p, fresh()} {
			p.same(t, "SELECT id FROM towns WHERE city = 'Dublin' ORDER BY id")
			p.same(t, "SELECT id FROM towns WHERE city <> 'Dublin' ORDER BY id")
		}
	})
}

// The newest profile is deleted, and an older one put in its place: nothing in the database tells, but a process
// that has met it does.
func TestProfilesThatAreSetBackAreNoticed(t *testing.T) {
	eachTowns(t, func(t *testing.T, p process) {
		p.fill(t, 60)
		require.NoError(t, reseal.Profile(ctx, p.DB.DB, "towns", "city__sm", quick(nil)))
		_, err := reseal.Rows(ctx, p.DB.DB, "towns", nil)
		require.NoError(t, err)
		p.same(t, "SELECT id FROM towns WHERE city = 'Dublin' ORDER BY id")
		for _, statement := range []string{"DELETE FROM cellseal_profiles WHERE state = 'live'", "UPDATE cellseal_profiles SET state = 'live'"} {
			_, err := p.bare(t).Exec(statement)
			require.NoError(t, err)
		}
		time.Sleep(2 * shortLease)
		p.lost(t)
	})
}

// What was given up in order is missed by nobody, and neither is what was announced and never written by.
func TestProfilesThatAreDroppedAreNotMissed(t *testing.T) {
	eachTowns(t, func(t *testing.T, p process) {
		p.fill(t, 30)
		for range 2 {
			require.NoError(t, reseal.Profile(ctx, p.DB.DB, "towns", "city__sm", quick(nil)))
			_, err := reseal.Rows(ctx, p.DB.DB, "towns", nil)
			require.NoError(t, err)
			p.same(t, "SELECT id FROM towns WHERE city = 'Dublin' ORDER BY id")
			n, err := reseal.DropProfiles(ctx, p.DB.DB, "towns", "city__sm", &reseal.Options{Settle: time.Millisecond})
			require.NoError(t, err)
			require.Equal(t, 1, n)
			time.Sleep(2 * shortLease)
			p.same(t, "SELECT id FROM towns WHERE city = 'Dublin' ORDER BY id")
			again := newProcess(t, testdb.DB{DB: p.bare(t), Dialect: p.Dialect, Connector: p.Connector, Types: p.Types}, celltest.Ring(t), shortLease, towns())
			again.same(t, "SELECT id FROM towns WHERE city <> 'Dublin' ORDER BY id")
		}
		require.Equal(t, []string{"live"}, p.states(t))
	})
}
