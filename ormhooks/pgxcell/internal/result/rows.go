package result

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/cellseal/cellseal/ormhooks/internal/door"
)

// rows are a result whose protected columns are opened, and from which the library's own
// columns are gone.
type rows struct {
	scanner
	base    pgx.Rows // nil if there is none, and what there is was opened before
	reader  *door.Reader
	decode  decoder
	server  []pgconn.FieldDescription
	needed  []bool
	stored  []driver.Value
	opened  []driver.Value
	held    [][][]byte
	conn    *pgx.Conn
	err     error
	closed  bool
	next    func(stored []driver.Value) error // where rows are read before they are opened, or nil
	dropped int64                             // rows that a term has found by chance
	tag     pgconn.CommandTag
}

var _ pgx.Rows = (*rows)(nil)

// Failed is what pgx returns along with an error: rows that know it too.
func Failed(err error) (pgx.Rows, error) { return &rows{err: err, closed: true}, err }

// Open returns the rows of call as the caller sees them. On an error, which may be the
// server's, it closes base.
func Open(ctx context.Context, base pgx.Rows, st *door.Statement, call *door.Call) (pgx.Rows, error) {
	reader := st.Reader(ctx, call)
	if reader == nil {
		return base, nil
	}
	server, types := base.FieldDescriptions(), base.TypeMap()
	fields, err := Fields(st, server, types)
	if err != nil {
		base.Close()
		if said := base.Err(); said != nil { // there are no columns for this reason
			err = said
		}
		return nil, err
	}
	if reader.Finishes() {
		return finished(base, st, reader, fields)
	}
	r := &rows{
		scanner: scanner{types: types, fields: fields, sealed: sealed(st), values: make([][]byte, len(fields))},
		base:    base, reader: reader, decode: decoder{types}, server: server, needed: Needed(st),
		stored: make([]driver.Value, len(server)), opened: make([]driver.Value, len(fields)), conn: base.Conn(),
	}
	if r.next = reader.Ahead(nil, r.copied); r.next != nil {
		anew(st, fields, r.needed)
	}
	return r, nil
}

// Fields describes the columns that the caller sees.
func Fields(st *door.Statement, server []pgconn.FieldDescription, types *pgtype.Map) ([]pgconn.FieldDescription, error) {
	out := st.Plan.Out
	if out == nil {
		return nil, nil
	}
	if len(server) != len(out.Columns) {
		return nil, errors.New("cellseal: the server's result has another number of columns than the plan")
	}
	var fields []pgconn.FieldDescription
	for at, c := range out.Columns {
		if !c.Visible {
			continue
		}
		f := server[at]
		if c.Name != "" {
			f.Name = c.Name
		}
		if l := st.Shape.Type(len(fields)); l != nil {
			if err := shown(&f, l.Database, types); err != nil {
				return nil, err
			}
		}
		fields = append(fields, f)
	}
	return fields, nil
}

// sealed tells which of the columns that the caller sees are protected.
func sealed(st *door.Statement) []bool {
	var all []bool
	for _, c := range st.Plan.Out.Columns {
		if c.Visible {
			all = append(all, c.Column != nil)
		}
	}
	return all
}

// Needed tells the columns that something is worked out from.
func Needed(st *door.Statement) []bool {
	out := st.Plan.Out
	if out == nil {
		return nil
	}
	all := make([]bool, len(out.Columns))
	set := func(at int) {
		if at >= 0 {
			all[at] = true
		}
	}
	for at, c := range out.Columns {
		if c.Column != nil {
			set(at)
			set(c.Hidden)
		}
	}
	for _, o := range out.Origins {
		for _, at := range o.Bound {
			set(at)
		}
		set(o.Scope)
		set(o.RowKey)
	}
	for _, f := range out.Filters {
		for _, at := range f.At {
			set(at)
		}
	}
	for _, at := range st.Shape.Computed() {
		set(at)
	}
	return all
}

// Next implements pgx.Rows.
func (r *rows) Next() bool {
	if r.closed {
		return false
	}
	if r.base == nil {
		if len(r.held) == 0 {
			r.Close()
			return false
		}
		r.values, r.held = r.held[0], r.held[1:]
		return true
	}
	for r.more() {
		open := r.open
		if r.next != nil {
			open = r.openCopy
		}
		seen, err := open()
		if err != nil {
			r.fatal(err)
			return false
		}
		if seen {
			return true
		}
		r.dropped++
	}
	r.Close()
	return false
}

// more reads the next row. Of what ends the result before its end Close knows.
func (r *rows) more() bool {
	if r.next == nil {
		return r.base.Next()
	}
	err := r.next(r.stored)
	if err != nil && err != io.EOF {
		r.fatal(err)
	}
	return err == nil
}

// copied is the server's next row, of which nothing is pgx's any more.
func (r *rows) copied(stored []driver.Value) error {
	if !r.base.Next() {
		return io.EOF
	}
	return r.decode.row(stored, r.base.RawValues(), r.server, func(at int) bool { return r.needed[at] })
}

// openCopy opens a row that was read ahead of it.
func (r *rows) openCopy() (seen bool, err error) {
	if seen, err = r.reader.Open(r.stored, r.opened); err != nil || !seen {
		return false, err
	}
	for i, v := range r.opened {
		if r.values[i], err = sent(&r.fields[i], v, r.types); err != nil {
			return false, err
		}
	}
	return true, nil
}

// open opens the row that the server has sent.
func (r *rows) open() (seen bool, err error) {
	given := r.base.RawValues()
	for at, v := range given {
		if r.needed[at] {
			if r.stored[at], err = r.decode.value(&r.server[at], v); err != nil {
				return false, fmt.Errorf("cellseal: column %s: %w", r.server[at].Name, err)
			}
		}
	}
	if seen, err = r.reader.Open(r.stored, r.opened); err != nil || !seen {
		return false, err
	}
	for i, v := range r.opened {
		at, protected := r.reader.At(i)
		if protected == nil {
			r.values[i] = given[at]
		} else if r.values[i], err = sent(&r.fields[i], v, r.types); err != nil {
			return false, err
		}
	}
	return true, nil
}

// fatal keeps the first error and closes the rows.
func (r *rows) fatal(err error) {
	if r.err == nil {
		r.err = err
	}
	r.Close()
}

// Close implements pgx.Rows.
func (r *rows) Close() {
	if r.closed {
		return
	}
	r.closed, r.values, r.held = true, nil, nil
	if r.base == nil {
		return
	}
	r.base.Close()
	if r.err == nil {
		r.err = r.base.Err()
	}
	if r.tag = r.base.CommandTag(); r.dropped > 0 && r.tag.Select() {
		r.tag = pgconn.NewCommandTag("SELECT " + strconv.FormatInt(r.tag.RowsAffected()-r.dropped, 10))
	}
}

// Err implements pgx.Rows.
func (r *rows) Err() error { return r.err }

// CommandTag implements pgx.Rows. Rows that the caller does not see do not count.
func (r *rows) CommandTag() pgconn.CommandTag { return r.tag }

// Conn implements pgx.Rows: it is the connection below the door.
func (r *rows) Conn() *pgx.Conn { return r.conn }

// Scan implements pgx.Rows.
func (r *rows) Scan(dest ...any) error {
	if len(dest) == 1 {
		if whole, ok := dest[0].(pgx.RowScanner); ok {
			err := whole.ScanRow(r)
			if err != nil {
				r.fatal(err)
			}
			return err
		}
	}
	err := r.scan(dest)
	if err != nil {
		r.fatal(err)
	}
	return err
}

// Values implements pgx.Rows.
func (r *rows) Values() ([]any, error) {
	if r.closed {
		return nil, errors.New("rows is closed")
	}
	all, err := r.decoded()
	if err != nil {
		r.fatal(err)
	}
	return all, err
}
