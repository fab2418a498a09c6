package opened

import (
	"slices"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/door/convert"
	"github.com/cellseal/cellseal/ormhooks/internal/door/finish"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
)

// A Shape is what is known of a statement's result before it is executed. It is shared by all
// executions.
type Shape struct {
	dialect sqltext.Dialect
	out     *plan.Output
	finish  *plan.Finish // nil if rows are seen as they come
	visible []int        // positions of the columns the caller sees
	keys    []int        // positions of protected columns that are opened to finish the result
	pairs   []pair
}

// NewShape returns the shape of a plan's result, or nil if it needs no opening.
func NewShape(d sqltext.Dialect, p *plan.Plan) *Shape {
	if p.Out == nil {
		return nil
	}
	s := &Shape{dialect: d, out: p.Out, finish: p.Finish, pairs: pairs(p.Out)}
	for i, c := range p.Out.Columns {
		if c.Visible {
			s.visible = append(s.visible, i)
		}
	}
	if p.Finish != nil {
		for _, r := range p.Finish.Results {
			s.key(r.Key)
		}
		for _, k := range p.Finish.By {
			s.key(k)
		}
	}
	return s
}

func (s *Shape) key(k plan.Key) {
	if k.Column != nil && !slices.Contains(s.keys, k.At) {
		s.keys = append(s.keys, k.At)
	}
}

// Visible returns how many columns the caller sees.
func (s *Shape) Visible() int { return len(s.visible) }

// Opened returns the positions of the columns that are opened.
func (s *Shape) Opened() (all []int) {
	for _, at := range append(slices.Clone(s.visible), s.keys...) {
		if s.out.Columns[at].Column != nil {
			all = append(all, at)
		}
	}
	return all
}

// Type returns the logical type of a visible column; nil if it is what the server says of the
// column at its position.
func (s *Shape) Type(visible int) *convert.LogicalType {
	if s.finish != nil {
		if l := finish.Type(s.dialect, s.finish.Results[visible]); l != nil {
			return l
		}
	}
	c := s.out.Columns[s.visible[visible]].Column
	if c == nil {
		return nil
	}
	l := convert.Logical(s.dialect, c)
	return &l
}

// Computed returns the positions of plain columns whose values the finish of the result works with,
// and does not just hand on.
func (s *Shape) Computed() (all []int) {
	if s.finish == nil {
		return nil
	}
	for _, k := range s.finish.By {
		all = append(all, k.Rank)
	}
	for _, r := range s.finish.Results {
		all = append(all, r.Rank)
		if r.Func == plan.Sum || r.Func == plan.Avg {
			all = append(all, r.At)
		}
	}
	return all
}
