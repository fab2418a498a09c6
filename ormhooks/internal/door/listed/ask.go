package listed

import (
	"context"
	"errors"

	"github.com/cellseal/cellseal/internal/like"
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
	return nil, nil, why
}

func ask(x Index, f *plan.Find, v Values) (Question, error) {
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
		return question(x.Range(sorted.Range{From: v.Low, To: v.High, AboveFrom: f.LowOpen, BelowTo: f.HighOpen}))
	}
	return nil, errors.New("cellseal: internal: an index of no kind")
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
