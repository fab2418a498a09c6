package bind

import (
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/door/answer"
	"github.com/cellseal/cellseal/ormhooks/internal/door/smooth"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/search"
)

// smoothed opens the smoothed index of a slot; searched is for whoever looks for rows.
func (b *Binder) smoothed(s *plan.Slot, searched bool) (*search.SmoothedIndex, error) {
	scope, err := b.Scope(s.Row)
	if err != nil && !s.Index.Unscoped {
		return nil, err
	}
	of := b.Profiles.Of
	if searched {
		of = b.Profiles.Searched
	}
	return of(b.Context, b.Over, b.Keys, b.Plan.Rows[s.Row].Table, scope, s.Index)
}

// token returns what a smoothed index stores of a value that is not NULL.
func (b *Binder) token(s *plan.Slot, value any) ([]byte, error) {
	x, err := b.smoothed(s, false)
	if err != nil {
		return nil, err
	}
	id, err := b.rowID(s.Row, s.Index.Protected()[0])
	if err != nil {
		return nil, err
	}
	token, err := x.Token(id, value)
	return token, b.of(s, err)
}

// question returns what a smoothed index is asked; nil if that is an array that is NULL.
func (b *Binder) question(s *plan.Slot) (*smooth.Question, error) {
	if known, ok := b.questions[s]; ok {
		return known, nil
	}
	values, given, err := answer.Members(b.dialect, b.Plan.Rows[s.Row].Table, s.Index.Protected()[0], s.Values, b.Value)
	if err != nil || !given {
		return nil, err
	}
	x, err := b.smoothed(s, true)
	if err != nil {
		return nil, err
	}
	q, err := smooth.Ask(x, values)
	if err != nil {
		return nil, b.of(s, err)
	}
	if b.questions == nil {
		b.questions = map[*plan.Slot]*smooth.Question{}
	}
	b.questions[s] = q
	return q, nil
}

// of says of which index an error is.
func (b *Binder) of(s *plan.Slot, err error) error {
	if err == nil {
		return nil
	}
	return &ormhooks.ColumnError{Table: b.Plan.Rows[s.Row].Table.Name, Column: s.Index.Hidden(), Err: err}
}
