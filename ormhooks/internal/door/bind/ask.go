package bind

import (
	"database/sql/driver"

	"github.com/cellseal/cellseal/ormhooks/internal/door/convert"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
)

// ask has a source that gives single rows give those at once that a part seals cells of.
func (b *Binder) ask(t *Part) error {
	if !b.Keys.ByRow() {
		return nil
	}
	b.expect(t, true)
	return b.Keys.Fetch()
}

// Expect notes, for Keys.Fetch, the rows that a part will seal cells of when it is filled for a row that was
// fetched.
func (b *Binder) Expect(t *Part, fetched []driver.Value) {
	b.Fetched, b.rows = fetched, nil
	b.expect(t, false)
}

// expect leaves what is wrong with a row to the sealing of it. The random keys of new rows are known
// while a part is filled, and not before.
func (b *Binder) expect(t *Part, filling bool) {
	for _, s := range t.Slots {
		if s.Kind != plan.Cell && s.Kind != plan.Hidden || !filling && b.Plan.Rows[s.Row].NewKey {
			continue
		}
		v, err := b.Value(s.Value)
		if err != nil || convert.IsNull(v) {
			continue
		}
		path, err := b.Scope(s.Row)
		if err != nil {
			continue
		}
		if id, err := b.rowID(s.Row, s.Column); err == nil {
			b.Keys.Want(b.Plan.Rows[s.Row].Table, path, s.Column.Compartment, id)
		}
	}
}
