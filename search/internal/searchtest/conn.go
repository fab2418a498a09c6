package searchtest

import (
	"context"
	"database/sql"

	"github.com/cellseal/cellseal/search"
)

// Dialects are those of testdb by its names for them.
var Dialects = map[string]search.Dialect{"sqlite": search.SQLite, "postgres": search.PostgreSQL, "mysql": search.MySQL}

// Conn is over what *sql.DB, *sql.Tx and *sql.Conn have in common.
type Conn struct {
	On interface {
		ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
		QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	}
}

// Exec executes a statement and returns how many rows it affected.
func (c Conn) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	r, err := c.On.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// Query returns all rows, with values as the driver gives them.
func (c Conn) Query(ctx context.Context, query string, args ...any) (all [][]any, err error) {
	rows, err := c.On.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		all = append(all, values)
	}
	return all, rows.Err()
}
