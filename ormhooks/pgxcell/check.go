package pgxcell

import (
	"context"
	"slices"

	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/internal/checkup"
)

// Check compares the database with the schema, as sqlcell.Check does, and returns everything
// that is wrong as joined ormhooks.CheckError values. Call it once at start. allowed are the names of
// views, triggers, routines and partitions that the application knows and answers for.
func (p *Pool) Check(ctx context.Context, allowed ...string) error {
	l := p.link()
	return l.Catalogue(ctx, true, func(q catalog.Querier) error {
		return checkup.Check(ctx, q, l.door.Schema, l.door.Source, l.door.Dialect, slices.Concat(allowed, l.door.Allowed))
	})
}
