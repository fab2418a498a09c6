// Package column is one column of an index: its declared type, and the transforms by
// which its values compare.
package column

import (
	"fmt"

	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/search/internal/transform"
)

// A Column is one column of an index.
type Column struct {
	Name       string
	Type       value.Type
	Bits       float64 // log2 of how many values it can take
	transforms []transform.Func
}

// New returns the columns of a label, as tree.IndexParts takes it apart, or what
// contradicts what. types nil stands for text.
func New(names []string, transforms [][]string, types []value.Type) ([]Column, error) {
	if types == nil {
		types = make([]value.Type, len(names))
	}
	if len(types) != len(names) {
		return nil, fmt.Errorf("%d types for %d columns", len(types), len(names))
	}
	var columns []Column
	for i, name := range names {
		c := Column{Name: name, Type: types[i]}
		if _, ok := value.ParseType(c.Type.String()); !ok {
			return nil, fmt.Errorf("column %s: there is no %v", name, c.Type)
		}
		if len(transforms[i]) > 0 && c.Type != value.Text {
			return nil, fmt.Errorf("column %s is %v: transforms are for text", name, c.Type)
		}
		if c.Type == value.JSON {
			return nil, fmt.Errorf("column %s is JSON, which has many spellings of one value: index a column of its own", name)
		}
		var list []transform.Transform
		for _, t := range transforms[i] {
			f, err := transform.Compile(transform.Transform(t))
			if err != nil {
				return nil, err
			}
			c.transforms, list = append(c.transforms, f), append(list, transform.Transform(t))
		}
		c.Bits = transform.Distinct(list)
		if c.Type == value.Bool {
			c.Bits = 1
		}
		columns = append(columns, c)
	}
	return columns, nil
}

// Normalize returns what a term is taken of, or nil if there is none.
func (c *Column) Normalize(v any) ([]byte, error) {
	b, null, err := c.Transform(v)
	if err != nil || null || len(b) == 0 && len(c.transforms) > 0 {
		return nil, err
	}
	return b, nil
}

// Transform returns a value's bytes after the column's transforms, which may leave none.
func (c *Column) Transform(v any) (b []byte, null bool, err error) {
	plain, null, err := value.From(c.Type, v)
	if err != nil || null {
		return nil, null, err
	}
	if len(c.transforms) == 0 {
		return value.EncodeTerm(c.Type, plain), false, nil
	}
	text := plain.(string)
	for _, f := range c.transforms {
		if text, err = f(text); err != nil {
			return nil, false, err
		}
	}
	return []byte(text), false, nil
}
