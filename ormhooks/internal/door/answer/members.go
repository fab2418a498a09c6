package answer

import (
	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/door/convert"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// Members returns the values that = and IN ask a column for, as the column has them; nil is NULL. known is
// false of an array that is NULL itself. value gives what the caller gave.
func Members(d sqltext.Dialect, t *schema.Table, c *schema.Column, of []plan.Value, value func(plan.Value) (any, error)) (values []any, known bool, err error) {
	for _, v := range of {
		one, err := value(v)
		if err != nil {
			return nil, false, err
		}
		list := []any{one}
		if v.Array {
			if list, err = convert.Elements(one); err != nil {
				return nil, false, &ormhooks.ColumnError{Table: t.Name, Column: c.Name, Err: err}
			}
			if list == nil {
				return nil, false, nil
			}
		}
		for _, one := range list {
			limited, err := convert.Limited(d, c, one)
			if err != nil {
				return nil, false, &ormhooks.ColumnError{Table: t.Name, Column: c.Name, Err: err}
			}
			values = append(values, limited)
		}
	}
	return values, true, nil
}
