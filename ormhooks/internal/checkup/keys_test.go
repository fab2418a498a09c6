package checkup_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/celltest"
)

func TestUniqueIndexesWhoseKeyIsNotKnown(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		l := newLive(t, db, Person{})
		first := celltest.Ring(t)
		one := first.IndexKeys().Primary()
		more, two, err := first.IndexKeys().Add()
		require.NoError(t, err)
		ring := func(k *keys.Keyset) keys.Source {
			r, err := first.WithIndexKeys(k)
			require.NoError(t, err)
			return r
		}
		l.source = ring(more)
		found := l.check(t)
		require.Len(t, found, 3)
		require.True(t, contains(found, "cellseal: people.email__eq: is a unique index of a ring with 2 index keys"), "%v", found)

		pin := func(column, as string, key uint32, state string) {
			l.run(t, fmt.Sprintf("INSERT INTO cellseal_index VALUES ('people', '%s', '%s', %d, '%s')", column, as, key, state))
		}
		pin("email__eq", "email__eq", one, "live")
		pin("login__eq", "login__eq", one, "live")
		pin("phone__eq", "phone__eq", one, "live")
		l.clean(t)

		pin("email__eq", "email__eq2", two, "building")
		found = l.check(t)
		require.Len(t, found, 1, "the second column; its index comes when it is filled")
		for _, f := range found {
			require.Equal(t, "email__eq2", f.Column)
			l.run(t, f.DDL)
		}
		l.clean(t)
		l.run(t, "CREATE UNIQUE INDEX people_email__eq2 ON people (email__eq2)")

		promoted, err := more.Promote(two)
		require.NoError(t, err)
		disabled, err := promoted.Disable(one)
		require.NoError(t, err)
		l.source = ring(disabled)
		found = l.check(t)
		require.Len(t, found, 3)
		require.True(t, contains(found, fmt.Sprintf("cellseal: people.email__eq: holds terms under index key %d (cellseal_index says live), which is unknown or not enabled", one)), "%v", found)

		l.source = ring(promoted)
		l.run(t, "UPDATE cellseal_index SET state = 'live' WHERE column_name = 'email__eq2'")
		l.finds(t, "email__eq", "has 2 live columns in cellseal_index", false)
		l.run(t, "DELETE FROM cellseal_index WHERE index_name = 'email__eq'")
		l.schema, err = l.schema.PinIndex("people", "email__eq", two)
		require.NoError(t, err)
		l.clean(t)
		l.schema, err = l.schema.PinIndex("people", "email__eq", 4711)
		require.NoError(t, err)
		l.finds(t, "email__eq", "is pinned to index key 4711, which is unknown or not enabled", false)
	})
}

func TestAProcessWithoutTheIndexCannotTell(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		l := newLive(t, db, Person{})
		granted, err := keys.Grant(t.Context(), l.source, keys.CellTree(keys.Table("people")))
		require.NoError(t, err)
		l.source = granted
		l.clean(t)
	})
}
