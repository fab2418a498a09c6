package under

import (
	"bytes"
	"context"
	"database/sql/driver"
	"errors"
	"slices"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/internal/ddl"
	"github.com/cellseal/cellseal/ormhooks/internal/door"
	"github.com/cellseal/cellseal/ormhooks/internal/door/convert"
	"github.com/cellseal/cellseal/ormhooks/internal/door/row"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// A Reader reads all that the library stores of a table's rows.
type Reader struct {
	Key   []string // names a row
	Cells []Cell
	Terms []Term
	Sums  []Sum

	door    *door.Door
	of      *schema.Table
	table   *Table
	columns []string
	origin  plan.Origin
}

// A Cell is a protected column.
type Cell struct {
	*schema.Column
	at, hidden int
}

// A Term is a column of an index's terms.
type Term struct {
	Index  *schema.Index
	Column string
	key    uint32 // that it is pinned to, or 0
	cells  []int  // of the index, in Reader.Cells
	at     int
}

// NewReader returns a Reader. missing is a column that the database does not have.
func NewReader(d *door.Door, of *schema.Table, t *Table, key []string, pins []catalog.Pin) (r *Reader, missing string) {
	r = &Reader{Key: key, door: d, of: of, table: t, origin: plan.Origin{Table: of, Bound: map[string]int{}, Scope: -1, RowKey: -1}}
	for _, name := range key {
		r.column(name)
	}
	for _, c := range of.Columns {
		if !c.Protected() {
			continue
		}
		cell := Cell{c, r.column(c.Name), -1}
		if h := c.Hidden(); h != "" {
			cell.hidden = r.column(h)
		}
		r.Cells = append(r.Cells, cell)
		for _, logical := range c.Bind.Columns {
			r.origin.Bound[logical] = r.column(of.Column(logical).Name)
		}
		if c.Bind.Kind == schema.BindRowKey {
			r.origin.RowKey = r.column(schema.RowKeyColumn)
		}
	}
	if scope := of.Scope.Column; scope != "" {
		r.origin.Scope = r.column(of.Column(scope).Name)
	}
	for _, x := range of.Indexes {
		term := Term{Index: x, Column: x.Hidden()}
		for _, c := range x.Protected() {
			term.cells = append(term.cells, slices.IndexFunc(r.Cells, func(i Cell) bool { return i.Column == c }))
		}
		pinned := false
		for _, p := range pins {
			if p.Table == of.Name && p.Index == x.Hidden() {
				pinned = true
				term.Column, term.key, term.at = p.Column, p.Key, r.column(p.Column)
				r.Terms = append(r.Terms, term)
			}
		}
		if !pinned {
			term.at = r.column(term.Column)
			r.Terms = append(r.Terms, term)
		}
	}
	r.sums(of)
	for _, name := range r.columns {
		if t.Column(name) == nil {
			return nil, name
		}
	}
	return r, ""
}

func (r *Reader) column(name string) int {
	if at := slices.Index(r.columns, name); at >= 0 {
		return at
	}
	r.columns = append(r.columns, name)
	return len(r.columns) - 1
}

func (r *Reader) query() *Statement {
	d := r.door.Dialect
	return &Statement{Dialect: d, Text: "SELECT " + List(d, r.columns) + " FROM " + ddl.Quote(d, r.table.Name)}
}

// Next reads the rows after a key, from the first one on if it is nil.
func (r *Reader) Next(ctx context.Context, b door.Base, after []any, limit int) ([][]driver.Value, error) {
	q := r.query()
	if after != nil {
		q.SQL(" WHERE ").After(r.Key, after)
	}
	// As an argument, so that MySQL's driver prepares the statement, and delivers numbers as such.
	return r.rows(ctx, b, q.SQL(" ORDER BY "+List(q.Dialect, r.Key)+" LIMIT ").Value(int64(limit)))
}

// Lock reads a row as it is now, and keeps everybody else from writing it until the transaction
// that is under way has ended; nil if it is gone.
func (r *Reader) Lock(ctx context.Context, b door.Base, key []any) ([]driver.Value, error) {
	q := r.query().SQL(" WHERE ").Row(r.Key, key)
	if r.door.Dialect != sqltext.SQLite {
		q.SQL(" FOR UPDATE")
	} else if _, err := b.Exec(ctx, "DELETE FROM "+ddl.Quote(q.Dialect, r.table.Name)+" WHERE 0 = 1", nil); err != nil {
		return nil, err // it has locked the database: after reading, it could not be any more
	}
	rows, err := r.rows(ctx, b, q)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0], nil
}

func (r *Reader) rows(ctx context.Context, b door.Base, q *Statement) ([][]driver.Value, error) {
	result, err := b.Query(ctx, q.Text, q.Args)
	if err != nil {
		return nil, err
	}
	return result.Rows, nil
}

// KeyOf returns the key of a row.
func (r *Reader) KeyOf(stored []driver.Value) (key []any) {
	for i, name := range r.Key {
		key = append(key, r.table.Given(r.door.Dialect, name, stored[i]))
	}
	return key
}

// Stored returns what is stored of a protected column.
func (r *Reader) Stored(c Cell, stored []driver.Value) codec.Stored {
	s := codec.Stored{Value: stored[c.at]}
	if c.hidden >= 0 {
		s.Hidden = codec.HiddenOf(c.Column, stored[c.hidden])
	}
	return s
}

// Missing reports whether a row holds values and no term of them.
func (r *Reader) Missing(t Term, stored []driver.Value) bool {
	return Bytes(stored[t.at]) == nil && !slices.ContainsFunc(t.cells, func(i int) bool { return r.Stored(r.Cells[i], stored).Null() })
}

// Opener returns what opens rows, as the door does for the application.
func (r *Reader) Opener(ctx context.Context) *row.Opener {
	o := &row.Opener{Context: ctx, Keys: codec.NewKeys(ctx, r.door.Source)}
	if r.door.Permissive {
		o.Permit = func(*schema.Table, *schema.Column) {}
	}
	return o
}

// Expect has the keys asked for at once of rows that are looked at next, where a source gives them one by one.
func (r *Reader) Expect(o *row.Opener, rows [][]driver.Value) error {
	if !o.Keys.ByRow() {
		return nil
	}
	for _, stored := range rows {
		var at row.State
		for _, c := range r.Cells {
			if !r.Stored(c, stored).Null() {
				o.Want(&r.origin, &at, c.Column, stored)
			}
		}
	}
	return o.Keys.Fetch()
}

// Destroyed reports whether an error says that a row's scope was destroyed.
func Destroyed(err error) bool { return errors.As(err, new(*keys.DestroyedError)) }

// Readable returns the rows whose scope was not destroyed, and counts the others. Many scopes are asked for at once,
// where the source can be.
func (r *Reader) Readable(ctx context.Context, rows [][]driver.Value, destroyed *int) (left [][]driver.Value) {
	if r.origin.Scope < 0 || len(r.Cells) == 0 {
		return rows
	}
	o := r.Opener(ctx)
	paths := make([][]keys.Label, len(rows))
	var all []keys.Label
	for i, stored := range rows {
		var at row.State
		if path, err := o.Scope(&r.origin, &at, stored); err == nil {
			paths[i], all = path, append(all, path...)
		}
	}
	if loader, ok := r.door.Source.(keys.ScopeLoader); ok && loader.LoadScopes(ctx, all...) != nil {
		return rows // what is wrong is said by what comes next
	}
	for i, stored := range rows {
		if paths[i] != nil {
			if _, err := o.Keys.Compartment(r.of, paths[i], r.Cells[0].Compartment); Destroyed(err) {
				*destroyed++
				continue
			}
		}
		left = append(left, stored)
	}
	return left
}

// Stale reports whether a row is not as it would be written now. b reads profiles.
func (r *Reader) Stale(o *row.Opener, b door.Base, stored []driver.Value) (bool, error) {
	var at row.State
	path, err := o.Scope(&r.origin, &at, stored)
	if err != nil {
		return false, err
	}
	for _, c := range r.Cells {
		s := r.Stored(c, stored)
		if s.Null() {
			continue
		}
		id, err := codec.KeyID(c.Column, s)
		if err != nil {
			if o.Permit == nil {
				err = &ormhooks.CellError{Table: r.of.Name, Column: c.Name, Err: err}
				return false, err
			}
			return true, nil
		}
		primary, err := o.Keys.PrimaryID(r.of, path, c.Compartment, func() ([]byte, error) { return row.StoredID(&r.origin, c.Column, stored) })
		if err != nil || id != primary {
			return true, err
		}
	}
	for _, t := range r.Terms {
		values, null := make([]any, len(t.cells)), false
		for i, n := range t.cells {
			c := r.Cells[n]
			if values[i], err = o.Open(&r.origin, &at, c.Column, c.at, c.hidden, stored, 0); err != nil {
				return false, err
			}
			null = null || values[i] == nil
		}
		var wanted []byte
		if !null {
			if wanted, err = r.wanted(o, b, path, t, values, stored); err != nil {
				return false, err
			}
		}
		if has := Bytes(stored[t.at]); !bytes.Equal(has, wanted) || (has == nil) != (wanted == nil) {
			return true, nil
		}
	}
	for _, s := range r.Sums {
		if added, err := r.added(o, &at, path, s, stored); err != nil || !added {
			return true, err
		}
	}
	return false, nil
}

// wanted returns what would be written of values that are not NULL.
func (r *Reader) wanted(o *row.Opener, b door.Base, path []keys.Label, t Term, values []any, stored []driver.Value) (term []byte, err error) {
	if !t.Index.Smoothed() {
		x, err := o.Keys.IndexUnder(r.of, path, t.Index, t.key)
		if err == nil {
			term, err = x.Term(values...)
		}
		if err != nil {
			err = &ormhooks.ColumnError{Table: r.of.Name, Column: t.Index.Hidden(), Err: err}
		}
		return term, err
	}
	x, err := r.door.Smoothed(o.Context, b, o.Keys, r.of, path, t.Index)
	if err != nil {
		return nil, err
	}
	id, err := row.StoredID(&r.origin, t.Index.Protected()[0], stored)
	if err != nil {
		return nil, err
	}
	if term, err = x.Token(id, values[0]); err != nil {
		err = &ormhooks.ColumnError{Table: r.of.Name, Column: t.Index.Hidden(), Err: err}
	}
	return term, err
}

// Holds reports whether the token that a row has in a smoothed index, if any, is what would be written now.
func (r *Reader) Holds(o *row.Opener, b door.Base, x *schema.Index, stored []driver.Value) (bool, error) {
	t := r.Terms[slices.IndexFunc(r.Terms, func(t Term) bool { return t.Index == x })]
	has := Bytes(stored[t.at])
	if has == nil {
		return true, nil
	}
	path, value, err := r.Value(o, x.Protected()[0], stored)
	if err != nil || value == nil {
		return false, err
	}
	wanted, err := r.wanted(o, b, path, t, []any{value}, stored)
	return bytes.Equal(has, wanted), err
}

// Value returns whose a row is, and the value of one column.
func (r *Reader) Value(o *row.Opener, c *schema.Column, stored []driver.Value) (path []keys.Label, value any, err error) {
	var at row.State
	if path, err = o.Scope(&r.origin, &at, stored); err != nil {
		return nil, nil, err
	}
	cell := r.Cells[slices.IndexFunc(r.Cells, func(i Cell) bool { return i.Column == c })]
	value, err = o.Open(&r.origin, &at, c, cell.at, cell.hidden, stored, 0)
	if p, ok := value.(convert.Plaintext); ok {
		value = p.Stored
	}
	return path, value, err
}

// Open returns the values of the protected columns; nil is NULL.
func (r *Reader) Open(o *row.Opener, stored []driver.Value) (values []any, err error) {
	var at row.State
	values = make([]any, len(r.Cells))
	for i, c := range r.Cells {
		if values[i], err = o.Open(&r.origin, &at, c.Column, c.at, c.hidden, stored, 0); err != nil {
			return nil, err
		}
		if p, ok := values[i].(convert.Plaintext); ok {
			values[i] = p.Stored
		}
	}
	return values, nil
}

var errRowKey = errors.New("it has cells and no row key, so they cannot be opened")

// NoKey reports whether a row has no row key yet and needs one. It must hold no cells then.
func (r *Reader) NoKey(stored []driver.Value) (bool, error) {
	if r.origin.RowKey < 0 || len(Bytes(stored[r.origin.RowKey])) > 0 {
		return false, nil
	}
	for _, c := range r.Cells {
		if s := r.Stored(c, stored); c.Bind.Kind == schema.BindRowKey && !s.Null() {
			if _, err := codec.KeyID(c.Column, s); err == nil {
				return false, errRowKey
			}
		}
	}
	return true, nil
}

// Update returns the statement for the door that writes the protected columns.
func (r *Reader) Update(key, values []any) *Statement {
	d := r.door.Dialect
	s := &Statement{Dialect: d, Text: "UPDATE " + ddl.Quote(d, r.table.Name) + " SET "}
	for i, c := range r.Cells {
		if i > 0 {
			s.SQL(", ")
		}
		s.SQL(ddl.Quote(d, c.Name) + " = ").Value(values[i])
	}
	return s.SQL(" WHERE ").Row(r.Key, key)
}

// GiveKey returns the statement, for under the door, that gives a row its row key.
func (r *Reader) GiveKey(key []any, rowKey []byte) *Statement {
	d := r.door.Dialect
	s := &Statement{Dialect: d, Text: "UPDATE " + ddl.Quote(d, r.table.Name) + " SET " + ddl.Quote(d, schema.RowKeyColumn) + " = "}
	return s.Value(rowKey).SQL(" WHERE ").Row(r.Key, key)
}
