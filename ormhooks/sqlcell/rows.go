package sqlcell

import (
	"database/sql/driver"
	"io"

	"github.com/cellseal/cellseal/ormhooks/internal/door"
)

// rows are a result whose protected columns are opened, and from which the library's own
// columns are gone.
type rows struct {
	types
	base    driver.Rows
	closing driver.Stmt // closed along with base, or nil
	names   []string
	stored  []driver.Value
	next    func(stored []driver.Value) error
}

// newRows returns the rows as the caller sees them. Without a reader, and with nothing to
// close, they are the driver's own. On an error it closes what it was given.
func newRows(base driver.Rows, closing driver.Stmt, d *door.Door, reader *door.Reader) (driver.Rows, error) {
	if reader == nil && closing == nil {
		return base, nil
	}
	r := &rows{types: types{of: base, door: d, reader: reader}, base: base, closing: closing}
	if reader == nil {
		return r, nil
	}
	var err error
	if r.names, err = reader.Columns(base.Columns()); err == nil && reader.Finishes() {
		h := &held{types: r.types, names: r.names, over: r}
		if h.rows, err = reader.Finish(r.kept); err == nil {
			return h, nil
		}
	}
	if err != nil {
		r.Close()
		return nil, err
	}
	r.stored = make([]driver.Value, reader.Width())
	r.next = reader.Ahead(base.Next, r.kept)
	return r, nil
}

// kept is the driver's next row, of which nothing is the driver's any more.
func (r *rows) kept(stored []driver.Value) error {
	err := r.base.Next(stored)
	for i, v := range stored {
		if b, ok := v.([]byte); ok && err == nil {
			stored[i] = append([]byte{}, b...)
		}
	}
	return err
}

// Columns implements driver.Rows.
func (r *rows) Columns() []string {
	if r.reader == nil {
		return r.base.Columns()
	}
	return r.names
}

// Close implements driver.Rows.
func (r *rows) Close() error {
	err := r.base.Close()
	if r.closing != nil {
		if closed := r.closing.Close(); err == nil {
			err = closed
		}
		r.closing = nil
	}
	return err
}

// Next implements driver.Rows.
func (r *rows) Next(dst []driver.Value) error {
	if r.reader == nil {
		return r.base.Next(dst)
	}
	for {
		if err := r.next(r.stored); err != nil {
			return err
		}
		if seen, err := r.reader.Open(r.stored, dst); err != nil || seen {
			return err
		}
	}
}

// HasNextResultSet implements driver.RowsNextResultSet.
func (r *rows) HasNextResultSet() bool {
	next, ok := r.base.(driver.RowsNextResultSet)
	return ok && r.reader == nil && next.HasNextResultSet()
}

// NextResultSet implements driver.RowsNextResultSet.
func (r *rows) NextResultSet() error {
	next, ok := r.base.(driver.RowsNextResultSet)
	if !ok || r.reader != nil {
		return io.EOF
	}
	return next.NextResultSet()
}

// held are rows that are at hand already.
type held struct {
	types
	over  *rows // that they were worked out from, and whose driver knows of types; or nil
	names []string
	rows  [][]driver.Value
}

// doneRows are what a statement that went row by row has returned.
func doneRows(done *door.Done, d *door.Door) driver.Rows {
	h := &held{types: types{door: d, reader: done.Reader}}
	if done.Returned != nil {
		h.names, h.rows = done.Returned.Columns, done.Returned.Rows
	}
	return h
}

// Columns implements driver.Rows.
func (h *held) Columns() []string { return h.names }

// Close implements driver.Rows.
func (h *held) Close() error {
	if h.over == nil {
		return nil
	}
	return h.over.Close()
}

// Next implements driver.Rows.
func (h *held) Next(dst []driver.Value) error {
	if len(h.rows) == 0 {
		return io.EOF
	}
	copy(dst, h.rows[0])
	h.rows = h.rows[1:]
	return nil
}
