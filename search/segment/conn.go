package segment

import (
	"context"
	"database/sql"
	"time"

	"github.com/cellseal/cellseal/search/segment/internal/core"
)

// A Conn is one connection, one transaction or a pool: whatever a statement can be
// sent to. What an [Index] does in a transaction, it does on that transaction's Conn. It has two methods:
//
//	Exec(ctx context.Context, query string, args ...any) (affected int64, err error)
//	Query(ctx context.Context, query string, args ...any) (rows [][]any, err error)
//
// Placeholders are the dialect's own. Arguments are int64, []byte and string; values of
// rows are int64, []byte, string or nil.
//
// It may have a third, Began() time.Time: when the transaction began in which its statements run, at a moment that no other
// transaction has, and zero if each is one of its own. A manifest that is older than one this process has met is noticed on such a Conn alone ([SetBackError]): what has
// no Began, as [SQLTx], may be a transaction that began long ago. What [SQL] makes has it.
type Conn = core.Conn

// A DB is a Conn that can begin a transaction of its own, with Begin(ctx) (Tx, error): what
// maintenance needs. READ COMMITTED is enough, and what a stricter level refuses is tried again
// with the next pass.
type DB = core.DB

// A Tx is a transaction of a [DB]: a Conn with Commit() error and Rollback() error. Rollback after Commit
// does nothing.
type Tx = core.Tx

// SQL makes a DB of a pool of package database/sql.
func SQL(db *sql.DB) DB {
	if db == nil {
		panic("cellseal/segment: nil *sql.DB")
	}
	return pool{runner{db}, db}
}

// SQLTx makes a Conn of a transaction of package database/sql.
func SQLTx(tx *sql.Tx) Conn {
	if tx == nil {
		panic("cellseal/segment: nil *sql.Tx")
	}
	return runner{tx}
}

// executor is what *sql.DB, *sql.Tx and *sql.Conn have in common.
type executor interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

type runner struct{ executor }

func (r runner) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := r.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (r runner) Query(ctx context.Context, query string, args ...any) ([][]any, error) {
	rows, err := r.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var all [][]any
	into := make([]any, len(columns))
	for rows.Next() {
		row := make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		all = append(all, row)
	}
	return all, rows.Err()
}

type pool struct {
	runner
	db *sql.DB
}

// Began says that each statement is a transaction of its own.
func (p pool) Began() time.Time { return time.Time{} }

func (p pool) Begin(ctx context.Context) (Tx, error) {
	tx, err := p.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	return transaction{runner{tx}, tx}, nil
}

type transaction struct {
	runner
	tx *sql.Tx
}

func (t transaction) Commit() error   { return t.tx.Commit() }
func (t transaction) Rollback() error { return t.tx.Rollback() }
