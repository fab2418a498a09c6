package pgxcell

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// A Conn is a wrapped *pgx.Conn, and as little safe for concurrent use. [Pool.Conn] and
// [WrapConn] make one.
type Conn struct {
	base *pgx.Conn
	link *link
}

// Bare returns the connection below. Statements on it go past the door.
func (c *Conn) Bare() *pgx.Conn {
	c.made()
	return c.base
}

// Exec is (*pgx.Conn).Exec through the door.
func (c *Conn) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	return c.made().exec(ctx, sql, args)
}

// Query is (*pgx.Conn).Query through the door.
func (c *Conn) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	return c.made().query(ctx, sql, args)
}

// QueryRow is (*pgx.Conn).QueryRow through the door.
func (c *Conn) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return c.made().queryRow(ctx, sql, args)
}

// SendBatch is (*pgx.Conn).SendBatch through the door. If one of its statements is refused, none is sent.
func (c *Conn) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	return c.made().sendBatch(ctx, b)
}

// CopyFrom is (*pgx.Conn).CopyFrom for tables that are not protected.
func (c *Conn) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource) (int64, error) {
	return c.made().copyFrom(ctx, table, columns, rows)
}

// Prepare is (*pgx.Conn).Prepare. Of a statement on a protected table, what it becomes is
// prepared; the description is of what the caller sees, with parameters of type 0, and
// without columns if the statement takes several steps; the name is known to this Conn alone. It follows the index keys that are enabled.
func (c *Conn) Prepare(ctx context.Context, name, sql string) (*pgconn.StatementDescription, error) {
	return c.made().prepare(ctx, c.base, name, sql)
}

// Begin is (*pgx.Conn).Begin. The transaction goes through the door.
func (c *Conn) Begin(ctx context.Context) (pgx.Tx, error) { return c.BeginTx(ctx, pgx.TxOptions{}) }

// BeginTx is (*pgx.Conn).BeginTx. The transaction goes through the door.
func (c *Conn) BeginTx(ctx context.Context, o pgx.TxOptions) (pgx.Tx, error) {
	l := c.made()
	base, err := c.base.BeginTx(ctx, o)
	if err != nil {
		return nil, err
	}
	return l.begun(base), nil
}

func (c *Conn) made() *link {
	if c == nil || c.link == nil {
		panic("cellseal/ormhooks/pgxcell: a Conn is made by WrapConn or by (*Pool).Conn")
	}
	c.link.on = c.base
	return c.link
}
