package smooth

import (
	"slices"

	"github.com/cellseal/cellseal/ormhooks/internal/door/answer"
	"github.com/cellseal/cellseal/ormhooks/internal/door/known"
	"github.com/cellseal/cellseal/ormhooks/internal/door/template"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/search"
)

// A Question asks for the rows that hold one of several values.
type Question struct {
	// Tokens are what these rows have, and rows of other values too: as package template takes a column.
	Tokens [][]any

	index  *search.SmoothedIndex
	wanted map[string]bool // normalized values
}

// Ask makes a question of values, of which those that are NULL find nothing.
func Ask(x *search.SmoothedIndex, values []any) (*Question, error) {
	q := &Question{index: x, wanted: map[string]bool{}}
	for _, v := range values {
		if v == nil {
			continue
		}
		tokens, err := x.Tokens(v)
		if err != nil {
			return nil, err
		}
		for _, t := range tokens {
			q.Tokens = append(q.Tokens, []any{t})
		}
		normalized, err := x.Normalized(v)
		if err != nil {
			return nil, err
		}
		q.wanted[string(normalized)] = true
	}
	return q, nil
}

// Matches reports whether an opened value is one of those that are asked for. It does not look at the row's
// token: one that somebody moved finds nothing more than its row's value does.
func (q *Question) Matches(value any) (bool, error) {
	normalized, err := q.index.Normalized(value)
	return normalized != nil && q.wanted[string(normalized)], err
}

// Answer returns the keys of the rows that hold one of a question's values. value gives what the caller gave, and
// over reads profiles that were not opened yet.
func (p *Profiles) Answer(s *answer.Search, over known.Over, value func(plan.Value) (any, error)) (template.Value, error) {
	values, given, err := answer.Members(s.Dialect, s.Table, s.Find.Column, s.Find.Values, value)
	if err != nil || !given {
		return template.Value{}, err
	}
	of := s.Find.Indexes[0]
	scope, err := s.Under(of)
	if err != nil {
		return template.Value{}, err
	}
	x, err := p.Searched(s.Context, over, s.Opener.Keys, s.Table, scope, of)
	if err != nil {
		return template.Value{}, err
	}
	q, err := Ask(x, values)
	if err != nil {
		return template.Value{}, err
	}
	err = s.Read([]string{of.Hidden()}, []string{Type}, q.Tokens, q.Matches)
	return s.Keys(slices.Contains(values, nil)), err
}

// Type is that of a column of tokens in PostgreSQL.
const Type = "bytea"
