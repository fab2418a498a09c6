package catalog

import (
	"context"
	"fmt"
	"strings"

	"github.com/cellseal/cellseal/internal/message"
	"github.com/cellseal/cellseal/internal/sqltext"
)

// A Querier runs a query on the bare connection under the door and returns its rows, in
// whatever form the driver has values. They are its own: a driver's buffers are copied.
type Querier func(ctx context.Context, query string, args ...any) ([][]any, error)

// PinTable is the library's own table, which says under which keys there are terms.
const PinTable = "cellseal_index"

// Load reads the pins, and the tables and views of every schema that the connection may see but
// for the server's own; of MySQL those of the database it is in.
func Load(ctx context.Context, q Querier, d sqltext.Dialect) (*Catalog, error) {
	r := &reader{ctx: ctx, q: q, byName: map[[2]string]*Table{}}
	var err error
	switch d {
	case sqltext.PostgreSQL:
		err = r.postgres()
	case sqltext.MySQL:
		err = r.mysql()
	case sqltext.SQLite:
		err = r.sqlite()
	default:
		panic("cellseal/ormhooks: unknown dialect")
	}
	if err != nil {
		return nil, err
	}
	c := New(r.tables...)
	if c.Table("", PinTable) != nil {
		c.Pins, err = r.pins()
	}
	return c, err
}

// reader gathers tables from the rows of a few queries.
type reader struct {
	ctx    context.Context
	q      Querier
	tables []*Table
	byName map[[2]string]*Table // schema, name
}

// rows runs a query whose rows have n columns.
func (r *reader) rows(what string, n int, query string) ([][]any, error) {
	rows, err := r.q(r.ctx, query)
	if err != nil {
		return nil, fmt.Errorf("cellseal: reading the database's catalogue (%s): %w", what, err)
	}
	for _, row := range rows {
		if len(row) != n {
			return nil, fmt.Errorf("cellseal: reading the database's catalogue (%s): %d columns instead of %d", what, len(row), n)
		}
	}
	return rows, nil
}

// columns is the number of columns of the queries that column takes the rows of: schema, table,
// is a view, visible, column or NULL, type, nullable, generated, default, collation, folds, invisible.
const columns = 12

func (r *reader) column(row []any) {
	t := r.table(row[0], row[1])
	t.View, t.Visible = yes(row[2]), yes(row[3])
	if row[4] == nil { // a table without columns
		return
	}
	t.Columns = append(t.Columns, Column{
		Name: text(row[4]), Type: strings.ToLower(text(row[5])),
		Nullable: yes(row[6]), Generated: yes(row[7]), Default: text(row[8]), Collation: text(row[9]), Folds: yes(row[10]), Invisible: yes(row[11]),
	})
}

func (r *reader) table(schema, name any) *Table {
	key := [2]string{text(schema), text(name)}
	t := r.byName[key]
	if t == nil {
		t = &Table{Schema: key[0], Name: key[1]}
		r.byName[key], r.tables = t, append(r.tables, t)
	}
	return t
}

// uniques takes rows of schema, table, index and column, ordered by index. An index that partial says is of
// some rows only has PartOf among its columns: beside it, others may share what the rest of them hold.
func (r *reader) uniques(rows [][]any, partial func(row []any) bool) {
	index := [3]string{}
	for _, row := range rows {
		t := r.byName[[2]string{text(row[0]), text(row[1])}]
		if t == nil { // of a table that came between the queries
			continue
		}
		next := [3]string{t.Schema, t.Name, text(row[2])}
		if next != index {
			index, t.Unique = next, append(t.Unique, nil)
			if partial(row) {
				t.Unique[len(t.Unique)-1] = []string{PartOf}
			}
		}
		last := len(t.Unique) - 1
		t.Unique[last] = append(t.Unique[last], text(row[3]))
	}
}

// folds marks a column of which a unique index takes different texts for equal, though the column
// itself compares exactly: an upsert may meet a row of another key in it.
func (r *reader) folds(schema, table, column any) {
	t := r.byName[[2]string{text(schema), text(table)}]
	if t == nil { // it came between the queries
		return
	}
	for i := range t.Columns {
		t.Columns[i].Folds = t.Columns[i].Folds || t.Columns[i].Name == text(column)
	}
}

// bare is an error's text without the library's name.
func bare(err error) string { return message.Bare(err) }
