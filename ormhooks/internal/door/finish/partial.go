package finish

import (
	"database/sql/driver"
	"math/big"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
)

// A Partial is what an aggregate is of some rows of a group: of a count how many it counts, and of a sum or an
// average how many values there are, and what they add up to without their point.
type Partial struct{ Rows, Sum int64 }

// AddUp is Add of rows that were added up already, and are alike in what they are grouped and sorted by. of tells what
// a result of the plan is of them.
func (f *Finisher) AddUp(get Get, shown []driver.Value, of func(result int) Partial) error {
	g, err := f.group(get, shown)
	if err != nil {
		return err
	}
	for i := range g.folds {
		fold := &g.folds[i]
		p := of(fold.number)
		if fold.rows += p.Rows; fold.Func != plan.Count && p.Rows > 0 {
			fold.sum.addUp(p)
		}
	}
	return nil
}

// addUp takes the sum of several whole numbers, or of decimals of the declared scale.
func (s *sum) addUp(p Partial) {
	s.n += p.Rows
	if s.dialect == sqltext.SQLite {
		s.lite.add(p.Sum)
		return
	}
	scale := max(s.of.Scale, 0)
	if s.exact.n == nil {
		s.exact = decimal{new(big.Int), scale}
	}
	s.exact = s.exact.add(decimal{big.NewInt(p.Sum), scale})
}
