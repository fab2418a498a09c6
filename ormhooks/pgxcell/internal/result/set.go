package result

import (
	"bytes"
	"context"
	"database/sql/driver"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

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
		for i, v := range rows.RawValues() {
			switch {
			case v == nil:
			case needed != nil && !needed[i]:
				row[i] = raw(bytes.Clone(v))
			default:
				if row[i], err = got.types.value(&got.Fields[i], bytes.Clone(v)); err != nil {
					return nil, err
				}
			}
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
	if err != nil {
		return Failed(err)
	}
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
	for _, opened := range done.Returned.Rows {
		values := make([][]byte, len(opened))
		for i, v := range opened {
			if values[i], err = sent(&fields[i], v, types); err != nil {
				return Failed(err)
			}
		}
		r.held = append(r.held, values)
	}
	return r, nil
}
