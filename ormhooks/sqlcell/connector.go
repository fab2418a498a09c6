package sqlcell

import (
	"context"
	"database/sql/driver"
	"io"

	"github.com/cellseal/cellseal/ormhooks/internal/door"
	"github.com/cellseal/cellseal/ormhooks/sqlcell/internal/below"
)

// connector makes wrapped connections, which share one door.
type connector struct {
	base    driver.Connector
	door    *door.Door
	manners manners
}

var (
	_ driver.Connector = (*connector)(nil)
	_ io.Closer        = (*connector)(nil)
)

// Connect implements driver.Connector.
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	bare, err := c.base.Connect(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.settle(ctx, below.Conn{Conn: bare}); err != nil {
		bare.Close()
		return nil, err
	}
	wrapped := &conn{below: below.Conn{Conn: bare}, connector: c}
	wrapped.session = c.door.Session(base{wrapped})
	return wrapped, nil
}

// Driver implements driver.Connector. It is the driver below: some programs ask which.
func (c *connector) Driver() driver.Driver { return c.base.Driver() }

// Close implements io.Closer for sql.DB.
func (c *connector) Close() error {
	if closer, ok := c.base.(io.Closer); ok {
		return closer.Close()
	}
	return nil
}

// dsnConnector is for drivers that have no connectors.
type dsnConnector struct {
	driver driver.Driver
	dsn    string
}

func (c dsnConnector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.dsn) }
func (c dsnConnector) Driver() driver.Driver                        { return c.driver }
