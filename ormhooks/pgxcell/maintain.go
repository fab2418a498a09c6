package pgxcell

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/cellseal/cellseal/ormhooks/internal/door/listed"
	"github.com/cellseal/cellseal/ormhooks/pgxcell/internal/result"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
	"github.com/cellseal/cellseal/search/segment"
)

// Maintain does what listed indexes need beside writes and searches: see sqlcell.Maintain, which does the
// same over database/sql. Without it they stay right and become slow. Any process may run it, several at
// once without harm.
//
//	go pgxcell.Maintain(ctx, db, nil) // until ctx ends
//
// With Once it makes one pass and returns its errors; else it returns when ctx ends, and the Observer of
// sqlcell.Options.Segments is told of errors.
func Maintain(ctx context.Context, db *Pool, o *sqlcell.MaintainOptions) error {
	if o == nil {
		o = &sqlcell.MaintainOptions{}
	}
	return listed.Maintain(ctx, db.Segments(), o.MaintainOptions, nil, func(ctx context.Context) ([]*segment.Index, error) {
		return Lists(ctx, db, o.Scopes)
	})
}

// Lists returns the listed indexes of the schema, for their Stats, Verify, Quarantine and Drop, which take what
// [Pool.Segments] returns; scopes are those of sqlcell.MaintainOptions.
func Lists(ctx context.Context, db *Pool, scopes map[string][]string) ([]*segment.Index, error) {
	return db.link().session.Lists(ctx, scopes, nil)
}

// Segments returns the pool as package segment takes it. What lists are in holds no plaintext, and goes past
// the door.
func (p *Pool) Segments() segment.DB {
	p.made()
	return lists{over{p.base}}
}

// over is a pool or a transaction below the door as package segment takes it.
type over struct{ on below }

// Exec implements segment.Conn.
func (o over) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	tag, err := o.on.Exec(ctx, query, args...)
	return tag.RowsAffected(), err
}

// Query implements segment.Conn.
func (o over) Query(ctx context.Context, query string, args ...any) ([][]any, error) {
	all, err := result.All(ctx, o.on, query, args)
	if err != nil {
		return nil, err
	}
	return all.Values(), nil
}

type lists struct{ over }

var _ segment.DB = lists{}

// Began says that each statement is a transaction of its own.
func (lists) Began() time.Time { return time.Time{} }

// Begin implements segment.DB.
func (l lists) Begin(ctx context.Context) (segment.Tx, error) {
	began, err := l.on.Begin(ctx)
	if err != nil {
		return nil, err
	}
	return listsTx{over{began}, began, context.WithoutCancel(ctx)}, nil
}

type listsTx struct {
	over
	tx    pgx.Tx
	after context.Context
}

// Commit implements segment.Tx.
func (t listsTx) Commit() error { return t.tx.Commit(t.after) }

// Rollback implements segment.Tx.
func (t listsTx) Rollback() error { return t.tx.Rollback(t.after) }
