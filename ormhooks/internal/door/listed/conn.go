package listed

import (
	"context"
	"database/sql/driver"
	"time"
)

// A Conn makes of a connection below the door what package segment takes for one.
type Conn struct {
	Execute func(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error)
	All     func(ctx context.Context, text string, args []driver.NamedValue) ([][]driver.Value, error)
	// Since is when the transaction began that is under way; zero if there is none.
	Since time.Time
}

// Began tells package segment how old what is seen over it may be.
func (c Conn) Began() time.Time { return c.Since }

// Exec implements segment.Conn.
func (c Conn) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := c.Execute(ctx, query, named(args))
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// Query implements segment.Conn.
func (c Conn) Query(ctx context.Context, query string, args ...any) ([][]any, error) {
	found, err := c.All(ctx, query, named(args))
	if err != nil {
		return nil, err
	}
	rows := make([][]any, len(found))
	for i, row := range found {
		rows[i] = make([]any, len(row))
		for j, v := range row {
			rows[i][j] = v
		}
	}
	return rows, nil
}

func named(args []any) []driver.NamedValue {
	all := make([]driver.NamedValue, len(args))
	for i, a := range args {
		all[i] = driver.NamedValue{Ordinal: i + 1, Value: a}
	}
	return all
}
