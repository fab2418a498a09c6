package smooth

import (
	"github.com/cellseal/cellseal/ormhooks/internal/door/answer"
	"github.com/cellseal/cellseal/ormhooks/internal/door/known"
	"github.com/cellseal/cellseal/ormhooks/internal/door/template"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
)

// Answer returns the keys of the rows that hold one of the values of a question. value gives what the caller
// gave, and over reads profiles that were not opened yet.
func (p *Profiles) Answer(s *answer.Search, over known.Over, value func(plan.Value) (any, error)) (template.Value, error) {
	values, given, err := s.Members(value)
	if err != nil || !given {
		return template.Value{}, err
	}
	of := s.Find.Indexes[0]
	scope, err := s.Under(of)
	if err != nil {
		return template.Value{}, err
	}
	x, err := p.Of(s.Context, over, s.Opener.Keys, s.Table, scope, of)
	if err != nil {
		return template.Value{}, err
	}
	wanted, tokens, null := map[string]bool{}, [][]any{}, false
	for _, v := range values {
		if v == nil {
			null = true
			continue
		}
		all, err := x.Tokens(v)
		if err != nil {
			return template.Value{}, err
		}
		for _, token := range all {
			tokens = append(tokens, []any{token})
		}
		normalized, err := x.Normalized(v)
		if err != nil {
			return template.Value{}, err
		}
		wanted[string(normalized)] = true
	}
	err = s.Read([]string{of.Hidden()}, []string{"bytea"}, tokens, func(v any) (bool, error) {
		normalized, err := x.Normalized(v)
		return normalized != nil && wanted[string(normalized)], err
	})
	return s.Keys(null), err
}
