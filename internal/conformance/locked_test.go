package conformance

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/passphrase"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
	"github.com/cellseal/cellseal/search/segment"
)

// Tenants whose data their passwords alone open, and that can be destroyed all the same.
func TestLocked(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		h := newHotel(t, db, celltest.Ring(t))
		h.DB = h.door(t, passphrase.NewSource(h.source, "tenant"), nil)
		require.NoError(t, h.source.Create(ctx, tenantScope(1), tenantScope(2)))
		guard := passphrase.NewGuard(&passphrase.GuardOptions{Passes: 1, MemoryKiB: 64, Lanes: 1})
		both, only := ctx, ctx
		for tenant := 1; tenant <= 2; tenant++ {
			_, stored, err := guard.New(ctx, tenantScope(tenant), []byte("password"))
			require.NoError(t, err)
			secret, _, err := guard.Unlock(ctx, tenantScope(tenant), stored, []byte("password"))
			require.NoError(t, err)
			both = passphrase.WithSecret(both, secret)
			if tenant == 1 {
				only = passphrase.WithSecret(ctx, secret)
			}
		}
		insert := h.SQL("INSERT INTO guests (id, tenant, email, notes, born, room) VALUES (?, ?, ?, ?, ?, ?)")
		for id := 1; id <= 6; id++ {
			_, err := h.ExecContext(both, insert, id, 1+id%2, fmt.Sprint(id, "@example.com"), "nuts and milk", 1900+id, id)
			require.NoError(t, err)
		}
		var locked *keys.LockedError
		_, err := h.ExecContext(only, insert, 7, 2, "x", nil, nil, 7)
		require.ErrorAs(t, err, &locked)
		require.Equal(t, tenantScope(2), locked.Scope)
		find := "SELECT id FROM guests WHERE tenant = 1 AND cellseal_match(notes, 'milk') AND born > 1902 ORDER BY id"
		found, err := ids(h.DB, only, find)
		require.NoError(t, err)
		require.Equal(t, "4 6", found)
		_, err = ids(h.DB, ctx, find)
		require.ErrorAs(t, err, &locked)
		_, err = ids(h.DB, only, "SELECT email FROM guests WHERE tenant = 2")
		require.ErrorAs(t, err, &locked)
		all, err := ids(h.DB, ctx, "SELECT id FROM guests ORDER BY id")
		require.NoError(t, err)
		require.Equal(t, "1 2 3 4 5 6", all)

		// Whoever has the ring and the table of scopes, and not the password, opens nothing.
		_, err = ids(h.door(t, h.source, nil), ctx, "SELECT email FROM guests WHERE id = 2")
		require.Error(t, err)
		maintained := &sqlcell.MaintainOptions{MaintainOptions: segment.MaintainOptions{Once: true, All: true}}
		require.NoError(t, sqlcell.Maintain(ctx, h.DB.DB, maintained), "lists that are locked wait")
		require.NoError(t, sqlcell.Maintain(both, h.DB.DB, maintained))
		_, err = h.ExecContext(ctx, "DELETE FROM guests WHERE id = 4")
		require.NoError(t, err)
		found, err = ids(h.DB, only, find)
		require.NoError(t, err)
		require.Equal(t, "6", found)

		h.shred(t, 1)
		_, err = ids(h.DB, both, "SELECT email FROM guests WHERE id = 2")
		isDestroyed(t, err, 1)
		found, err = ids(h.DB, both, "SELECT email FROM guests WHERE id = 3")
		require.NoError(t, err)
		require.Equal(t, "3@example.com", found)
	})
}
