package pgxcell

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// A Pool is a wrapped *pgxpool.Pool. It is safe for concurrent use; [Wrap] makes one.
type Pool struct {
	base *pgxpool.Pool
	gate *gate
}

// Bare returns the pool below, for Close, Stat and the like. Statements on it go past the
// door: nothing is encrypted, and nothing opened.
func (p *Pool) Bare() *pgxpool.Pool {
	p.made()
	return p.base
}

// Conn returns a connection as the application sees it, for what must happen on one
// connection, such as (*pgxpool.Conn).Conn of an acquired one. It shares the plans of the
// Pool, and is good until the connection is released.
func (p *Pool) Conn(conn *pgx.Conn) *Conn {
	p.made()
	if conn == nil {
		panic("cellseal/ormhooks/pgxcell: nil *pgx.Conn")
	}
	return &Conn{conn, p.gate.link(conn, conn)}
}

// Tx returns a transaction as the application sees it that was begun below the door, on a
// connection to the same database. Whichever of the two ends it, neither is used afterwards.
func (p *Pool) Tx(base pgx.Tx) pgx.Tx {
	p.made()
	if base == nil {
		panic("cellseal/ormhooks/pgxcell: nil pgx.Tx")
	}
	return p.gate.link(base, base.Conn()).begun(base)
}

// Exec is (*pgxpool.Pool).Exec through the door.
func (p *Pool) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	return p.link().exec(ctx, sql, args)
}

// Query is (*pgxpool.Pool).Query through the door.
func (p *Pool) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	return p.link().query(ctx, sql, args)
}

// QueryRow is (*pgxpool.Pool).QueryRow through the door.
func (p *Pool) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return p.link().queryRow(ctx, sql, args)
}

// SendBatch is (*pgxpool.Pool).SendBatch through the door. If one of its statements is refused, none is sent.
func (p *Pool) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	return p.link().sendBatch(ctx, b)
}

// CopyFrom is (*pgxpool.Pool).CopyFrom for tables that are not protected.
func (p *Pool) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource) (int64, error) {
	return p.link().copyFrom(ctx, table, columns, rows)
}

// Begin is (*pgxpool.Pool).Begin. The transaction goes through the door.
func (p *Pool) Begin(ctx context.Context) (pgx.Tx, error) { return p.BeginTx(ctx, pgx.TxOptions{}) }

// BeginTx is (*pgxpool.Pool).BeginTx. The transaction goes through the door.
func (p *Pool) BeginTx(ctx context.Context, o pgx.TxOptions) (pgx.Tx, error) {
	p.made()
	base, err := p.base.BeginTx(ctx, o)
	if err != nil {
		return nil, err
	}
	return p.gate.link(base, base.Conn()).begun(base), nil
}

// Ping is (*pgxpool.Pool).Ping.
func (p *Pool) Ping(ctx context.Context) error { return p.Bare().Ping(ctx) }

// link serves one call: every call may get another connection.
func (p *Pool) link() *link {
	p.made()
	return p.gate.link(p.base, nil)
}

func (p *Pool) made() {
	if p == nil || p.gate == nil {
		panic("cellseal/ormhooks/pgxcell: a Pool is made by Wrap")
	}
}
