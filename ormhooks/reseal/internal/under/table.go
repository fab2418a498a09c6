package under

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/internal/ddl"
	"github.com/cellseal/cellseal/ormhooks/internal/door"
)

// A Table is what the database says of a table.
type Table struct {
	*catalog.Table
	Indexes []catalog.Index
}

// Load reads the catalogue; the table is nil if there is none of that name.
func Load(ctx context.Context, b door.Base, d sqltext.Dialect, name string) (t *Table, c *catalog.Catalog, err error) {
	err = b.Catalogue(ctx, true, func(q catalog.Querier) error {
		if c, err = catalog.Load(ctx, q, d); err != nil {
			return err
		}
		table := c.Table("", name)
		if table == nil || table.View {
			return nil
		}
		details, err := catalog.LoadDetails(ctx, q, d, []*catalog.Table{table})
		if err == nil {
			t = &Table{table, slices.DeleteFunc(details.Indexes, func(i catalog.Index) bool { return i.Table != table })}
		}
		return err
	})
	return t, c, err
}

// RowKey returns the columns of a unique key that names every row, all of which are fit if fit is
// not nil.
func (t *Table) RowKey(fit func(column string) bool) []string {
	for _, columns := range t.Unique {
		partial := slices.ContainsFunc(t.Indexes, func(i catalog.Index) bool { return i.Partial && slices.Equal(i.Columns, columns) })
		if !partial && !slices.ContainsFunc(columns, func(name string) bool {
			c := t.Column(name)
			return c == nil || c.Nullable || fit != nil && !fit(name)
		}) {
			return columns
		}
	}
	return nil
}

// Uniques returns the unique indexes that a column is in.
func (t *Table) Uniques(column string) []catalog.Index {
	return slices.DeleteFunc(slices.Clone(t.Indexes), func(i catalog.Index) bool { return !i.Unique || !has(i.Columns, column) })
}

// HasUnique reports whether there is a unique index as it is wanted.
func (t *Table) HasUnique(want ddl.Index) bool {
	return slices.ContainsFunc(t.Indexes, func(i catalog.Index) bool {
		return i.Unique && i.Valid && i.Partial == (want.Where != "") && len(i.Columns) == len(want.Columns) &&
			!slices.ContainsFunc(want.Columns, func(c string) bool { return !has(i.Columns, c) })
	})
}

func has(columns []string, name string) bool {
	return slices.ContainsFunc(columns, func(c string) bool { return strings.EqualFold(c, name) })
}

// Column returns a column, or nil.
func (t *Table) Column(name string) *catalog.Column {
	for i := range t.Columns {
		if strings.EqualFold(t.Columns[i].Name, name) {
			return &t.Columns[i]
		}
	}
	return nil
}

// Given is a value that was read of a column, as an argument that compares as it does itself. MySQL's
// driver may deliver anything as bytes, which compare by another collation than text does.
func (t *Table) Given(d sqltext.Dialect, column string, v any) any {
	typ := t.Column(column).Type
	b, ok := v.([]byte)
	if !ok || d != sqltext.MySQL || strings.Contains(typ, "binary") || strings.Contains(typ, "blob") {
		return v
	}
	if strings.Contains(typ, "int") {
		if n, err := strconv.ParseInt(string(b), 10, 64); err == nil {
			return n
		}
		if n, err := strconv.ParseUint(string(b), 10, 64); err == nil {
			return n
		}
	}
	return string(b)
}

// Bytes returns what a driver delivered of a binary column; nil for NULL.
func Bytes(v any) []byte {
	switch v := v.(type) {
	case []byte:
		return v
	case string:
		return []byte(v)
	}
	return nil
}
