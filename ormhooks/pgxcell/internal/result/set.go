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
	conn   *pgx.Conn
	tag    pgconn.CommandTag
}

// raw is a value as the server sent it.
type raw []byte

// A Querier is a pool, a connection or a transaction.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// All returns every row, with all values as a driver's.
func All(ctx context.Context, on Querier, text string, args []any) (*Set, error) {
	return all(ctx, on, text, args, func(int) bool { return true })
}

// Answer returns every row of what st becomes. Values that nothing is worked out from stay as
// the server sent them.
func Answer(ctx context.Context, on Querier, st *door.Statement, text string, args []any) (*Set, error) {
	needed := Needed(st)
	return all(ctx, on, text, args, func(at int) bool { return needed != nil && (at >= len(needed) || needed[at]) })
}

func all(ctx context.Context, on Querier, text string, args []any, needed func(int) bool) (*Set, error) {
	rows, err := on.Query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	got := &Set{types: decoder{rows.TypeMap()}, conn: rows.Conn()}
	got.Fields = append(got.Fields, rows.FieldDescriptions()...)
	for rows.Next() {
		row := make([]driver.Value, len(got.Fields))
		if err := got.types.row(row, rows.RawValues(), got.Fields, needed); err != nil {
			return nil, err
		}
		got.Rows = append(got.Rows, row)
	}
	rows.Close()
	got.tag = rows.CommandTag()
	return got, rows.Err()
}

// Result is the set as the engine takes it.
func (s *Set) Result() *door.Result {
	r := &door.Result{Rows: s.Rows, Below: s}
	for _, f := range s.Fields {
		r.Columns = append(r.Columns, f.Name)
	}
	return r
}

// Values are the rows as the engine's own queries take them.
func (s *Set) Values() [][]any {
	rows := make([][]any, len(s.Rows))
	for i, row := range s.Rows {
		rows[i] = make([]any, len(row))
		for at, v := range row {
			rows[i][at] = v
		}
	}
	return rows
}

// Tag is what a server says of a statement with rows that it carries out at once.
func Tag(done *door.Done) pgconn.CommandTag {
	switch {
	case done.Statement.Plan.Each != nil:
		return pgconn.NewCommandTag("UPDATE " + strconv.FormatInt(done.Affected, 10))
	case done.Returned == nil:
		return pgconn.CommandTag{}
	}
	tag := done.Returned.Below.(*Set).tag
	if tag.Select() {
		tag = pgconn.NewCommandTag("SELECT " + strconv.Itoa(len(done.Returned.Rows)))
	}
	return tag
}

// Done are the rows of a statement that took several steps.
func Done(done *door.Done, tag pgconn.CommandTag) (pgx.Rows, error) {
	r := &rows{tag: tag}
	if done.Returned == nil {
		return r, nil
	}
	st, sent := done.Statement, done.Returned.Below.(*Set)
	r.conn = sent.conn
	if st.Plan.Out == nil {
		r.scanner = scanner{types: sent.types.types, fields: sent.Fields, sealed: make([]bool, len(sent.Fields))}
		return r, r.take(done.Returned.Rows)
	}
	server := sent.Fields
	if st.Plan.Totals != nil { // behind those of the result stand what the database has added up
		server = server[:len(st.Plan.Out.Columns)]
	}
	fields, err := Fields(st, server, sent.types.types)
	if err == nil {
		err = r.hold(st, done.Returned.Rows, fields, sent.types.types, Needed(st))
	}
	if err != nil {
		return Failed(err)
	}
	return r, nil
}

// hold takes rows as the caller is to see them. Of what needed tells, they are decoded.
func (r *rows) hold(st *door.Statement, all [][]driver.Value, fields []pgconn.FieldDescription, types *pgtype.Map, needed []bool) error {
	anew(st, fields, needed)
	r.scanner = scanner{types: types, fields: fields, sealed: sealed(st)}
	return r.take(all)
}

// anew says of plain columns that are decoded that they are written anew.
func anew(st *door.Statement, fields []pgconn.FieldDescription, needed []bool) {
	next := 0
	for at, c := range st.Plan.Out.Columns {
		if !c.Visible {
			continue
		}
		if f := &fields[next]; c.Column == nil && needed[at] {
			f.Format = formatOf(f.DataTypeOID)
		}
		next++
	}
}

func (r *rows) take(all [][]driver.Value) (err error) {
	for _, opened := range all {
		values := make([][]byte, len(opened))
		for i, v := range opened {
			if values[i], err = sent(&r.fields[i], v, r.types); err != nil {
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
		return decoder{types}.row(stored, base.RawValues(), server, func(at int) bool { return needed[at] })
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

// row copies a row. needed says which columns are wanted as a driver's values.
func (d decoder) row(to []driver.Value, sent [][]byte, fields []pgconn.FieldDescription, needed func(at int) bool) (err error) {
	for i, v := range sent {
		switch to[i] = nil; {
		case v == nil:
		case !needed(i):
			to[i] = raw(bytes.Clone(v))
		default:
			if to[i], err = d.value(&fields[i], bytes.Clone(v)); err != nil {
				return fmt.Errorf("cellseal: column %s: %w", fields[i].Name, err)
			}
		}
	}
	return nil
}
