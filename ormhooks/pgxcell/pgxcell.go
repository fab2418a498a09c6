package pgxcell

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/door"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
)

// Wrap returns the pool as the application sees it: what s declares to be protected is
// encrypted and decrypted. It panics if an argument but o is nil, which means the defaults.
func Wrap(pool *pgxpool.Pool, s *ormhooks.Schema, source keys.Source, o *sqlcell.Options) *Pool {
	if pool == nil {
		panic("cellseal/ormhooks/pgxcell: nil *pgxpool.Pool")
	}
	return &Pool{pool, &gate{door: newDoor(s, source, o), pool: pool, apart: func(ctx context.Context) (*pgx.Conn, func(), error) {
		return apart(ctx, pool)
	}}}
}

// WrapConn is Wrap for a single connection of a program that has no pool. See also
// [Pool.Conn].
func WrapConn(conn *pgx.Conn, s *ormhooks.Schema, source keys.Source, o *sqlcell.Options) *Conn {
	if conn == nil {
		panic("cellseal/ormhooks/pgxcell: nil *pgx.Conn")
	}
	g := &gate{door: newDoor(s, source, o), apart: func(ctx context.Context) (*pgx.Conn, func(), error) {
		other, err := pgx.ConnectConfig(ctx, conn.Config())
		return other, func() { other.Close(context.WithoutCancel(ctx)) }, err
	}}
	return &Conn{conn, g.link(conn, conn)}
}

func newDoor(s *ormhooks.Schema, source keys.Source, o *sqlcell.Options) *door.Door {
	if o == nil {
		o = &sqlcell.Options{}
	}
	c := door.Config{
		Schema: s, Source: source, Dialect: sqltext.PostgreSQL,
		CacheSize: o.CacheSize, Permissive: o.Permissive, DestroyedAsNull: o.DestroyedAsNull, Allowed: o.Allowed, Lease: o.Lease, MaxRows: o.MaxRows, Segments: o.Segments,
	}
	if observer := o.Observer; observer != nil {
		c.Observer = func(e door.Event) {
			observer(sqlcell.Event{Kind: sqlcell.EventKind(e.Kind), Table: e.Table, Column: e.Column})
		}
	}
	return door.New(c)
}

// apart connects as the pool does, with its hooks, but not through it: whoever waits for a
// second connection of a pool while holding one may wait for ever.
func apart(ctx context.Context, pool *pgxpool.Pool) (*pgx.Conn, func(), error) {
	config := pool.Config()
	config.MaxConns, config.MinConns, config.MinIdleConns = 1, 0, 0
	single, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, nil, err
	}
	c, err := single.Acquire(ctx)
	if err != nil {
		single.Close()
		return nil, nil, err
	}
	return c.Conn(), func() { c.Release(); single.Close() }, nil
}
