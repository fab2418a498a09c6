package core

import "context"

// A Conn is one connection, one transaction or a pool: whatever a statement can be
// sent to. What an [Index] does in a transaction, it does on that transaction's Conn.
// Placeholders are the dialect's own. Arguments are int64, []byte and string; values of
// rows are int64, []byte, string or nil.
type Conn interface {
	Exec(ctx context.Context, query string, args ...any) (affected int64, err error)
	Query(ctx context.Context, query string, args ...any) (rows [][]any, err error)
}

// A DB is a Conn that can begin a transaction of its own: what maintenance needs. READ
// COMMITTED is enough, and what a stricter level refuses is tried again with the next pass.
type DB interface {
	Conn
	Begin(ctx context.Context) (Tx, error)
}

// A Tx is a transaction of a [DB]. Rollback after Commit does nothing.
type Tx interface {
	Conn
	Commit() error
	Rollback() error
}
