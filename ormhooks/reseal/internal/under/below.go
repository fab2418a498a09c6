// Package under works on a table's rows as they are stored, over connections under the door.
package under

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"

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
