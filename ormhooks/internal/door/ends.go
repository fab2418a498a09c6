package door

import (
	"context"

	"github.com/cellseal/cellseal/ormhooks/internal/door/convert"
	"github.com/cellseal/cellseal/ormhooks/internal/door/finish"
	"github.com/cellseal/cellseal/ormhooks/internal/door/opened"
	"github.com/cellseal/cellseal/ormhooks/internal/door/row"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
)

// A Reader opens the rows of one result.
type Reader = opened.Reader

// Reader returns what opens the rows of call, or nil if they need no opening.
func (st *Statement) Reader(ctx context.Context, call *Call) *Reader {
	if st.Shape == nil {
		return nil
	}
	return st.Shape.Reader(ctx, st.door.opening(), call.result)
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

// ends returns what an execution says of LIMIT, OFFSET and HAVING.
func (b *binder) ends(f *plan.Finish) (e finish.Ends, err error) {
	if e.Count, err = b.number(f.Count, -1); err == nil {
		e.Offset, err = b.number(f.Offset, 0)
	}
	for _, h := range f.Having {
		if err != nil {
			return e, err
		}
		var given any
		if given, err = b.value(h.Than); err != nil {
			return e, err
		}
		n, null, whole := convert.Whole(given)
		if err = whole; null {
			e.Than = append(e.Than, nil)
			continue
		}
		e.Than = append(e.Than, &n)
	}
	return e, err
}

// number returns what LIMIT or OFFSET gives, or else if it is not there.
func (b *binder) number(v plan.Value, or int64) (int64, error) {
	if v.Kind == 0 {
		return or, nil
	}
	given, err := b.value(v)
	if err != nil {
		return 0, err
	}
	return convert.Count(b.st.door.Dialect, given, or)
}
