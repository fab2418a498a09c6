package scopes_test

import (
	"context"
	"database/sql"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/scopes"
	"github.com/cellseal/cellseal/search"
)

var ctx = context.Background()

var dialects = map[string]scopes.Dialect{testdb.SQLite: scopes.SQLite, testdb.Postgres: scopes.PostgreSQL, testdb.MySQL: scopes.MySQL}

var (
	north = keys.Scope("tenant", "north")
	south = keys.Scope("tenant", "south")
)

const canary = "CANARY-siobhan.o-neill"

// each runs a test on each database, with the table made.
func each(t *testing.T, f func(t *testing.T, db testdb.DB)) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		for range 2 {
			db.Run(t, scopes.DDL(dialects[db.Dialect]))
		}
		f(t, db)
	})
}

// pool is another pool over the same database, as another process has.
func pool(t testing.TB, db testdb.DB) *sql.DB {
	t.Helper()
	p, err := sql.Open(db.Driver, db.DSN)
	require.NoError(t, err)
	t.Cleanup(func() { p.Close() })
	return p
}

func newSource(t testing.TB, db testdb.DB, from keys.Source, o *scopes.Options) *scopes.Source {
	t.Helper()
	if o == nil {
		o = &scopes.Options{}
	}
	if o.Kinds == nil {
		o.Kinds = []string{"tenant"}
	}
	return scopes.New(pool(t, db), dialects[db.Dialect], from, o)
}

func newShredder(t testing.TB, db testdb.DB, sources ...*scopes.Source) *scopes.Shredder {
	t.Helper()
	return scopes.NewShredder(pool(t, db), dialects[db.Dialect], "dpo, ticket 4711", sources...)
}

var (
	compartment = []keys.Label{keys.Table("patients"), keys.Compartment("default")}
	index       = []keys.Label{keys.Table("patients"), keys.Index("email", "exact", "")}
	id          = cell.RowID(cell.BindInt("id", 7))
)

// seal seals the canary in a scope, and makes a term of it.
func seal(t testing.TB, s keys.Source, scope keys.Label) (sealed, term []byte) {
	t.Helper()
	d, err := s.Cells(ctx, append([]keys.Label{scope}, compartment...)...)
	require.NoError(t, err)
	i, err := s.Index(ctx, append([]keys.Label{scope}, index...)...)
	require.NoError(t, err)
	term, err = search.NewIndex(i, search.Options{AcceptFrequencyLeak: true}).Term(canary)
	require.NoError(t, err)
	return cell.NewRow(d, id).Seal("patients.email", []byte(canary)), term
}

// open opens what seal sealed.
func open(s keys.Source, scope keys.Label, sealed []byte) error {
	d, err := s.Cells(ctx, append([]keys.Label{scope}, compartment...)...)
	if err != nil {
		return err
	}
	_, err = cell.NewRow(d, id).Open("patients.email", sealed)
	return err
}

// opens makes sure that a source has the keys that something was sealed with, in both rings.
func opens(t testing.TB, s keys.Source, scope keys.Label, sealed, term []byte) {
	t.Helper()
	require.NoError(t, open(s, scope, sealed))
	i, err := s.Index(ctx, append([]keys.Label{scope}, index...)...)
	require.NoError(t, err)
	terms, err := search.NewIndex(i, search.Options{AcceptFrequencyLeak: true}).Match(canary)
	require.NoError(t, err)
	require.Contains(t, terms, term)
}

// destroyed makes sure that a source says so, in both rings and at every level.
func destroyed(t testing.TB, s keys.Source, scope keys.Label) {
	t.Helper()
	var is *keys.DestroyedError
	for _, path := range [][]keys.Label{nil, {keys.Table("patients")}, compartment} {
		_, err := s.Cells(ctx, append([]keys.Label{scope}, path...)...)
		require.ErrorAs(t, err, &is)
		require.Equal(t, scope, is.Scope)
	}
	_, err := s.Index(ctx, append([]keys.Label{scope}, index...)...)
	require.ErrorAs(t, err, &is)
	require.Equal(t, scope, is.Scope)
	require.NotContains(t, err.Error(), "north")
}

// loading is a LiveOptions.Load.
func loading(r *keys.Ring) func(context.Context) (*keys.Ring, error) {
	return func(context.Context) (*keys.Ring, error) { return r, nil }
}
