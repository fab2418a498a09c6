package pgxcell

import (
	"context"

	"github.com/cellseal/cellseal/ormhooks/pgxcell/internal/result"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// tx is a transaction, or a part of one that a savepoint begins, through the door.
type tx struct {
	base   pgx.Tx
	link   *link
	parent *tx // of a part
	closed bool
}

var _ pgx.Tx = (*tx)(nil)

// begun returns a transaction that has just begun.
func (l *link) begun(base pgx.Tx) *tx {
	l.enter()
	return &tx{base: base, link: l}
}

// over reports that the transaction has ended: its connection may be somebody else's.
func (t *tx) over() bool { return t.closed || t.parent != nil && t.parent.over() }

func (t *tx) use() *link {
	t.link.on = t.base
	return t.link
}

// Begin implements pgx.Tx.
func (t *tx) Begin(ctx context.Context) (pgx.Tx, error) {
	base, err := t.base.Begin(ctx)
	if err != nil {
		return nil, err
	}
	return &tx{base: base, link: t.link, parent: t}, nil
}

// Commit implements pgx.Tx.
func (t *tx) Commit(ctx context.Context) error {
	err := t.base.Commit(ctx)
	if !t.over() && t.parent == nil {
		t.link.leave()
	}
	t.closed = true
	return err
}

// Rollback implements pgx.Tx.
func (t *tx) Rollback(ctx context.Context) error {
	err := t.base.Rollback(ctx)
	switch {
	case t.over():
	case t.parent == nil:
		t.link.leave()
	default:
		t.link.session.Undone()
	}
	t.closed = true
	return err
}

// Exec implements pgx.Tx.
func (t *tx) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	if t.over() {
		return pgconn.CommandTag{}, pgx.ErrTxClosed
	}
	return t.use().exec(ctx, sql, args)
}

// Query implements pgx.Tx.
func (t *tx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if t.over() {
		return result.Failed(pgx.ErrTxClosed)
	}
	return t.use().query(ctx, sql, args)
}

// QueryRow implements pgx.Tx.
func (t *tx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	rows, _ := t.Query(ctx, sql, args...)
	return result.Row{Rows: rows}
}

// SendBatch implements pgx.Tx.
func (t *tx) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	if t.over() {
		return pgx.FailedBatchResults(b, pgx.ErrTxClosed)
	}
	return t.use().sendBatch(ctx, b)
}

// CopyFrom implements pgx.Tx.
func (t *tx) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource) (int64, error) {
	if t.over() {
		return 0, pgx.ErrTxClosed
	}
	return t.use().copyFrom(ctx, table, columns, rows)
}

// Prepare implements pgx.Tx. The name is known to this transaction alone: see [Conn.Prepare].
func (t *tx) Prepare(ctx context.Context, name, sql string) (*pgconn.StatementDescription, error) {
	if t.over() {
		return nil, pgx.ErrTxClosed
	}
	return t.use().prepare(ctx, t.base, name, sql)
}

// LargeObjects implements pgx.Tx. Large objects are not encrypted.
func (t *tx) LargeObjects() pgx.LargeObjects { return t.base.LargeObjects() }

// Conn implements pgx.Tx: it is the connection below the door.
func (t *tx) Conn() *pgx.Conn { return t.base.Conn() }
