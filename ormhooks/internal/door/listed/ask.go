package listed

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/like"
	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/segment"
	"github.com/cellseal/cellseal/search/sorted"
	"github.com/cellseal/cellseal/search/text"
)

// A Question is what is asked of an index: a text.Query or a sorted.Span. Find returns all that
// match, and others.
type Question interface {
	Find(ctx context.Context, c segment.Conn) (docs [][]byte, err error)
	Matches(value any) (bool, error)
}

// Values are what a plan.Find asks with, in this execution.
type Values struct {
	Pattern   string
	Escape    rune
	Low, High any // nil: none
	Equal     []any
	Null      bool // NULL was among them
}

// Ask makes the question, of the index that answers it best. index opens one. What no index answers, as a
// pattern with too few characters in a row, is a search.ValueError.
func Ask(f *plan.Find, v Values, index func(*schema.Index) (Index, error)) (Question, *schema.Index, error) {
	var why error
	for _, x := range preferred(f, v) {
		opened, err := index(x)
		if err != nil {
			return nil, nil, err
		}
		q, err := ask(opened, f, v)
		if err == nil {
			return q, x, nil
		}
		if !errors.As(err, new(*search.ValueError)) {
			return nil, nil, err
		}
		if why == nil { // what the best of them says
			why = err
		}
	}
	return nil, nil, instead(f, v, why)
}

// instead says what to write in place of what asks for every value, or for the empty one, which has no entry.
func instead(f *plan.Find, v Values, why error) error {
	name := f.Column.Name
	switch {
	case f.Ask == plan.Like && v.Pattern != "" && v.Escape != '%' && strings.Trim(v.Pattern, "%") == "":
		return &search.ValueError{Column: name, Reason: "every value matches this pattern, and no list is asked for every value: write " + name + " IS NOT NULL"}
	case f.Ask == plan.Like && v.Pattern == "":
		return &search.ValueError{Column: name, Reason: "the empty pattern matches the empty value alone: write " + name + " = '', which search:\"exact\" and \"prefix\" answer"}
	case f.Ask == plan.Equal && slices.ContainsFunc(v.Equal, func(one any) bool { return one == "" }):
		return &search.ValueError{Column: name, Reason: "the empty value has no entry in this list: add search:\"exact\" or \"prefix\" to its tag, or store NULL in its place and write " + name + " IS NULL"}
	}
	return why
}

func ask(x Index, f *plan.Find, v Values) (Question, error) {
	if f.Ask == plan.Equal {
		return equal(x, v.Equal)
	}
	switch x := x.(type) {
	case *text.Index:
		switch f.Ask {
		case plan.Match:
			return question(x.All(v.Pattern))
		case plan.Near:
			return question(x.Near(v.Pattern))
		}
		return question(x.Like(v.Pattern, v.Escape))
	case *sorted.Index:
		if f.Ask == plan.Like {
			return question(x.Like(v.Pattern, v.Escape))
		}
		return question(x.Range(rangeOf(f, v)))
	}
	return nil, errors.New("cellseal: internal: an index of no kind")
}

// Span is what of a sorted index a plan.Walk goes through: all, or what f asks for; nil if that is
// asked with NULL.
func Span(d sqltext.Dialect, t *schema.Table, x Index, f *plan.Find, value func(plan.Value) (any, error)) (*sorted.Span, error) {
	index, ok := x.(*sorted.Index)
	if !ok {
		return nil, errors.New("cellseal: internal: an index of no order is walked")
	}
	if f == nil {
		return index.All(), nil
	}
	v, known, err := Given(d, t, f, value)
	if err != nil || !known {
		return nil, err
	}
	return index.Range(rangeOf(f, v))
}

func rangeOf(f *plan.Find, v Values) sorted.Range {
	return sorted.Range{From: v.Low, To: v.High, AboveFrom: f.LowOpen, BelowTo: f.HighOpen}
}

// equal asks for the rows that hold one of the values.
func equal(x Index, values []any) (Question, error) {
	var all some
	for _, v := range values {
		var q Question
		var err error
		switch x := x.(type) {
		case *text.Index:
			q, err = question(x.Equal(v))
		case *sorted.Index:
			q, err = question(x.Range(sorted.Range{From: v, To: v}))
		}
		if err != nil {
			return nil, err
		}
		all = append(all, q)
	}
	return all, nil
}

// some is the question whether one of several is answered.
type some []Question

func (all some) Find(ctx context.Context, c segment.Conn) (docs [][]byte, err error) {
	for _, q := range all {
		found, err := q.Find(ctx, c)
		if err != nil {
			return nil, err
		}
		docs = append(docs, found...)
	}
	slices.SortFunc(docs, bytes.Compare)
	return slices.CompactFunc(docs, bytes.Equal), nil
}

func (all some) Matches(value any) (bool, error) {
	for _, q := range all {
		if matches, err := q.Matches(value); matches || err != nil {
			return matches, err
		}
	}
	return false, nil
}

// question keeps a nil pointer from becoming an interface that is not nil.
func question[Q Question](q Q, err error) (Question, error) {
	if err != nil {
		return nil, err
	}
	return q, nil
}

// preferred puts the index first that finds the fewest rows for a pattern: for 'x%' one that is sorted
// has no others, but of 'x%yyy' it knows the x alone.
func preferred(f *plan.Find, v Values) []*schema.Index {
	if f.Ask != plan.Like || len(f.Indexes) < 2 {
		return f.Indexes
	}
	p, err := like.Compile(v.Pattern, v.Escape)
	if err != nil {
		return f.Indexes
	}
	_, prefix := p.Prefix()
	_, suffix := p.Turned().Prefix()
	var first, then, last []*schema.Index
	for _, x := range f.Indexes {
		switch {
		case x.Kind != "sorted":
			then = append(then, x)
		case prefix && !x.Reversed(), suffix && x.Reversed():
			first = append(first, x)
		default:
			last = append(last, x)
		}
	}
	return append(append(first, then...), last...)
}
