package bind

import (
	"errors"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// mayBeNull keeps NULL from being written in a scope that was destroyed, if NULL is what the application reads in
// place of its cells: it would put it in their place.
func (b *Binder) mayBeNull(n int) error {
	t := b.Plan.Rows[n].Table
	if !b.DestroyedAsNull || t.Scope.Kind == "" {
		return nil
	}
	path, err := b.Scope(n)
	if err != nil {
		return err
	}
	return b.Alive(t, path)
}

// Alive is an error if a scope was destroyed in which the statement writes.
func (b *Binder) Alive(t *schema.Table, path []keys.Label) error {
	if len(b.jobs) == 0 {
		return nil
	}
	_, err := b.Keys.Compartment(t, path, b.jobs[0].column.Compartment) // of what it writes: other compartments may not be granted
	if errors.As(err, new(*keys.RowsOnlyError)) {                       // single rows of it are given, so it is alive
		return nil
	}
	return err
}
