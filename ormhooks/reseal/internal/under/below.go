// Package under works on a table's rows as they are stored, over connections under the door.
package under

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/cellseal/cellseal/ormhooks/internal/door"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
)

// belower is a connection that goes through the door.
type belower interface {
	Below() (*door.Door, door.Base)
}

// Below uses a connection under the door, which is nobody else's meanwhile.
func Below(ctx context.Context, db *sql.DB, use func(*door.Door, door.Base) error) error {
	c, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	return On(c, use)
}

// On is Below of a connection that is at hand.
func On(c *sql.Conn, use func(*door.Door, door.Base) error) error {
	var failed error
	err := c.Raw(func(driverConn any) error {
		b, ok := driverConn.(belower)
		if !ok {
			return sqlcell.ErrNoDoor
		}
		failed = use(b.Below())
		if errors.Is(failed, driver.ErrBadConn) {
			return driver.ErrBadConn // the pool is to forget it
		}
		return nil
	})
	return errors.Join(err, failed)
}

// Change executes statements of which each is to change one row of one of the library's own tables, in one
// transaction: a process reads all or nothing of it. If one finds another number of rows, that is changed.
func Change(ctx context.Context, b door.Base, table string, changed error, statements ...*Statement) (err error) {
	end, err := b.Begin(ctx, false)
	if err != nil {
		return err
	}
	defer func() {
		if ended := end(err == nil); err == nil {
			err = ended
		}
	}()
	for _, s := range statements {
		result, err := b.Exec(ctx, s.Text, s.Args)
		if err != nil {
			return fmt.Errorf("cellseal: table %s: %w", table, err)
		}
		if n, err := result.RowsAffected(); err == nil && n != 1 {
			return changed
		}
	}
	return nil
}
