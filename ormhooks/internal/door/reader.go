package door

import (
	"context"

	"github.com/cellseal/cellseal/ormhooks/internal/door/opened"
	"github.com/cellseal/cellseal/ormhooks/internal/door/row"
)

// A Reader opens the rows of one result.
type Reader = opened.Reader

// Reader returns what opens the rows of call, or nil if they need no opening.
func (st *Statement) Reader(ctx context.Context, call *Call) *Reader {
	if st.Shape == nil {
		return nil
	}
	return st.Shape.Reader(ctx, st.door.opening(), call.Result)
}

func (d *Door) opening() opened.Config {
	c := opened.Config{Dialect: d.Dialect, Times: d.Times, Source: d.Source, MaxRows: d.MaxRows, DestroyedAsNull: d.DestroyedAsNull}
	if d.Permissive {
		c.Permit = d.permit
	}
	return c
}

func (d *Door) opener(ctx context.Context) row.Opener {
	c := d.opening()
	return c.Opener(ctx)
}
