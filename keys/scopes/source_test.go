package scopes_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/scopes"
	"github.com/cellseal/cellseal/ormhooks/celltest"
)

func TestAScopeIsCreatedOnceByWhoeverIsFirst(t *testing.T) {
	each(t, func(t *testing.T, db testdb.DB) {
		ring := celltest.Rotated(t)
		type made struct{ sealed, term []byte }
		for round := range 5 {
			scope := keys.Scope("tenant", fmt.Sprint(round))
			all := make([]made, 8)
			var events sync.Map
			var group sync.WaitGroup
			for i := range all {
				s := newSource(t, db, ring, &scopes.Options{CreateOnUse: i%2 == 0, Observer: func(e scopes.Event) {
					events.Store(fmt.Sprint(i, e), true)
				}})
				group.Go(func() {
					if i%2 != 0 {
						if err := s.Create(ctx, scope, scope); err != nil {
							t.Error(err)
							return
						}
					}
					all[i].sealed, all[i].term = seal(t, s, scope)
				})
			}
			group.Wait()
			late := newSource(t, db, ring, &scopes.Options{ReadOnly: true})
			for _, m := range all {
				opens(t, late, scope, m.sealed, m.term)
			}
			n := 0
			events.Range(func(any, any) bool { n++; return true })
			require.Equal(t, 1, n, "one has created it")
		}
		var rows int
		db.Scan(t, "SELECT count(*) FROM cellseal_scopes", nil, &rows)
		require.Equal(t, 5, rows)
	})
}

func TestScopesAreApart(t *testing.T) {
	each(t, func(t *testing.T, db testdb.DB) {
		s := newSource(t, db, celltest.Ring(t), nil)
		require.NoError(t, s.Create(ctx, north, south))
		sealed, term := seal(t, s, north)
		opens(t, s, north, sealed, term)
		require.Error(t, open(s, south, sealed))
		require.Error(t, open(celltest.Ring(t), north, sealed), "the ring alone is of no use")
		_, other := seal(t, s, south)
		require.NotEqual(t, term, other)
	})
}

func TestAScopeThatIsNotThere(t *testing.T) {
	each(t, func(t *testing.T, db testdb.DB) {
		s := newSource(t, db, celltest.Ring(t), nil)
		var unknown *keys.UnknownScopeError
		_, err := s.Cells(ctx, north, keys.Table("patients"))
		require.ErrorAs(t, err, &unknown)
		require.Equal(t, north, unknown.Scope)
		require.NotContains(t, err.Error(), "north", "an id may be personal data")
		_, err = newShredder(t, db).Shred(ctx, north)
		require.ErrorAs(t, err, &unknown, "a misspelt id must not look as if it were done")
		require.ErrorAs(t, newShredder(t, db).Retire(ctx, north, 1), &unknown)
		require.NoError(t, s.Create(ctx, north))
		_, err = s.Cells(ctx, north, keys.Table("patients"))
		require.NoError(t, err, "that it was not there is not kept")

		reader := newSource(t, db, celltest.Ring(t), &scopes.Options{ReadOnly: true, CreateOnUse: true})
		_, err = reader.Cells(ctx, south)
		require.ErrorAs(t, err, &unknown)
		require.ErrorContains(t, reader.Create(ctx, south), "ReadOnly")
		_, err = reader.Extend(ctx)
		require.ErrorContains(t, err, "ReadOnly")
	})
}

// What is not of a scope in the table is the ring's, as it always was.
func TestAllElsePasses(t *testing.T) {
	db := testdb.OpenSQLite(t)
	ring := celltest.Ring(t)
	s := newSource(t, db, ring, nil) // without a table: it is not asked
	for _, path := range [][]keys.Label{{keys.Table("patients")}, compartment, {keys.Scope("user", "7")}, {keys.Scope("user", "7"), keys.Table("a")}, {keys.Scope("tenants", "north")}} {
		want, err := ring.Cells(ctx, path...)
		require.NoError(t, err)
		got, err := s.Cells(ctx, path...)
		require.NoError(t, err)
		require.Same(t, want, got)
	}
	_, err := s.Index(ctx, keys.Table("patients"), keys.Compartment("default"))
	require.ErrorContains(t, err, "cannot stand here")
	_, err = s.Cells(ctx)
	require.ErrorContains(t, err, "root of the ring")
	_, err = keys.Grant(ctx, s, keys.CellTree())
	require.Error(t, err, "a grant of everything would derive scopes without their secrets")
	for _, path := range [][]keys.Label{{north, north}, {"s:tenant/"}, {north, keys.Compartment("a")}, {north, keys.Table("a"), "x"}, {keys.Label("s:tenant/" + strings.Repeat("x", 1100))}, {"s:tenant"}} {
		_, err := s.Cells(ctx, path...)
		require.ErrorContains(t, err, "cellseal/keys: ", "%s", path)
		require.Error(t, s.Create(ctx, path...))
	}
	require.Error(t, s.Create(ctx, keys.Scope("user", "7")))
	_, err = s.Cells(ctx, north)
	require.ErrorContains(t, err, "cellseal_scopes", "and there is none")
}

// A grant of a scope's subtree is a copy of its keys.
func TestAGrantOfAScope(t *testing.T) {
	db := testdb.OpenSQLite(t)
	db.Run(t, scopes.DDL(scopes.SQLite))
	s := newSource(t, db, celltest.Ring(t), &scopes.Options{CreateOnUse: true})
	sealed, term := seal(t, s, north)
	g, err := keys.Grant(ctx, s, keys.CellTree(north), keys.IndexTree(north))
	require.NoError(t, err)
	opens(t, g, north, sealed, term)
	_, err = g.Cells(ctx, south)
	require.ErrorAs(t, err, new(*keys.DeniedError))
}

// Of a process that holds one ring alone each does what it can.
func TestHalfARing(t *testing.T) {
	each(t, func(t *testing.T, db testdb.DB) {
		ring := celltest.Ring(t)
		cells, err := keys.Grant(ctx, ring, keys.CellTree())
		require.NoError(t, err)
		index, err := keys.Grant(ctx, ring, keys.IndexTree())
		require.NoError(t, err)
		writes, finds := newSource(t, db, cells, nil), newSource(t, db, index, nil)
		require.NoError(t, writes.Create(ctx, north))
		_, err = finds.Index(ctx, north, keys.Table("patients"))
		require.NoError(t, err, "which adds what is missing")
		_, err = finds.Cells(ctx, north)
		require.ErrorAs(t, err, new(*keys.DeniedError))
		whole := newSource(t, db, ring, nil)
		sealed, term := seal(t, whole, north)
		require.NoError(t, open(writes, north, sealed))
		opens(t, whole, north, sealed, term)
	})
}

func TestManyScopesAreLoadedAtOnce(t *testing.T) {
	each(t, func(t *testing.T, db testdb.DB) {
		ring := celltest.Ring(t)
		s := newSource(t, db, ring, nil)
		var all []keys.Label
		for i := range 1200 {
			all = append(all, keys.Scope("tenant", fmt.Sprint(i)))
		}
		require.NoError(t, s.Create(ctx, all[:20]...))
		_, err := newShredder(t, db).Shred(ctx, all[3])
		require.NoError(t, err)
		asked := append(append([]keys.Label{keys.Scope("user", "7"), keys.Table("a"), "s:tenant/"}, all...), all...)
		fresh := newSource(t, db, ring, nil)
		require.NoError(t, fresh.LoadScopes(ctx, asked...))
		db.Run(t, "DROP TABLE cellseal_scopes")
		for i, l := range all[:20] {
			_, err := fresh.Cells(ctx, l, keys.Table("a"))
			if i == 3 {
				require.ErrorAs(t, err, new(*keys.DestroyedError))
				continue
			}
			require.NoError(t, err)
		}
		_, err = fresh.Cells(ctx, all[30])
		require.ErrorContains(t, err, "cellseal_scopes")
	})
}

func TestTimeToLive(t *testing.T) {
	db := testdb.OpenSQLite(t)
	db.Run(t, scopes.DDL(scopes.SQLite))
	ring := celltest.Ring(t)
	s := newSource(t, db, ring, &scopes.Options{TTL: 50 * time.Millisecond})
	require.NoError(t, s.Create(ctx, north))
	first, err := s.Cells(ctx, north, keys.Table("a"))
	require.NoError(t, err)
	time.Sleep(60 * time.Millisecond)
	again, err := s.Cells(ctx, north, keys.Table("a"))
	require.NoError(t, err)
	require.Same(t, first, again, "what says the same stays, with all that others have made of it")
	_, err = newShredder(t, db).Shred(ctx, north) // in another process
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		_, err := s.Cells(ctx, north)
		return errors.As(err, new(*keys.DestroyedError))
	}, 5*time.Second, 5*time.Millisecond)

	s = newSource(t, db, ring, &scopes.Options{TTL: time.Hour})
	require.NoError(t, s.Create(ctx, south))
	_, err = s.Cells(ctx, south)
	require.NoError(t, err)
	_, err = newShredder(t, db).Shred(ctx, south)
	require.NoError(t, err)
	_, err = s.Cells(ctx, south)
	require.NoError(t, err, "it is used as it was read")
	s.Forget(south)
	destroyed(t, s, south)
	db.Run(t, "DROP TABLE cellseal_scopes")
	destroyed(t, s, south)
	s.Forget()
	_, err = s.Cells(ctx, south)
	require.ErrorContains(t, err, "cellseal_scopes", "and without the table nothing opens")
}

func TestMisuse(t *testing.T) {
	db := testdb.OpenSQLite(t)
	ring := celltest.Ring(t)
	o := &scopes.Options{Kinds: []string{"tenant"}}
	for name, f := range map[string]func(){
		"nil *sql.DB":     func() { scopes.New(nil, scopes.SQLite, ring, o) },
		"dialect":         func() { scopes.New(db.DB, 0, ring, o) },
		"nil keys.Source": func() { scopes.New(db.DB, scopes.SQLite, nil, o) },
		"Kinds":           func() { scopes.New(db.DB, scopes.SQLite, ring, nil) },
		"Options.Kinds":   func() { scopes.New(db.DB, scopes.SQLite, ring, &scopes.Options{Kinds: []string{"a/b"}}) },
		"zero Source":     func() { new(scopes.Source).Forget() },
		"who destroys":    func() { scopes.NewShredder(db.DB, scopes.SQLite, "") },
		"255 bytes":       func() { scopes.NewShredder(db.DB, scopes.SQLite, strings.Repeat("x", 256)) },
	} {
		func() {
			defer func() {
				said := fmt.Sprint(recover())
				require.Contains(t, said, "cellseal/keys/scopes: ", name)
				require.Contains(t, said, name)
			}()
			f()
		}()
	}
	s := scopes.New(db.DB, scopes.SQLite, ring, o)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x"} {
		require.Equal(t, "scopes.Source(redacted)", fmt.Sprintf(verb, s))
		require.Contains(t, fmt.Sprintf(verb, struct{ S *scopes.Source }{s}), "scopes.Source(redacted)")
	}
}

func TestACallThatEndsDoesNotEndTheLoadOfOthers(t *testing.T) {
	db := testdb.OpenSQLite(t)
	db.Run(t, scopes.DDL(scopes.SQLite))
	s := newSource(t, db, celltest.Ring(t), nil)
	require.NoError(t, s.Create(ctx, north))
	over, cancel := context.WithCancel(ctx)
	cancel()
	_, err := s.Cells(over, north)
	if err != nil { // the load may have been quicker
		require.ErrorIs(t, err, context.Canceled)
	}
	_, err = s.Cells(ctx, north)
	require.NoError(t, err)
}
