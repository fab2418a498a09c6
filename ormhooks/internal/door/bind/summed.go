package bind

import (
	"database/sql/driver"

	"github.com/cellseal/cellseal/ormhooks/internal/door/convert"
	"github.com/cellseal/cellseal/ormhooks/internal/door/summed"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// numbered is what stands in the Numbered and Masked slots of a summand; nil is NULL.
type numbered struct{ number, masked driver.Value }

// Want counts the numbers that the statement takes for what the binder has at hand: those of all rows are taken
// together, when the first of them is needed.
func (b *Binder) Want() error {
	b.rows = nil
	for _, s := range b.Plan.Summands {
		p, err := b.place(s)
		if err != nil {
			return err
		}
		if p != nil {
			b.Numbers.Want(p)
		}
	}
	return nil
}

// place returns where a summand is added up; nil of NULL, which is not.
func (b *Binder) place(s *plan.Summand) (*summed.Place, error) {
	v, err := b.Value(s.Value)
	if err != nil || convert.IsNull(v) {
		return nil, err
	}
	r := &b.Plan.Rows[s.Row]
	scope, err := b.Scope(s.Row)
	if err != nil {
		return nil, err
	}
	by := b.bound(r)
	return b.Places.Of(r.Table, s.Index, scope, func(_ int, c *schema.Column) (any, error) {
		v, known, err := by(c.Logical)
		if err == nil && !known {
			err = errPlan("a sum whose group is not known")
		}
		return v, err
	})
}

// summand returns what stands in a Numbered or a Masked slot.
func (b *Binder) summand(s *plan.Slot) (driver.Value, error) {
	known, ok := b.summands[s.Summand]
	if !ok {
		var err error
		if known, err = b.summed(s.Summand); err != nil {
			return nil, err
		}
		if b.summands == nil {
			b.summands = map[*plan.Summand]numbered{}
		}
		b.summands[s.Summand] = known
	}
	if s.Kind == plan.Numbered {
		return known.number, nil
	}
	return known.masked, nil
}

func (b *Binder) summed(s *plan.Summand) (as numbered, err error) {
	p, err := b.place(s)
	if err != nil || p == nil {
		return as, err
	}
	given, err := b.Value(s.Value)
	if err != nil {
		return as, err
	}
	n, masked, err := b.Numbers.Given(p, b.dialect, given)
	return numbered{n, masked}, err
}
