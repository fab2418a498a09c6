package ormhooks_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/scopes"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
)

// Letter is of a tenant, whose keys can be destroyed.
type Letter struct {
	_      struct{}                 `cell:"table=letters,bind=id,scope=tenant(tenant)"`
	ID     int64                    `db:"id"`
	Tenant int64                    `db:"tenant"`
	Body   ormhooks.Sealed[string]  `db:"body" cell:"seal" search:"exact"`
	Seal   ormhooks.Sealed[*string] `db:"seal" cell:"seal,compartment=wax"`
	BodyEq ormhooks.Hidden          `db:"body__eq"`
}

// asking counts how often scopes are asked for at once.
type asking struct {
	*scopes.Source
	asked []int
}

func (c *asking) LoadScopes(ctx context.Context, all ...keys.Label) error {
	c.asked = append(c.asked, len(all))
	return c.Source.LoadScopes(ctx, all...)
}

func TestRowsOfADestroyedScope(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		dialect := map[string]scopes.Dialect{testdb.SQLite: scopes.SQLite, testdb.Postgres: scopes.PostgreSQL, testdb.MySQL: scopes.MySQL}[db.Dialect]
		db.Run(t, scopes.DDL(dialect))
		ty := db.Types
		db.Run(t, "CREATE TABLE letters (id "+ty.Int+" PRIMARY KEY, tenant "+ty.Int+", body "+ty.Blob+", seal "+ty.Blob+", body__eq "+ty.Term+")")
		source := &asking{Source: scopes.New(db.DB, dialect, celltest.Ring(t), &scopes.Options{Kinds: []string{"tenant"}})}
		s, err := ormhooks.NewSchema(Letter{})
		require.NoError(t, err)
		letters := make([]Letter, 4)
		for i := range letters {
			letters[i].ID, letters[i].Tenant = int64(i+1), int64(i%2)+1
			letters[i].Body.Set(fmt.Sprint(canary, i))
			letters[i].Seal.Set(nil)
		}
		require.ErrorAs(t, ormhooks.Seal(ctx, source, s, &letters), new(*keys.UnknownScopeError))
		require.NoError(t, source.Create(ctx, keys.Scope("tenant", "1"), keys.Scope("tenant", "2")))
		require.NoError(t, ormhooks.Seal(ctx, source, s, &letters))
		require.Equal(t, []int{4, 4}, source.asked)
		for _, l := range letters {
			_, err := db.Exec(db.SQL("INSERT INTO letters (id, tenant, body, seal, body__eq) VALUES (?, ?, ?, ?, ?)"), l.ID, l.Tenant, l.Body, l.Seal, l.BodyEq)
			require.NoError(t, err)
		}
		read := func() (all []Letter) {
			rows, err := db.Query("SELECT id, tenant, body, seal, body__eq FROM letters ORDER BY id")
			require.NoError(t, err)
			defer rows.Close()
			for rows.Next() {
				var l Letter
				require.NoError(t, rows.Scan(&l.ID, &l.Tenant, &l.Body, &l.Seal, &l.BodyEq))
				all = append(all, l)
			}
			return all
		}
		all := read()
		gone, err := ormhooks.OpenAlive(ctx, source, s, &all)
		require.NoError(t, err)
		require.Empty(t, gone)
		require.Equal(t, canary+"0", all[0].Body.Get())

		_, err = scopes.NewShredder(db.DB, dialect, "test", source.Source).Shred(ctx, keys.Scope("tenant", "1"))
		require.NoError(t, err)
		all = read()
		var is *keys.DestroyedError
		require.ErrorAs(t, ormhooks.Open(ctx, source, s, &all), &is)
		_, opened := all[1].Body.Lookup()
		require.False(t, opened, "on an error nothing is changed")
		gone, err = ormhooks.OpenAlive(ctx, source, s, &all)
		require.NoError(t, err)
		require.Equal(t, []int{0, 2}, gone)
		for i := range all {
			body, ok := all[i].Body.Lookup()
			require.Equal(t, i%2 == 1, ok)
			if ok {
				require.Equal(t, fmt.Sprint(canary, i), body)
				continue
			}
			_, err := all[i].Body.Value()
			require.ErrorIs(t, err, ormhooks.ErrUnsealed, "what was stored is not written over")
			require.ErrorContains(t, ormhooks.Seal(ctx, source, s, &all[i]), "not opened")
			_, err = ormhooks.Match(ormhooks.WithScope(ctx, "tenant", "1"), source, s, "letters", "body__eq", "x")
			require.ErrorAs(t, err, &is)
		}
		one := read()[0]
		gone, err = ormhooks.OpenAlive(ctx, source, s, &one)
		require.NoError(t, err)
		require.Equal(t, []int{0}, gone)
		damaged := read()
		damaged[2].Tenant, damaged[3].ID = 2, 77
		_, err = ormhooks.OpenAlive(ctx, source, s, &damaged)
		var c *ormhooks.CellError
		require.ErrorAs(t, err, &c, "all else is an error as ever")
		require.Equal(t, 2, c.Row)
	})
}
