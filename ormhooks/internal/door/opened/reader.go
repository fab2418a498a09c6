package opened

import (
	"context"
	"database/sql/driver"
	"errors"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/internal/door/convert"
	"github.com/cellseal/cellseal/ormhooks/internal/door/finish"
	"github.com/cellseal/cellseal/ormhooks/internal/door/row"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// Config is what all results of a door are opened with.
type Config struct {
	Dialect sqltext.Dialect
	Times   convert.Times
	Source  keys.Source
	// Permit is told of stored plaintext that is let through; nil lets none through.
	Permit func(*schema.Table, *schema.Column)
	// DestroyedAsNull makes NULL of cells whose scope was destroyed.
	DestroyedAsNull bool
	// MaxRows is how many rows are gathered at most.
	MaxRows int
}

// Opener returns what opens single values.
func (c *Config) Opener(ctx context.Context) row.Opener {
	return row.Opener{Context: ctx, Keys: codec.NewKeys(ctx, c.Source), Permit: c.Permit, DestroyedAsNull: c.DestroyedAsNull}
}

// A Call is what one execution has worked out for its result.
type Call struct {
	// Wanted are what the filters of the output ask for, one for each.
	Wanted []Wanted
	Ends   finish.Ends
}

// Wanted is what rows are to hold that a filter lets through: one of Terms, of which nil is NULL; or what Matches
// takes, of rows in the scope that is looked in.
type Wanted struct {
	Terms    [][]byte
	Matches  func(value any) (bool, error)
	Scope    []keys.Label
	Unscoped error // why there is none
}

// A Reader opens the rows of one result. It is for one goroutine.
type Reader struct {
	*Shape
	config Config
	call   Call
	opener row.Opener
	number int // of the row, from 0
	rows   []row.State
	opened []any // values by position, as Decode gives them
	isOpen []bool
}

// Reader returns what opens the rows of one execution.
func (s *Shape) Reader(ctx context.Context, c Config, call Call) *Reader {
	return &Reader{
		Shape: s, config: c, opener: c.Opener(ctx), call: call, number: -1,
		rows: make([]row.State, len(s.out.Origins)), opened: make([]any, len(s.out.Columns)), isOpen: make([]bool, len(s.out.Columns)),
	}
}

// Columns returns the names that the caller sees, given the server's.
func (r *Reader) Columns(server []string) ([]string, error) {
	if len(server) != len(r.out.Columns) {
		return nil, errors.New("cellseal: internal: the plan has another number of columns than the result")
	}
	names := make([]string, len(r.visible))
	for i, at := range r.visible {
		if names[i] = r.out.Columns[at].Name; names[i] == "" {
			names[i] = server[at]
		}
	}
	return names, nil
}

// At returns the position in the server's row of a visible column, and the protected
// column it is, or nil.
func (r *Reader) At(visible int) (int, *schema.Column) {
	at := r.visible[visible]
	return at, r.out.Columns[at].Column
}

// Width is the number of columns as the server delivers them.
func (r *Reader) Width() int { return len(r.out.Columns) }

// Open opens a row as the server delivered it, and puts what the caller sees into dst. It
// reports whether the row is to be seen at all. An unknown key is asked for once.
func (r *Reader) Open(stored, dst []driver.Value) (seen bool, err error) {
	r.number++
	if seen, err = r.open(stored, dst); err == nil || !codec.Reload(r.opener.Context, r.config.Source, &err) {
		return seen, err
	}
	r.opener = r.config.Opener(r.opener.Context)
	return r.open(stored, dst)
}

func (r *Reader) open(stored, dst []driver.Value) (bool, error) {
	for i := range r.rows {
		r.rows[i].Reset()
	}
	clear(r.isOpen)
	for i := range r.out.Filters {
		if seen, err := r.passes(i, stored); err != nil || !seen {
			return false, err
		}
	}
	for i := range r.pairs {
		if err := r.alike(&r.pairs[i], stored); err != nil {
			return false, err
		}
	}
	for i, at := range r.visible {
		c := r.out.Columns[at].Column
		if c == nil {
			dst[i] = stored[at]
			continue
		}
		v, err := r.column(at, stored)
		if err != nil {
			return false, err
		}
		if dst[i], err = convert.Shown(r.config.Dialect, r.config.Times, c, v); err != nil {
			return false, &ormhooks.CellError{Table: r.table(at).Name, Column: c.Name, Row: r.number, Err: err}
		}
	}
	for _, at := range r.keys {
		if _, err := r.column(at, stored); err != nil {
			return false, err
		}
	}
	return true, nil
}

func (r *Reader) table(at int) *schema.Table { return r.out.Origins[r.out.Columns[at].Origin].Table }

// column opens a column, once for each row; nil is NULL.
func (r *Reader) column(at int, stored []driver.Value) (any, error) {
	if r.isOpen[at] {
		return r.opened[at], nil
	}
	o := &r.out.Columns[at]
	origin := &r.out.Origins[o.Origin]
	v, err := r.opener.Open(origin, &r.rows[o.Origin], o.Column, at, o.Hidden, stored, r.number)
	if err == nil {
		r.opened[at], r.isOpen[at] = v, true
	}
	return v, err
}

// typed returns an opened value in its declared type, also if it was stored in clear.
func (r *Reader) typed(at int, opened any) (any, error) {
	p, ok := opened.(convert.Plaintext)
	if !ok {
		return opened, nil
	}
	c := r.out.Columns[at].Column
	v, err := convert.Limited(r.config.Dialect, c, p.Stored)
	if err != nil {
		err = &ormhooks.CellError{Table: r.table(at).Name, Column: c.Name, Row: r.number, Err: err}
	}
	return v, err
}
