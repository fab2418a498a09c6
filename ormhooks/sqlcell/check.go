package sqlcell

import (
	"context"
	"database/sql"
	"slices"

	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/internal/checkup"
	"github.com/cellseal/cellseal/ormhooks/internal/ddl"
)

// Check compares the database with the schema and returns everything that is wrong, as joined
// ormhooks.CheckError values: missing columns and indexes, types and widths that lose cells, keys
// that do not compare exactly, constraints and defaults on what is encrypted, objects that
// read or write a protected table by themselves, index keys that this process does not
// have. Call it once at start; it reads the catalogue and no rows of the application's.
//
// allowed are the names of views, triggers, routines, partitions and the like that the
// application knows and answers for: they see cells, and what they write is not
// encrypted. One in another schema than its table is "schema.name".
//
// What it cannot see: routines of other servers, statements that a routine puts together, and
// whether the condition of a partial index is the declared one.
func Check(ctx context.Context, db *sql.DB, allowed ...string) error {
	over, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer over.Close()
	var found error
	err = over.Raw(func(driverConn any) error {
		c, ok := driverConn.(*conn)
		if !ok {
			return ErrNoDoor
		}
		d := c.connector.door
		// An error that is returned here as driver.ErrBadConn would close the connection.
		return c.Catalogue(ctx, true, func(q catalog.Querier) error {
			found = checkup.Check(ctx, q, d.Schema, d.Source, d.Dialect, append(slices.Clone(allowed), d.Allowed...))
			return nil
		})
	})
	if err != nil {
		return err
	}
	return found
}

// DDL returns the statements that make an empty database fit for the schema, for a migration
// tool: CREATE TABLE with the columns that the schema knows, its own ones and their
// indexes, and the table cellseal_index. Primary keys are guessed: what rows are bound to,
// or else a column id. Add what models do not say.
//
// In MySQL and MariaDB, which have no partial indexes, unique(where=…) is an error that says
// what to declare instead.
func DDL(s *ormhooks.Schema, d Dialect) (string, error) {
	if d < PostgreSQL || d > SQLite {
		panic("cellseal/ormhooks/sqlcell: unknown dialect")
	}
	return ddl.Script(s, d)
}
