package checkup_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks/internal/ddl"
)

func TestAMissingTableIsMadeByTheMessage(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		l := newLive(t, db, Person{}, Note{})
		for _, table := range []string{"people", "notes", "cellseal_index"} {
			l.run(t, "DROP TABLE "+table)
			found := l.check(t)
			require.Len(t, found, 1)
			require.Equal(t, table, found[0].Table)
			l.run(t, found[0].DDL)
			l.clean(t)
		}
	})
}

// Whatever one column is missing is found, with the indexes it takes along, and the statements of
// the messages bring it back.
func TestAMissingColumnIsMadeByTheMessage(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		l := newLive(t, db, Person{}, Note{})
		for table := range l.schema.Tables() {
			for _, c := range ddl.Columns(table, l.d) {
				if db.Dialect != testdb.Postgres {
					if c.Name == "id" || c.Name == "clinic" || c.Name == "number" {
						continue // part of the primary key, so it cannot be dropped
					}
					for _, i := range ddl.Indexes(table, l.d) {
						if slices.Contains(i.Columns, c.Name) {
							l.dropIndex(t, table.Name, i.Name)
						}
					}
				}
				l.run(t, c.Drop(l.d, table.Name))
				found := l.check(t)
				require.NotEmpty(t, found, c.Name)
				require.Contains(t, found[0].Error(), "cellseal: "+table.Name+"."+c.Name+": the column is missing, ")
				for _, f := range found {
					l.run(t, f.DDL)
				}
				l.clean(t)
			}
		}
	})
}

func TestAMissingIndexIsMadeByTheMessage(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		l := newLive(t, db, Person{}, Note{})
		for table := range l.schema.Tables() {
			for _, i := range ddl.Indexes(table, l.d) {
				l.dropIndex(t, table.Name, i.Name)
				says := "has no index, so every look-up would read the whole table; run: CREATE INDEX"
				if i.Unique {
					says = "so duplicates would pass; run: CREATE UNIQUE INDEX"
				}
				l.finds(t, i.Columns[0], says, true)

				if i.Unique { // one that only orders
					l.dropIndex(t, table.Name, i.Name)
					i.Unique = false
					create, err := i.Create(l.d, table.Name)
					require.NoError(t, err)
					l.run(t, create)
					l.finds(t, i.Columns[0], "has no unique index on (", true)
				}
			}
		}
	})
}
