package listed

import (
	"bytes"
	"slices"

	"github.com/cellseal/cellseal/ormhooks/internal/door/answer"
	"github.com/cellseal/cellseal/ormhooks/internal/door/template"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search/segment"
)

// Answer returns the keys of the rows that match a question. value gives what the caller gave, and the lists
// are searched over c.
func (shelf *Shelf) Answer(s *answer.Search, c segment.Conn, value func(plan.Value) (any, error)) (template.Value, error) {
	v, known, err := asked(s, value)
	if err != nil || !known {
		return template.Value{}, err
	}
	opened := map[*schema.Index]Index{}
	q, x, err := Ask(s.Find, v, func(x *schema.Index) (Index, error) {
		scope, err := s.Under(x)
		if err != nil {
			return nil, err
		}
		opened[x], err = shelf.Of(s.Opener.Keys, s.Table, scope, x)
		return opened[x], err
	})
	if err == nil {
		err = Home{s.Dialect, s.Table, x, s.Scope}.Searchable(s.Context, c, opened[x])
	}
	if err != nil {
		return template.Value{}, err
	}
	docs, err := q.Find(s.Context, c)
	if err == nil && s.Latest != nil {
		err = s.Latest(func(all answer.Query) error {
			newer, err := q.Find(s.Context, Conn{All: all})
			docs = append(docs, newer...)
			return err
		})
		slices.SortFunc(docs, bytes.Compare)
		docs = slices.CompactFunc(docs, bytes.Equal)
	}
	if err != nil {
		return template.Value{}, err
	}
	if len(docs) > s.Limit {
		return template.Value{}, s.TooMany()
	}
	var candidates [][]any
	for _, doc := range docs {
		if key, ok := Key(s.Table, x, doc); ok {
			candidates = append(candidates, answer.Spellings(s.Dialect, s.Find.Types, key)...)
		}
	}
	err = s.Read(s.Find.Keys, s.Find.Types, candidates, q.Matches)
	return s.Keys(v.Null), err
}

func asked(s *answer.Search, value func(plan.Value) (any, error)) (v Values, known bool, err error) {
	if s.Find.Ask != plan.Equal {
		return Given(s.Dialect, s.Table, s.Find, value)
	}
	all, known, err := answer.Members(s.Dialect, s.Table, s.Find.Column, s.Find.Values, value)
	v.Equal = slices.DeleteFunc(slices.Clone(all), func(member any) bool { return member == nil })
	v.Null = len(v.Equal) < len(all)
	return v, known, err
}
