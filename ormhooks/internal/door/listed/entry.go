package listed

import (
	"context"
	"database/sql/driver"
	"errors"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/internal/door/answer"
	"github.com/cellseal/cellseal/ormhooks/internal/door/convert"
	"github.com/cellseal/cellseal/ormhooks/internal/door/row"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/segment"
)

// An Entry is what is written of one index after a statement.
type Entry struct {
	index  Index
	op     plan.Op
	doc    []byte
	value  any
	table  *schema.Table
	column *schema.Column
	home   Home
}

// Begin begins the index, if nobody has, before the statement that the entry belongs to.
func (e *Entry) Begin(ctx context.Context, c segment.Conn) error {
	return e.home.Begin(ctx, c, e.index)
}

// Write writes it. Where the statement has changed nothing, whatever was there before stays.
func (e *Entry) Write(ctx context.Context, c segment.Conn, affected int64) error {
	if affected == 0 && e.op != plan.Added {
		return nil
	}
	if err := Write(ctx, c, e.index, e.op, e.doc, e.value); err != nil {
		return Of(e.table, e.column, err)
	}
	return nil
}

// Of says of which column an index speaks that does not take a value.
func Of(t *schema.Table, c *schema.Column, err error) error {
	if errors.As(err, new(*search.ValueError)) {
		return &ormhooks.ColumnError{Table: t.Name, Column: c.Name, Err: err}
	}
	return err
}

// A Maker makes entries of one execution.
type Maker struct {
	Context context.Context
	Dialect sqltext.Dialect
	Shelf   *Shelf
	Keys    *codec.Keys
}

// Entry makes the entry of a row: given is the column's value, bound and rowKey say what the row is
// called by. It returns nil where there is none: a row whose key is NULL is not there, and one of no
// known scope is in no list that could be told.
func (m *Maker) Entry(e *plan.Entry, t *schema.Table, given any, scope []keys.Label, unscoped error, bound func(string) (any, error), rowKey func() ([]byte, error)) (*Entry, error) {
	c := e.Index.Protected()[0]
	made := &Entry{op: e.Op, table: t, column: c, home: Home{m.Dialect, t, e.Index, scope}}
	var err error
	if made.value, err = convert.Limited(m.Dialect, c, given); err != nil {
		return nil, &ormhooks.ColumnError{Table: t.Name, Column: c.Name, Err: err}
	}
	if made.value == nil && (e.Keep || e.Op == plan.Added) {
		return nil, nil
	}
	if unscoped != nil && !e.Index.Unscoped {
		if e.Op == plan.Removed && errors.As(unscoped, new(*ormhooks.ScopeError)) {
			return nil, nil
		}
		return nil, unscoped
	}
	made.doc, err = Doc(t, e.Index, func(logical string) (codec.Bound, error) {
		v, err := bound(logical)
		if err != nil {
			return codec.Bound{}, err
		}
		b, err := convert.Bound(t.Column(logical), v)
		if err == nil {
			err = answer.Spelled(m.Dialect, t.Column(logical), v)
		}
		switch {
		case err != nil:
			err = &ormhooks.ColumnError{Table: t.Name, Column: t.Column(logical).Name, Err: err}
		case b.Value() == nil:
			err = errNull
		}
		return b, err
	}, rowKey)
	if err == errNull {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if made.index, err = m.Shelf.Of(m.Keys, t, scope, e.Index); e.Op == plan.Removed && isGone(err) {
		return nil, nil // nobody reads the list any more
	}
	return made, err
}

// isGone reports whether a scope has no lists that could be read, or written here: it was destroyed, or never was, or is
// locked with a password, and what is left in its lists is found and compared with the rows when it is not.
func isGone(err error) bool {
	return errors.As(err, new(*keys.DestroyedError)) || errors.As(err, new(*keys.UnknownScopeError)) || errors.As(err, new(*keys.LockedError))
}

var errNull = errors.New("no key")

// Was makes the entry of a row as it was fetched.
func (m *Maker) Was(e *plan.Entry, origin *plan.Origin, fetched []driver.Value) (*Entry, error) {
	var state row.State
	opener := row.Opener{Context: m.Context, Keys: m.Keys}
	scope, unscoped := opener.Scope(origin, &state, fetched)
	return m.Entry(e, origin.Table, nil, scope, unscoped,
		func(logical string) (any, error) { return fetched[origin.Bound[logical]], nil },
		func() ([]byte, error) { return row.KeyOf(origin.Table, fetched[origin.RowKey]) })
}
