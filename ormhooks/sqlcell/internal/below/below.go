package below

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"slices"

	"github.com/cellseal/cellseal/ormhooks/internal/door"
)

// A Conn is a driver's connection, used as database/sql uses one: by its optional
// interfaces where it has them, and else by the old ones.
type Conn struct{ driver.Conn }

// Exec executes a statement directly. driver.ErrSkip says to prepare it instead.
func (b Conn) Exec(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	args, err := Checked(b.Conn, nil, args)
	if err != nil {
		return nil, err
	}
	switch c := b.Conn.(type) {
	case driver.ExecerContext:
		return c.ExecContext(ctx, text, args)
	//lint:ignore SA1019 a driver may have nothing newer
	case driver.Execer:
		values, err := unnamed(ctx, args)
		if err != nil {
			return nil, err
		}
		return c.Exec(text, values)
	}
	return nil, driver.ErrSkip
}

// Query is Exec for rows.
func (b Conn) Query(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	args, err := Checked(b.Conn, nil, args)
	if err != nil {
		return nil, err
	}
	switch c := b.Conn.(type) {
	case driver.QueryerContext:
		return c.QueryContext(ctx, text, args)
	//lint:ignore SA1019 a driver may have nothing newer
	case driver.Queryer:
		values, err := unnamed(ctx, args)
		if err != nil {
			return nil, err
		}
		return c.Query(text, values)
	}
	return nil, driver.ErrSkip
}

// Prepare prepares a statement.
func (b Conn) Prepare(ctx context.Context, text string) (driver.Stmt, error) {
	if c, ok := b.Conn.(driver.ConnPrepareContext); ok {
		return c.PrepareContext(ctx, text)
	}
	st, err := b.Conn.Prepare(text)
	if err == nil && ctx.Err() != nil {
		st.Close()
		return nil, ctx.Err()
	}
	return st, err
}

// Begin begins a transaction.
func (b Conn) Begin(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	if c, ok := b.Conn.(driver.ConnBeginTx); ok {
		return c.BeginTx(ctx, o)
	}
	if o.Isolation != 0 {
		return nil, errors.New("sql: driver does not support non-default isolation level")
	}
	if o.ReadOnly {
		return nil, errors.New("sql: driver does not support read-only transactions")
	}
	//lint:ignore SA1019 a driver may have nothing newer
	tx, err := b.Conn.Begin()
	if err == nil && ctx.Err() != nil {
		tx.Rollback()
		return nil, ctx.Err()
	}
	return tx, err
}

// StmtExec executes a prepared statement with arguments that are Checked.
func StmtExec(ctx context.Context, st driver.Stmt, args []driver.NamedValue) (driver.Result, error) {
	if s, ok := st.(driver.StmtExecContext); ok {
		return s.ExecContext(ctx, args)
	}
	values, err := unnamed(ctx, args)
	if err != nil {
		return nil, err
	}
	//lint:ignore SA1019 a driver may have nothing newer
	return st.Exec(values)
}

// StmtQuery is StmtExec for rows.
func StmtQuery(ctx context.Context, st driver.Stmt, args []driver.NamedValue) (driver.Rows, error) {
	if s, ok := st.(driver.StmtQueryContext); ok {
		return s.QueryContext(ctx, args)
	}
	values, err := unnamed(ctx, args)
	if err != nil {
		return nil, err
	}
	//lint:ignore SA1019 a driver may have nothing newer
	return st.Query(values)
}

func unnamed(ctx context.Context, args []driver.NamedValue) ([]driver.Value, error) {
	values := make([]driver.Value, len(args))
	for i, a := range args {
		if a.Name != "" {
			return nil, errors.New("sql: driver does not support the use of Named Parameters")
		}
		values[i] = a.Value
	}
	return values, ctx.Err()
}

// Execute executes a statement directly, or prepares it if the driver wants that.
func (b Conn) Execute(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	result, err := b.Exec(ctx, text, args)
	if err != driver.ErrSkip {
		return result, err
	}
	st, err := b.Prepare(ctx, text)
	if err != nil {
		return nil, err
	}
	defer st.Close()
	if args, err = Checked(b.Conn, st, args); err != nil {
		return nil, err
	}
	return StmtExec(ctx, st, args)
}

// Rows is Execute for rows. closing is what is to be closed after them, or nil.
func (b Conn) Rows(ctx context.Context, text string, args []driver.NamedValue) (rows driver.Rows, closing driver.Stmt, err error) {
	rows, err = b.Query(ctx, text, args)
	if err != driver.ErrSkip {
		return rows, nil, err
	}
	st, err := b.Prepare(ctx, text)
	if err != nil {
		return nil, nil, err
	}
	if args, err = Checked(b.Conn, st, args); err == nil {
		rows, err = StmtQuery(ctx, st, args)
	}
	if err != nil {
		st.Close()
		return nil, nil, err
	}
	return rows, st, nil
}

// All returns every row.
func (b Conn) All(ctx context.Context, text string, args []driver.NamedValue) (result *door.Result, err error) {
	rows, st, err := b.Rows(ctx, text, args)
	if err != nil {
		return nil, err
	}
	defer func() {
		if closed := rows.Close(); err == nil {
			err = closed
		}
		if st != nil {
			st.Close()
		}
	}()
	result = &door.Result{Columns: slices.Clone(rows.Columns())}
	for {
		row := make([]driver.Value, len(result.Columns))
		if err := rows.Next(row); err == io.EOF {
			return result, nil
		} else if err != nil {
			return nil, err
		}
		for i, v := range row {
			if v, ok := v.([]byte); ok { // the driver's, until the next row
				row[i] = append([]byte{}, v...)
			}
		}
		result.Rows = append(result.Rows, row)
	}
}
