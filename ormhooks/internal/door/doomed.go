package door

import (
	"context"
	"database/sql/driver"

	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/door/listed"
)

// A doomed is a row that is about to be deleted.
type doomed struct {
	entries []*listed.Entry
	there   *Call
}

// doomed reads and locks the rows that a DELETE is about to delete: see plan.Doomed.
func (s *Session) doomed(ctx context.Context, b *binder, front []driver.NamedValue) (all []doomed, err error) {
	of := b.st.Plan.Doomed
	call, err := b.call(b.st.fetch, front, false)
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
		for _, slot := range b.st.there.Slots {
			if row[slot.At] == nil { // it is called by no key, and could not be asked for
				continue rows
			}
		}
		b.fetched = row
		var d doomed
		if d.entries, err = b.entries(); err != nil {
			return nil, err
		}
		if d.there, err = b.call(b.st.there, front, false); err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// bury writes what is left of rows that were deleted.
func (s *Session) bury(ctx context.Context, all []doomed, affected int64) error {
	if affected == 0 {
		return nil
	}
	for _, d := range all {
		there, err := s.base.Query(ctx, d.there.Text, d.there.Args)
		if err != nil {
			return err
		}
		if len(there.Rows) > 0 {
			continue
		}
		if err := s.write(ctx, d.entries, affected); err != nil {
			return err
		}
	}
	return nil
}
