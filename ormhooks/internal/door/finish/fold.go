package finish

import (
	"database/sql/driver"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
)

// A fold is one aggregate of one group.
type fold struct {
	plan.Result
	number int // in plan.Finish.Results
	rows   int64
	met    map[string]bool // values, if each counts once
	best   any             // of Min and Max
	text   any             // of SQLite: best as it is, if it is text
	lite   bool
	shown  driver.Value // with best
	sum    sum
}

func newFold(d sqltext.Dialect, r plan.Result, number int) fold {
	f := fold{Result: r, number: number, lite: d == sqltext.SQLite}
	if r.Distinct {
		f.met = map[string]bool{}
	}
	if r.Func == plan.Sum || r.Func == plan.Avg {
		f.sum = sum{dialect: d, of: r.Addend}
	}
	return f
}

// add takes a row. NULL is not counted, but by count(*).
func (f *fold) add(get Get, shown []driver.Value) error {
	if f.At < 0 {
		f.rows++
		return nil
	}
	v, err := get(f.At)
	if err != nil || v == nil {
		return err
	}
	switch f.Func {
	case plan.Count:
		if f.Distinct {
			v, err := valueOf(f.Key, get)
			return f.once(v, err)
		}
		f.rows++
	case plan.Sum, plan.Avg:
		return f.addUp(v)
	default:
		return f.better(get, shown)
	}
	return nil
}

func (f *fold) once(v any, err error) error {
	if key := string(appendKey(nil, v)); err == nil && !f.met[key] {
		f.met[key] = true
		f.rows++
	}
	return err
}

func (f *fold) addUp(v any) error {
	v, err := f.sum.read(v)
	if err != nil {
		return err
	}
	if f.Distinct {
		if before := f.rows; f.once(v, nil) != nil || f.rows == before {
			return nil
		}
	}
	return f.sum.add(v)
}

// better keeps the least or the greatest value. Of equal ones it is the first.
func (f *fold) better(get Get, shown []driver.Value) error {
	v, err := valueOf(f.Key, get)
	if err != nil {
		return err
	}
	if f.best != nil {
		if c := compare(v, f.best); f.Func == plan.Min && c >= 0 || f.Func == plan.Max && c <= 0 {
			return nil
		}
	}
	if f.best = v; f.number < len(shown) {
		f.shown = shown[f.number]
	}
	if f.text, err = get(f.At); err != nil {
		return err
	}
	return nil
}

// result returns what the caller sees, and what it is sorted by.
func (f *fold) result() (shown driver.Value, order any, err error) {
	switch f.Func {
	case plan.Count:
		return f.rows, f.rows, nil
	case plan.Sum:
		return f.sum.total()
	case plan.Avg:
		return f.sum.average()
	}
	if _, ok := f.text.(string); ok && f.lite { // an aggregate has no collation there, whatever its column has
		if _, ok := f.best.(decimal); !ok {
			return f.shown, f.text, nil
		}
	}
	return f.shown, f.best, nil
}
