package reseal

import (
	"context"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/ddl"
)

// createUnique gives the column its constraint, in PostgreSQL without keeping writers waiting.
func (r *rotation) createUnique(ctx context.Context, s *state, column string) error {
	want := ddl.TermIndex(r.table, r.index, column)
	create, err := want.Create(r.door.Dialect, s.Table.Name)
	if err != nil {
		return err
	}
	if r.isPostgres() {
		create = strings.Replace(create, "CREATE UNIQUE INDEX", "CREATE UNIQUE INDEX CONCURRENTLY", 1)
	}
	return r.exec(ctx, create)
}

// dropUnique takes every constraint from a column.
func (r *rotation) dropUnique(ctx context.Context, s *state, column string) error {
	for _, i := range s.Uniques(column) {
		var drop []string
		switch r.door.Dialect {
		case sqltext.PostgreSQL: // it may be a constraint's, which has the same name
			drop = []string{
				"ALTER TABLE " + r.quote(s.Table.Name) + " DROP CONSTRAINT IF EXISTS " + r.quote(i.Name),
				"DROP INDEX CONCURRENTLY IF EXISTS " + r.quote(s.Table.Schema) + "." + r.quote(i.Name),
			}
		case sqltext.MySQL:
			drop = []string{"DROP INDEX " + r.quote(i.Name) + " ON " + r.quote(s.Table.Name)}
		default:
			drop = []string{"DROP INDEX " + r.quote(i.Name)}
		}
		if err := r.exec(ctx, drop...); err != nil {
			return err
		}
	}
	return nil
}
