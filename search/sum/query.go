package sum

import (
	"context"
	"fmt"

	"github.com/cellseal/cellseal/search"
)

// A Total is what the rows of one group add up to.
type Total struct {
	Group []any // values of the group columns, as the driver gave them
	Rows  int64 // COUNT of the column: rows whose value is not NULL
	Sum   int64 // 0 if there are none, where SQL's SUM would be NULL
}

// Mean is AVG of the column, NaN if there are no rows.
func (t Total) Mean() float64 { return float64(t.Sum) / float64(t.Rows) }

// leastLimit are runs that are always worth it, however few the rows.
const leastLimit = 1024

// Sum adds up the rows that fulfil the condition where, by group, in no order: see [Index.Totals] for
// its arguments. Groups without such a row are left out; an index without group columns always has its
// one. It is one query, and a second one if numbers are missing among those rows. Each is right by
// itself, so no snapshot is needed. Errors are those of [Index.Decrypt], a [RunsError], and the
// database's.
func (x *Index) Sum(ctx context.Context, c Conn, t Table, where string, args ...any) ([]Total, error) {
	rows, err := x.read(ctx, c, x.Totals(t, where), args)
	if err != nil {
		return nil, err
	}
	all, whole := int64(0), true
	for _, r := range rows {
		all += r.Count
		whole = whole && (r.Count == 0 || r.Count == r.Run.Rows())
	}
	if !whole {
		limit := max(all/4, leastLimit)
		if rows, err = x.read(ctx, c, x.Runs(t, where, limit+1), args); err != nil {
			return nil, err
		}
		if int64(len(rows)) > limit {
			return nil, &RunsError{all}
		}
	}
	return x.Add(rows)
}

// Add makes totals of what the queries of [Index.Totals] or [Index.Runs] returned, all of one of them.
func (x *Index) Add(rows []Row) ([]Total, error) {
	type sums struct {
		group []byte
		total uint64
		runs  []Run
		out   Total
	}
	found, order := map[string]*sums{}, []*sums(nil)
	for _, r := range rows {
		group, err := x.Group(r.Group...)
		if err != nil {
			return nil, err
		}
		g := found[string(group)]
		if g == nil {
			g = &sums{group: group, out: Total{Group: r.Group}}
			found[string(group)], order = g, append(order, g)
		}
		if r.Count == 0 {
			continue
		}
		if r.Count != r.Run.Rows() {
			return nil, ErrSum
		}
		g.out.Rows += r.Count
		g.total += r.Sum
		g.runs = append(g.runs, r.Run)
	}
	var totals []Total
	for _, g := range order {
		var err error
		if g.out.Sum, err = x.Decrypt(g.group, g.total, g.runs...); err != nil {
			return nil, err
		}
		totals = append(totals, g.out)
	}
	return totals, nil
}

func (x *Index) read(ctx context.Context, c Conn, query string, args []any) ([]Row, error) {
	found, err := c.Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("cellseal/sum: adding up: %w", err)
	}
	rows := make([]Row, len(found))
	for i, values := range found {
		if rows[i], err = x.Row(values); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// A Row is a row of what [Index.Totals] and [Index.Runs] ask for.
type Row struct {
	Group []any
	Count int64
	Run   Run
	Sum   uint64 // modulo 2^64
}

// Row reads such a row from values as the driver gave them.
func (x *Index) Row(values []any) (Row, error) {
	s := x.state()
	by, width := len(s.by), 4
	if s.dialect == search.SQLite {
		width = 5
	}
	if len(values) != by+width {
		return Row{}, fmt.Errorf("cellseal/sum: %d columns, want %d", len(values), by+width)
	}
	r := Row{Group: make([]any, by)}
	for i, v := range values[:by] {
		r.Group[i] = fromDriver(s.types[i], v)
	}
	var err error
	if r.Count, err = asInt(values[by]); err != nil || r.Count == 0 {
		return r, err
	}
	if r.Run.First, err = asInt(values[by+1]); err != nil {
		return r, err
	}
	if r.Run.Last, err = asInt(values[by+2]); err != nil {
		return r, err
	}
	if r.Sum, err = Mod64(values[by+3]); err != nil || width == 4 {
		return r, err
	}
	low, err := Mod64(values[by+4])
	r.Sum = r.Sum<<32 + low
	return r, err
}
