package bind

import (
	"github.com/cellseal/cellseal/ormhooks/internal/door/convert"
	"github.com/cellseal/cellseal/ormhooks/internal/door/finish"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
)

// ends returns what an execution says of LIMIT, OFFSET and HAVING.
func (b *Binder) ends(f *plan.Finish) (e finish.Ends, err error) {
	if e.Count, err = b.number(f.Count, -1); err == nil {
		e.Offset, err = b.number(f.Offset, 0)
	}
	for _, h := range f.Having {
		if err != nil {
			return e, err
		}
		var given any
		if given, err = b.Value(h.Than); err != nil {
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
func (b *Binder) number(v plan.Value, or int64) (int64, error) {
	if v.Kind == 0 {
		return or, nil
	}
	given, err := b.Value(v)
	if err != nil {
		return 0, err
	}
	return convert.Count(b.dialect, given, or)
}
