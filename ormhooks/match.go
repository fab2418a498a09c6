package ormhooks

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// Match returns the terms to look for in a hidden column:
//
//	terms, err := ormhooks.Match(ctx, source, schema, "patients", "email__eq", "siobhan@example.com")
//	db.Query("SELECT … FROM patients WHERE email__eq = $1", terms[0])
//
// There is one term for each enabled index key, so one in most installations and
// two during a rotation: ask for all of them with IN or = ANY. A unique index has
// one always. Rows found under an index that is not unique may be false, and who can
// write the table can move terms from row to row: scan the hidden column along, and
// [Open] checks it, or compare the opened value with the one that was asked for.
// values are in the order of the index's columns.
func Match(ctx context.Context, source keys.Source, s *Schema, table, hidden string, values ...any) ([][]byte, error) {
	var terms [][]byte
	err := codec.Reloading(ctx, source, func() (err error) {
		terms, err = match(ctx, source, s, table, hidden, values)
		return err
	})
	return terms, err
}

func match(ctx context.Context, source keys.Source, s *Schema, table, hidden string, values []any) ([][]byte, error) {
	t := s.Table(table)
	if t == nil {
		return nil, fmt.Errorf("cellseal: no table %s in the schema", table)
	}
	at := slices.IndexFunc(t.Indexes, func(x *schema.Index) bool { return x.Hidden() == hidden })
	if at < 0 {
		return nil, fmt.Errorf("cellseal: table %s has no index %s in the schema", table, hidden)
	}
	x := t.Indexes[at]
	if len(values) != len(x.Protected()) {
		return nil, fmt.Errorf("cellseal: %s.%s indexes %d columns, and %d values were given", table, hidden, len(x.Protected()), len(values))
	}
	limited := make([]any, len(values))
	for i, c := range x.Protected() {
		var err error
		if limited[i], err = codec.Limited(c, reflect.ValueOf(values[i])); err != nil {
			return nil, &ColumnError{table, c.Name, err}
		}
	}
	var scope []keys.Label
	if !x.Unscoped {
		var err error
		if scope, err = scopeOf(ctx, t, ""); err != nil {
			return nil, err
		}
	}
	maker, err := codec.NewKeys(ctx, source).Index(t, scope, x)
	if err != nil {
		return nil, err
	}
	terms, err := maker.Match(limited...)
	if err != nil {
		return nil, &ColumnError{table, hidden, err}
	}
	return terms, nil
}
