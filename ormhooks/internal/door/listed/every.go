package listed

import (
	"context"
	"database/sql/driver"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/internal/ddl"
	"github.com/cellseal/cellseal/ormhooks/internal/door/convert"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search/segment"
)

// Every is all listed indexes of a schema, under every scope.
type Every struct {
	Schema  *schema.Schema
	Source  keys.Source
	Dialect sqltext.Dialect
	Shelf   *Shelf
	// Read reads rows of a table, to find what scopes there are.
	Read func(ctx context.Context, text string, args []driver.NamedValue) ([][]driver.Value, error)
	// Scopes are the ids, by kind, of scopes that no column names.
	Scopes map[string][]string
	// Table is the one whose indexes are wanted; nil for all.
	Table *schema.Table
}

// Indexes returns them. Of a scope that no row has left it finds none.
func (e *Every) Indexes(ctx context.Context) (all []*segment.Index, err error) {
	k := codec.NewKeys(ctx, e.Source)
	for t := range e.Schema.Tables() {
		if len(t.Listed) == 0 || e.Table != nil && e.Table != t {
			continue
		}
		paths, err := e.paths(ctx, t)
		if err != nil {
			return nil, err
		}
		for _, x := range t.Listed {
			under := paths
			if x.Unscoped {
				under = [][]keys.Label{nil}
			}
			for _, path := range under {
				opened, err := e.Shelf.Of(k, t, path, x)
				if isGone(err) {
					continue
				}
				if err != nil {
					return nil, err
				}
				all = append(all, opened.Segments())
			}
		}
	}
	return all, nil
}

// paths are the scopes of a table.
func (e *Every) paths(ctx context.Context, t *schema.Table) (all [][]keys.Label, err error) {
	if t.Scope.Kind == "" {
		return [][]keys.Label{nil}, nil
	}
	ids := e.Scopes[t.Scope.Kind]
	if t.Scope.Column != "" {
		if ids, err = e.ids(ctx, t); err != nil {
			return nil, err
		}
	}
	for _, id := range ids {
		all = append(all, []keys.Label{keys.Scope(t.Scope.Kind, id)})
	}
	return all, nil
}

func (e *Every) ids(ctx context.Context, t *schema.Table) (ids []string, err error) {
	c := t.Column(t.Scope.Column)
	rows, err := e.Read(ctx, "SELECT DISTINCT "+ddl.Quote(e.Dialect, c.Name)+" FROM "+ddl.Quote(e.Dialect, t.Name), nil)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		b, err := convert.Bound(c, row[0])
		if err != nil {
			return nil, err
		}
		if !b.Zero {
			ids = append(ids, b.Text())
		}
	}
	return ids, nil
}
