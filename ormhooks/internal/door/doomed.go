package door

import (
	"context"
	"database/sql/driver"

	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/door/bind"
	"github.com/cellseal/cellseal/ormhooks/internal/door/listed"
)

// doomed reads and locks the rows that a DELETE is about to delete: see plan.Doomed.
func (s *Session) doomed(ctx context.Context, st *Statement, b *bind.Binder, front []driver.NamedValue) (all []listed.Doomed, err error) {
	of := st.Plan.Doomed
	call, err := b.Call(st.texts.Fetch, front, false)
	if err != nil {
		return nil, err
	}
	fetched, err := s.base.Query(ctx, call.Text, call.Args)
	if err != nil {
		return nil, err
	}
	if len(fetched.Rows) > s.door.MaxRows {
		return nil, &ormhooks.TooManyRowsError{Clause: "DELETE", Column: of.Table.Name, Most: s.door.MaxRows}
	}
rows:
	for _, row := range fetched.Rows {
		for _, slot := range st.texts.There.Slots {
			if row[slot.At] == nil { // it is called by no key, and could not be asked for
				continue rows
			}
		}
		b.Fetched = row
		entries, err := b.Entries()
		if err != nil {
			return nil, err
		}
		if call, err = b.Call(st.texts.There, front, false); err != nil {
			return nil, err
		}
		all = append(all, listed.Doomed{Entries: entries, There: call.Text, Args: call.Args})
	}
	return all, nil
}
