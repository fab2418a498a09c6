package listed

import (
	"context"
	"database/sql/driver"
)

// A Doomed is a row that a DELETE was about to delete: see plan.Doomed.
type Doomed struct {
	Entries []*Entry
	There   string // asks whether it is there nevertheless
	Args    []driver.NamedValue
}

// Bury writes what is left of a row, if it is gone.
func (d *Doomed) Bury(ctx context.Context, c Conn) error {
	there, err := c.All(ctx, d.There, d.Args)
	if err != nil || len(there) > 0 {
		return err
	}
	for _, e := range d.Entries {
		if err := e.Write(ctx, c, 1); err != nil {
			return err
		}
	}
	return nil
}
