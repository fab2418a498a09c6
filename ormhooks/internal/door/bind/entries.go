package bind

import (
	"github.com/cellseal/cellseal/ormhooks/internal/door/listed"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
)

// Entries returns what is written after the statement, for the row that the binder has at hand.
func (b *Binder) Entries() (all []*listed.Entry, err error) {
	for i := range b.Plan.Entries {
		e := &b.Plan.Entries[i]
		m := &listed.Maker{Dialect: b.dialect, Shelf: b.Shelf, Keys: b.Keys, Context: b.Context}
		var made *listed.Entry
		if e.Was {
			made, err = m.Was(e, b.was(), b.Fetched)
		} else {
			made, err = b.entry(m, e)
		}
		if err != nil {
			return nil, err
		}
		if made != nil {
			all = append(all, made)
		}
	}
	return all, nil
}

func (b *Binder) entry(m *listed.Maker, e *plan.Entry) (made *listed.Entry, err error) {
	r := &b.Plan.Rows[e.Row]
	var given any
	if e.Value.Kind != 0 {
		if given, err = b.Value(e.Value); err != nil {
			return nil, err
		}
	}
	scope, unscoped := b.Scope(e.Row)
	return m.Entry(e, r.Table, given, scope, unscoped, func(logical string) (any, error) { return b.Value(r.Bound[logical]) }, func() ([]byte, error) { return b.rowKey(e.Row) })
}
