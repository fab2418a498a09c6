package sqlfuzz

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
)

// How many statements of each dialect are judged: those that are changed at random, and those
// that are only written in another way. They are the same ones at every run.
const (
	changed = 14_000
	kept    = 6_000
)

func (j *judge) mutations(t *testing.T, seed uint64) {
	t.Helper()
	ask := func(text string, kept bool) {
		for _, o := range j.statement(text, kept) {
			t.Errorf("%q\n%s", text, o)
		}
		if t.Failed() {
			t.FailNow() // one at a time
		}
	}
	seeds := j.d.seeds(t)
	for _, s := range seeds {
		ask(s, true)
	}
	m := newMutator(j.d, seeds, seed)
	for range changed {
		ask(m.mutate(), false)
	}
	for range kept {
		ask(m.keep(pick(m, seeds)), true)
	}
	t.Logf("%d statements: %d pass, %d are rewritten, %d refused; %d compared, %d of them by precedence; %d prepared",
		j.total, j.passed, j.planned, j.refused, j.compared, j.shaped, j.prepared)
	require.Greater(t, j.planned, (changed+kept)/12)
}

// TestMutations asks the other parsers.
func TestMutations(t *testing.T) {
	for _, d := range dialects {
		t.Run(d.name, func(t *testing.T) {
			j := &judge{d: d}
			j.mutations(t, 1)
			if d.oracle != nil {
				require.Greater(t, j.compared, (changed+kept)/6)
				require.Greater(t, j.shaped, (changed+kept)/10)
			}
		})
	}
}

// TestServers asks the live servers as well, with other statements.
func TestServers(t *testing.T) {
	servers := map[string]struct {
		d    *dialect
		open func(testing.TB, testdb.DB) server
	}{testdb.Postgres: {postgres, newPostgres}, testdb.MySQL: {mysql, newMySQL}, testdb.SQLite: {sqlite, newSQLite}}
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		s := servers[db.Dialect]
		j := &judge{d: s.d, live: openLive(t, db, s.open)}
		j.mutations(t, 2)
		require.Greater(t, j.prepared, (changed+kept)/15)
	})
}

// TestFound asks the statements that found a mistake again.
func TestFound(t *testing.T) {
	for _, d := range dialects {
		j := &judge{d: d}
		for _, text := range blocks(t, d, "testdata/found.txt") {
			require.Empty(t, j.statement(text, true), text)
		}
		require.NotZero(t, j.total, d.name)
	}
}
