package result

import (
	"bytes"
	"context"
	"database/sql/driver"
	"fmt"
	"io"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/cellseal/cellseal/ormhooks/internal/door"
)

// A Set is all rows of a statement, copied.
type Set struct {
	Fields []pgconn.FieldDescription
	Rows   [][]driver.Value
	types  decoder
}

// raw is a value as the server sent it.
type raw []byte

// A Querier is a pool, a connection or a transaction.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// All returns every row. If needed is not nil, it says which columns are wanted as a driver's values.
func All(ctx context.Context, on Querier, text string, args []any, needed []bool) (*Set, error) {
	rows, err := on.Query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	got := &Set{types: decoder{rows.TypeMap()}}
	got.Fields = append(got.Fields, rows.FieldDescriptions()...)
	for rows.Next() {
		row := make([]driver.Value, len(got.Fields))
		if err := got.types.row(row, rows.RawValues(), got.Fields, needed); err != nil {
			return nil, err
		}
		got.Rows = append(got.Rows, row)
	}
	rows.Close()
	return got, rows.Err()
}

// EachTag is what a server says of an UPDATE that it carries out at once.
func EachTag(done *door.Done) pgconn.CommandTag {
	return pgconn.NewCommandTag("UPDATE " + strconv.FormatInt(done.Affected, 10))
}

// Done are the rows that a statement that went row by row has returned. returned is the last
// result of it, which knows of what types they are, and needed is what it was got with.
func Done(st *door.Statement, done *door.Done, returned *Set, needed []bool) (pgx.Rows, error) {
	r := &rows{tag: EachTag(done)}
	if done.Returned == nil {
		return r, nil
	}
	types := returned.types.types
	fields, err := Fields(st, returned.Fields, types)
	if err == nil {
		err = r.hold(st, done.Returned.Rows, fields, types, needed)
	}
	if err != nil {
		return Failed(err)
	}
	return r, nil
}

// hold takes rows as the caller is to see them. Of what needed tells, they are decoded.
func (r *rows) hold(st *door.Statement, all [][]driver.Value, fields []pgconn.FieldDescription, types *pgtype.Map, needed []bool) (err error) {
	next := 0
	for at, c := range st.Plan.Out.Columns {
		if !c.Visible {
			continue
		}
		if f := &fields[next]; c.Column == nil && needed[at] { // it was decoded, and is written anew
			f.Format = formatOf(f.DataTypeOID)
		}
		next++
	}
	r.scanner = scanner{types: types, fields: fields, sealed: sealed(st)}
	for _, opened := range all {
		values := make([][]byte, len(opened))
		for i, v := range opened {
			if values[i], err = sent(&fields[i], v, types); err != nil {
				return err
			}
		}
		r.held = append(r.held, values)
	}
	return nil
}

// finished reads all rows of base, which it closes, and returns what becomes of them.
func finished(base pgx.Rows, st *door.Statement, reader *door.Reader, fields []pgconn.FieldDescription) (pgx.Rows, error) {
	defer base.Close()
	needed, types := Needed(st), base.TypeMap()
	server := append([]pgconn.FieldDescription(nil), base.FieldDescriptions()...)
	all, err := reader.Finish(func(stored []driver.Value) error {
		if !base.Next() {
			if err := base.Err(); err != nil {
				return err
			}
			return io.EOF
		}
		return decoder{types}.row(stored, base.RawValues(), server, needed)
	})
	r := &rows{conn: base.Conn(), tag: pgconn.NewCommandTag("SELECT " + strconv.Itoa(len(all)))}
	if err == nil {
		err = r.hold(st, all, fields, types, needed)
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

// row copies a row. If needed is not nil, it says which columns are wanted as a driver's values.
func (d decoder) row(to []driver.Value, sent [][]byte, fields []pgconn.FieldDescription, needed []bool) (err error) {
	for i, v := range sent {
		switch to[i] = nil; {
		case v == nil:
		case needed != nil && !needed[i]:
			to[i] = raw(bytes.Clone(v))
		default:
			if to[i], err = d.value(&fields[i], bytes.Clone(v)); err != nil {
				return fmt.Errorf("cellseal: column %s: %w", fields[i].Name, err)
			}
		}
	}
	return nil
}
