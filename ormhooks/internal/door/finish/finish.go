package finish

import (
	"cmp"
	"database/sql/driver"
	"slices"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
)

// A Get returns what a row has at a position of the server's result: of a protected column the
// value in the Go type that package value has for it, of another what the driver delivered. nil
// is NULL.
type Get func(at int) (any, error)

// A Finisher finishes one result. It is for one goroutine.
type Finisher struct {
	dialect sqltext.Dialect
	plan    *plan.Finish
	visible int
	groups  []*group
	byKey   map[string]*group
}

// A group is rows that are one row of the result; without a grouping it is a single one.
type group struct {
	shown []driver.Value
	order []any // by plan.Finish.Sort
	folds []fold
}

// New returns a Finisher of a result of which the caller sees this many columns.
func New(d sqltext.Dialect, f *plan.Finish, visible int) *Finisher {
	return &Finisher{dialect: d, plan: f, visible: visible, byKey: map[string]*group{}}
}

// Add takes a row. shown is what the caller would see of it, and is kept.
func (f *Finisher) Add(get Get, shown []driver.Value) error {
	g, err := f.group(get, shown)
	if err != nil || !f.plan.Grouped {
		return err
	}
	for i := range g.folds {
		if err := g.folds[i].add(get, shown); err != nil {
			return err
		}
	}
	return nil
}

// group returns the group that a row belongs to.
func (f *Finisher) group(get Get, shown []driver.Value) (*group, error) {
	key := []byte(nil)
	if f.plan.Grouped {
		for _, k := range f.plan.By {
			v, err := valueOf(k, get)
			if err != nil {
				return nil, err
			}
			key = appendKey(key, v)
		}
		if g := f.byKey[string(key)]; g != nil {
			return g, nil
		}
	}
	g := f.begun(shown)
	for i, s := range f.plan.Sort {
		if r := f.plan.Results[s.Result]; r.Func == plan.First {
			v, err := valueOf(r.Key, get)
			if err != nil {
				return nil, err
			}
			g.order[i] = v
		}
	}
	if f.groups = append(f.groups, g); f.plan.Grouped {
		f.byKey[string(key)] = g
	}
	return g, nil
}

func (f *Finisher) begun(shown []driver.Value) *group {
	g := &group{shown: shown, order: make([]any, len(f.plan.Sort))}
	for i, r := range f.plan.Results {
		if r.Func != plan.First {
			g.folds = append(g.folds, newFold(f.dialect, r, i))
		}
	}
	return g
}

// Ends are what one execution says of LIMIT, OFFSET and HAVING.
type Ends struct {
	Count, Offset int64    // a Count below 0 is all
	Than          []*int64 // by plan.Finish.Having; nil is NULL
}

// Enough is how many groups in order are as good as all of them, for LIMIT and OFFSET; below 0 none are.
func (e Ends) Enough() int64 {
	if e.Count <= 0 {
		return e.Count
	}
	return max(e.Count+max(e.Offset, 0), e.Count) // a sum beyond an int64 would be negative
}

// Rows returns what the caller sees.
func (f *Finisher) Rows(e Ends) ([][]driver.Value, error) {
	if f.plan.Grouped && len(f.plan.By) == 0 && len(f.groups) == 0 {
		f.groups = append(f.groups, f.begun(make([]driver.Value, f.visible)))
	}
	f.groups = slices.DeleteFunc(f.groups, func(g *group) bool { return !f.has(g, e.Than) })
	for _, g := range f.groups {
		for i := range g.folds {
			shown, order, err := g.folds[i].result()
			if err != nil {
				return nil, err
			}
			at := g.folds[i].number
			if at < f.visible {
				g.shown[at] = shown
			}
			for n, s := range f.plan.Sort {
				if s.Result == at {
					g.order[n] = order
				}
			}
		}
	}
	slices.SortStableFunc(f.groups, f.compare)
	from := min(max(e.Offset, 0), int64(len(f.groups)))
	to := int64(len(f.groups))
	if e.Count >= 0 {
		to = from + min(e.Count, to-from)
	}
	var rows [][]driver.Value
	for _, g := range f.groups[from:to] {
		rows = append(rows, g.shown)
	}
	return rows, nil
}

// has reports whether a group satisfies HAVING.
func (f *Finisher) has(g *group, than []*int64) bool {
	for i, h := range f.plan.Having {
		at := slices.IndexFunc(g.folds, func(fold fold) bool { return fold.number == h.Result })
		if than[i] == nil || !holds(cmp.Compare(g.folds[at].rows, *than[i]), h.Op) {
			return false
		}
	}
	return true
}

func holds(c int, op string) bool {
	switch op {
	case "=":
		return c == 0
	case "<>":
		return c != 0
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	}
	return c >= 0
}

func (f *Finisher) compare(x, y *group) int {
	for i, s := range f.plan.Sort {
		a, b := x.order[i], y.order[i]
		c := 0
		switch {
		case a == nil && b == nil:
		case a == nil || b == nil:
			if c = 1; (a == nil) == s.NullsFirst {
				c = -1
			}
		case s.Desc:
			c = compare(b, a)
		default:
			c = compare(a, b)
		}
		if c != 0 {
			return c
		}
	}
	return 0
}
