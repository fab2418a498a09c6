package door

import (
	"reflect"

	"github.com/cellseal/cellseal/ormhooks/internal/door/opened"
	"github.com/cellseal/cellseal/ormhooks/internal/door/template"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// A Statement is what a statement becomes, made ready for many executions. It is shared
// by all connections.
type Statement struct {
	Plan *plan.Plan
	// Shape is what its result looks like; nil if that needs no opening.
	Shape *opened.Shape

	door       *Door
	generation uint64
	text       string
	refusal    *plan.Refusal
	unique     bool // it writes or looks for terms of an index that is pinned
	smoothed   bool // it writes or looks for tokens of a smoothed one
	inputs     int  // how many arguments it takes
	inline     bool // it takes none, and so becomes one without

	main, fetch, page, nulls, there *part // of a plan.Plan, of its Each or Doomed, of its Walk, of its Doomed
	cells                           []cellJob
}

// A cellJob is one cell to be sealed, with what stands beside it.
type cellJob struct {
	row    int
	column *schema.Column
	value  plan.Value
}

func newStatement(d *Door, generation uint64, text string, p *plan.Plan, refusal *plan.Refusal) *Statement {
	st := &Statement{Plan: p, door: d, generation: generation, text: text, refusal: refusal}
	if p == nil || p.Pass || refusal != nil {
		return st
	}
	st.unique = p.Pinned
	for _, param := range p.Params {
		st.inputs = max(st.inputs, param.Number)
	}
	st.inputs = max(st.inputs, len(p.Params))
	st.inline = st.inputs == 0 && p.Each == nil
	st.Shape = opened.NewShape(d.Dialect, p)
	if w := p.Walk; w != nil {
		st.main, st.page, st.nulls = st.part(p.Text), st.part(w.Page), st.part(w.Nulls)
	} else {
		st.main = st.part(template.Bounded(p.Text, d.MaxRows))
	}
	if p.Each != nil {
		st.fetch = st.part(p.Each.Fetch)
	}
	for _, f := range p.Finds {
		st.smoothed = st.smoothed || f.Ask == plan.Equal && f.Indexes[0].Smoothed()
	}
	if p.Doomed != nil {
		st.fetch, st.there = st.part(template.Bounded(p.Doomed.Fetch, d.MaxRows)), st.part(p.Doomed.There)
	}
	if p.Out != nil {
		for _, f := range p.Out.Filters {
			for _, s := range f.Slots {
				st.unique = st.unique || s.Index.Pinned()
			}
		}
	}
	return st
}

// was says where fetched rows have their identity.
func (st *Statement) was() *plan.Origin {
	if st.Plan.Doomed != nil {
		return &st.Plan.Doomed.Was
	}
	return &st.Plan.Each.Was
}

// refused counts every use of a statement that is refused, and not the first alone.
func (st *Statement) refused() error {
	if st.refusal == nil {
		return nil
	}
	return st.door.refusal(st.text, st.refusal)
}

// NumInput returns how many arguments the statement takes.
func (st *Statement) NumInput() int { return st.inputs }

// A part is one text of a statement, with the cells that its slots take.
type part struct {
	*template.Template
	cells []int // by slot: number in Statement.cells, or -1
}

func (st *Statement) part(text plan.Text) *part {
	p := &part{Template: template.New(st.door.Dialect, text)}
	for _, s := range p.Slots {
		cell := -1
		switch s.Kind {
		case plan.Cell, plan.Hidden:
			cell = st.cell(cellJob{s.Row, s.Column, s.Value})
		case plan.Term, plan.Terms:
			st.unique, st.smoothed = st.unique || s.Index.Pinned(), st.smoothed || s.Index.Smoothed()
		}
		p.cells = append(p.cells, cell)
	}
	return p
}

// cell makes one job of a cell and what stands beside it. In a plan they are not far apart.
func (st *Statement) cell(job cellJob) int {
	for i := len(st.cells) - 1; i >= 0 && st.cells[i].row == job.row; i-- {
		if reflect.DeepEqual(st.cells[i], job) {
			return i
		}
	}
	st.cells = append(st.cells, job)
	return len(st.cells) - 1
}

// Prepared returns the text to prepare: that of the last execution, or one for a single
// index key.
func (st *Statement) Prepared() string {
	text, _ := st.main.Fill(st.main.Nulls(), nil)
	return text
}
