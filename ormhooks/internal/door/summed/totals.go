package summed

import (
	"cmp"
	"context"
	"database/sql/driver"
	"errors"
	"slices"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/door/finish"
	"github.com/cellseal/cellseal/ormhooks/internal/door/opened"
	"github.com/cellseal/cellseal/ormhooks/internal/door/row"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search/sum"
)

// A Part is one of the statements of a plan.Totals.
type Part uint8

// The parts.
const (
	Groups Part = iota // plan.Totals.Text
	Runs               // plan.Totals.Runs
)

// Totals is one execution of a plan.Totals.
type Totals struct {
	Context context.Context
	Plan    *plan.Totals
	Places  *Places
	Reader  *opened.Reader
	// Most is how many groups are read at most.
	Most int
	// Send sends a statement that gives at most one row more than most.
	Send func(part Part, most int) ([][]driver.Value, error)
}

// leastRuns are as many as are always worth it, however few the rows.
const leastRuns = 1024

// Answer returns what the caller sees. answered is false if all rows are to be gathered: some have no number yet, their
// numbers are in too many pieces, or their sum might not fit 64 bits.
func (t *Totals) Answer() (rows [][]driver.Value, answered bool, err error) {
	all, err := t.Send(Groups, t.Most)
	if err != nil || len(all) > t.Most {
		return nil, false, err
	}
	whole, values := true, int64(0)
	for _, stored := range all {
		for i := range t.Plan.Sums {
			_, r, err := t.read(i, stored)
			if err != nil {
				return nil, false, gathered(err)
			}
			whole, values = whole && (r.Count == 0 || r.Count == r.Run.Rows()), values+r.Count
		}
	}
	if !whole {
		most := int(max(values/4, leastRuns))
		if all, err = t.Send(Runs, most); err != nil || len(all) > most {
			return nil, false, err
		}
	}
	into := t.Reader.Gather()
	for _, stored := range all {
		if err := t.add(into, stored, !whole); err != nil {
			return nil, false, gathered(err)
		}
	}
	rows, err = into.Rows()
	return rows, err == nil, err
}

// errNumbers says that there are values without a number: rows from before the running sum was declared.
var errNumbers = errors.New("cellseal: values without a number")

// gathered is nil for what all rows are gathered for.
func gathered(err error) error {
	if err == errNumbers || errors.As(err, new(*sum.OverflowError)) {
		return nil
	}
	return err
}

// read reads what the database has added up for one of the sums.
func (t *Totals) read(i int, stored []driver.Value) (*Place, sum.Row, error) {
	s := &t.Plan.Sums[i]
	origin := &plan.Origin{Table: t.Plan.Table, Scope: t.Plan.Scope, RowKey: -1}
	opener := row.Opener{Context: t.Context}
	scope, err := opener.Scope(origin, new(row.State), stored)
	if err != nil {
		return nil, sum.Row{}, err
	}
	var values []any
	place, err := t.Places.Of(t.Plan.Table, s.Index, scope, func(n int, _ *schema.Column) (any, error) {
		values = append(values, stored[s.Groups[n]])
		return values[n], nil
	})
	if err != nil {
		return nil, sum.Row{}, err
	}
	width := 4
	if t.Places.Dialect == sqltext.SQLite {
		width = 5
	}
	for _, v := range stored[s.At+1 : s.At+1+width] {
		values = append(values, v)
	}
	r, err := place.sum.Row(values)
	if err != nil {
		return nil, r, err
	}
	if cells, err := count(stored[s.At]); err != nil || cells != r.Count {
		return nil, r, cmp.Or(err, errNumbers)
	}
	return place, r, nil
}

func count(v driver.Value) (int64, error) {
	n, err := sum.Mod64(v)
	return int64(n), err
}

// add takes a row: all of a group, or a run of one of the sums.
func (t *Totals) add(into *opened.Gathering, stored []driver.Value, run bool) error {
	counts, turn := map[int]finish.Partial{}, int64(-1)
	var err error
	if run {
		if turn, err = count(stored[t.Plan.Turn]); err != nil {
			return err
		}
	}
	for i, s := range t.Plan.Sums {
		if run && turn != int64(i) {
			continue
		}
		place, r, err := t.read(i, stored)
		if err != nil {
			return err
		}
		total, err := place.add(r)
		if err != nil {
			return err
		}
		for _, result := range s.Of {
			counts[result] = finish.Partial{Rows: r.Count, Sum: total}
		}
	}
	if turn > 0 { // whose rows were counted in the first one's turn
		return into.AddUp(stored, func(result int) finish.Partial { return counts[result] })
	}
	rows, err := count(stored[t.Plan.Rows])
	if err != nil {
		return err
	}
	for result, at := range t.Plan.Counts {
		n, err := count(stored[at])
		if err != nil {
			return err
		}
		counts[result] = finish.Partial{Rows: n}
	}
	return into.AddUp(stored, func(result int) finish.Partial {
		if p, known := counts[result]; known || t.sums(result) {
			return p
		}
		return finish.Partial{Rows: rows}
	})
}

// sums reports whether a result is worked out from a running sum.
func (t *Totals) sums(result int) bool {
	return slices.ContainsFunc(t.Plan.Sums, func(s plan.Total) bool { return slices.Contains(s.Of, result) })
}

// add takes the mask off what the database has added up.
func (p *Place) add(r sum.Row) (int64, error) {
	if r.Count == 0 {
		return 0, nil
	}
	if r.Count != r.Run.Rows() {
		return 0, p.at(sum.ErrSum)
	}
	total, err := p.sum.Decrypt(p.group, r.Sum, r.Run)
	if errors.Is(err, sum.ErrSum) {
		err = p.at(err)
	}
	return total, err
}
