package bind

import (
	"reflect"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/door/template"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// Texts are those of a plan, made ready for many executions. They are shared by all connections.
type Texts struct {
	Plan *plan.Plan
	// Main is the plan's own text, Fetch that of its Each or Doomed, Page and Nulls are of its Walk, and
	// There is of its Doomed; Locks are its own.
	Main, Fetch, Page, Nulls, There, Locks *Part
	// Groups and Runs are of its Totals.
	Groups, Runs *Part
	// Pinned says that terms of a pinned index are written or looked for, and Smoothed that tokens of a
	// smoothed one are.
	Pinned, Smoothed bool

	dialect sqltext.Dialect
	jobs    []job
}

// A job is one cell to be sealed, with what stands beside it.
type job struct {
	row    int
	column *schema.Column
	value  plan.Value
}

// New makes the texts of a plan ready, which is for a statement that does not pass. maxRows is how many
// rows are read at most.
func New(d sqltext.Dialect, p *plan.Plan, maxRows int) *Texts {
	t := &Texts{Plan: p, dialect: d, Pinned: p.Pinned}
	if w := p.Walk; w != nil {
		t.Main, t.Page, t.Nulls = t.part(p.Text), t.part(w.Page), t.part(w.Nulls)
	} else {
		t.Main = t.part(template.Bounded(p.Text, maxRows))
	}
	if of := p.Totals; of != nil {
		t.Groups, t.Runs = t.part(template.Bounded(of.Text, maxRows)), t.part(of.Runs)
	}
	if p.Each != nil {
		t.Fetch = t.part(p.Each.Fetch)
	}
	for _, f := range p.Finds {
		t.Smoothed = t.Smoothed || f.Ask == plan.Equal && f.Indexes[0].Smoothed()
	}
	if p.Doomed != nil {
		t.Fetch, t.There = t.part(template.Bounded(p.Doomed.Fetch, maxRows)), t.part(p.Doomed.There)
	}
	if p.Locks != nil {
		t.Locks = t.part(template.Bounded(p.Locks, maxRows))
	}
	if p.Out != nil {
		for _, f := range p.Out.Filters {
			for _, s := range f.Slots {
				t.Pinned = t.Pinned || s.Index.Pinned()
			}
		}
	}
	return t
}

// A Part is one text, with the cells that its slots take.
type Part struct {
	*template.Template
	cells []int // by slot: number in Texts.jobs, or -1
}

func (t *Texts) part(text plan.Text) *Part {
	p := &Part{Template: template.New(t.dialect, text)}
	for _, s := range p.Slots {
		cell := -1
		switch s.Kind {
		case plan.Cell, plan.Hidden:
			cell = t.cell(job{s.Row, s.Column, s.Value})
		case plan.Term, plan.Terms, plan.Tokens:
			t.Pinned, t.Smoothed = t.Pinned || s.Index.Pinned(), t.Smoothed || s.Index.Smoothed()
		}
		p.cells = append(p.cells, cell)
	}
	return p
}

// cell makes one job of a cell and what stands beside it. In a plan they are not far apart.
func (t *Texts) cell(made job) int {
	for i := len(t.jobs) - 1; i >= 0 && t.jobs[i].row == made.row; i-- {
		if reflect.DeepEqual(t.jobs[i], made) {
			return i
		}
	}
	t.jobs = append(t.jobs, made)
	return len(t.jobs) - 1
}

// was says where fetched rows have their identity.
func (t *Texts) was() *plan.Origin {
	if t.Plan.Doomed != nil {
		return &t.Plan.Doomed.Was
	}
	return &t.Plan.Each.Was
}
