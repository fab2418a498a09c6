package ormhooks

import (
	"errors"
	"slices"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// columnValue is what was opened of a column; nil for NULL.
type columnValue struct {
	*schema.Column
	v any
}

// checkTerms makes sure that the terms that were scanned belong to the values that
// were opened. A missing term is no error: the index may be newer than the row.
func (r *row) checkTerms(number int) error {
	for _, x := range r.table.Indexes {
		h := r.hiddenField(r.v, x.Hidden())
		term := h.bytes()
		if !h.scanned() || term == nil {
			continue
		}
		values, ok := r.openedValues(x)
		if !ok {
			continue
		}
		maker, err := r.keys.Index(r.table, r.scope, x)
		if errors.As(err, new(*keys.DeniedError)) {
			continue // this process was not granted the index: it cannot search either
		}
		if err != nil {
			return err
		}
		holds, err := maker.Holds(term, values...)
		if err != nil {
			return &ColumnError{r.table.Name, x.Hidden(), err}
		}
		if !holds {
			return &CellError{r.table.Name, x.Hidden(), number, 0, ErrTerm}
		}
	}
	return nil
}

// openedValues returns the values of an index's columns, if all were opened now.
func (r *row) openedValues(x *schema.Index) ([]any, bool) {
	var values []any
	for _, c := range x.Protected() {
		at := slices.IndexFunc(r.values, func(v columnValue) bool { return v.Column == c })
		if at < 0 {
			return nil, false
		}
		values = append(values, r.values[at].v)
	}
	return values, true
}

// plainValues returns the values of those of an index's columns whose fields are
// set or opened.
func (r *row) plainValues(x *schema.Index) ([]any, error) {
	var values []any
	for _, c := range x.Protected() {
		v, ok := r.plainOf(c)
		if !ok {
			continue
		}
		limited, err := codec.Limited(c, v)
		if err != nil {
			return nil, &ColumnError{r.table.Name, c.Name, err}
		}
		values = append(values, limited)
	}
	return values, nil
}
