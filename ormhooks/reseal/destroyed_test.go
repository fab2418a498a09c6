package reseal_test

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/scopes"
	"github.com/cellseal/cellseal/ormhooks/reseal"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
	"github.com/cellseal/cellseal/search"
)

// tenants is a table of which each row's keys can be destroyed with its tenant.
func tenants() schema.Table {
	return schema.Table{
		Name: "members", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}}, Scope: schema.Scope{Kind: "tenant", Column: "tenant"},
		Columns: []*schema.Column{
			{Name: "id", Type: "int"}, {Name: "tenant", Type: "int"},
			{Name: "email", Mode: schema.ModeSeal, Type: "varchar(100)", Nullable: true},
		},
		Indexes: []*schema.Index{{Kind: "exact", Unique: true, Columns: []search.Column{{Name: "email"}}}},
	}
}

// Both rings move to new keys beside a tenant whose keys are destroyed, and end without the old ones; then what is
// left of the other tenant's old secrets is destroyed, too.
func TestKeysMoveBesideADestroyedScope(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		create(t, db, tenants())
		dialect := scopes.Dialect(dialects[db.Dialect])
		db.Run(t, scopes.DDL(dialect))
		keysDB, err := sql.Open(db.Driver, db.DSN)
		require.NoError(t, err)
		t.Cleanup(func() { keysDB.Close() })
		r, oldIndex := ring(t)
		live := keys.NewLive(r, nil)
		source := scopes.New(keysDB, dialect, live, &scopes.Options{Kinds: []string{"tenant"}})
		north, south := keys.Scope("tenant", "1"), keys.Scope("tenant", "2")
		require.NoError(t, source.Create(ctx, north, south))
		s, err := schema.New(tenants())
		require.NoError(t, err)
		p := db
		p.DB = sql.OpenDB(sqlcell.WrapOptions(db.Connector, s, source, dialects[db.Dialect], &sqlcell.Options{Lease: 50 * time.Millisecond}))
		t.Cleanup(func() { p.DB.Close() })
		for id := range 8 {
			p.Run(t, "INSERT INTO members (id, tenant, email) VALUES (?, ?, ?)", id+1, 1+id%2, fmt.Sprint(id+1, "@example.com"))
		}
		shredder := scopes.NewShredder(keysDB, dialect, "test", source)
		_, err = shredder.Shred(ctx, north)
		require.NoError(t, err)

		o := &reseal.Options{Settle: 50 * time.Millisecond, Lease: 50 * time.Millisecond}
		require.NoError(t, reseal.PinUnique(ctx, p.DB, "members", "email__eq", o))
		next, newIndex := added(t, live.Ring())
		oldCells := next.CellKeys().Primary()
		ks, newCells, err := next.CellKeys().Add()
		require.NoError(t, err)
		ks, err = ks.Promote(newCells)
		require.NoError(t, err)
		next, err = next.WithCellKeys(ks)
		require.NoError(t, err)
		live.Swap(next)
		require.NoError(t, reseal.RotateUnique(ctx, p.DB, "members", "email__eq", newIndex, o))
		report, err := reseal.Rows(ctx, p.DB, "members", nil)
		require.NoError(t, err)
		require.Equal(t, 4, report.Wrote)
		require.Equal(t, 4, report.Destroyed)
		report, err = reseal.Verify(ctx, p.DB, "members")
		require.NoError(t, err)
		require.Zero(t, report.Under(oldCells), "but for what nobody can read")
		require.Equal(t, 4, report.Under(newCells))

		found := func() {
			var id int
			p.Scan(t, "SELECT id FROM members WHERE email = ? AND tenant = 2", []any{"4@example.com"}, &id)
			require.Equal(t, 4, id)
			_, err := p.Exec(p.SQL("INSERT INTO members (id, tenant, email) VALUES (99, 2, ?)"), "4@example.com")
			require.True(t, isDuplicate(err), "%v", err)
		}
		found()
		ks, err = ks.Disable(oldCells)
		require.NoError(t, err)
		next, err = without(t, live.Ring(), oldIndex, newIndex).WithCellKeys(ks)
		require.NoError(t, err)
		live.Swap(next)
		found()
		require.NoError(t, shredder.Retire(ctx, south, oldCells))
		require.NoError(t, shredder.Retire(ctx, south, oldIndex))
		source.Forget()
		found()
	})
}
