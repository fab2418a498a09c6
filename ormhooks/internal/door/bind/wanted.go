package bind

import (
	"github.com/cellseal/cellseal/ormhooks/internal/door/opened"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
)

// wanted returns what the rows of a result are to hold, by Output.Filters.
func (b *Binder) wanted(out *plan.Output) (all []opened.Wanted, err error) {
	for _, f := range out.Filters {
		var w opened.Wanted
		for _, s := range f.Slots {
			if s.Kind == plan.Tokens {
				w, err = b.asked(s)
			} else {
				v, wrong := b.lookAnew(s, s.Index.Short())
				w.Terms, err = append(w.Terms, v.Terms...), wrong
			}
			if err != nil {
				return nil, err
			}
		}
		all = append(all, w)
	}
	return all, nil
}

// asked is what rows are to hold that were found by tokens.
func (b *Binder) asked(s *plan.Slot) (w opened.Wanted, err error) {
	q, err := b.question(s)
	if err != nil {
		return w, err
	}
	w.Matches = func(any) (bool, error) { return false, nil }
	if q != nil {
		w.Matches = q.Matches
	}
	w.Scope, w.Unscoped = b.Scope(s.Row)
	return w, nil
}
