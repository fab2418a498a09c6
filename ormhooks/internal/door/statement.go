package door

import (
	"github.com/cellseal/cellseal/ormhooks/internal/door/bind"
	"github.com/cellseal/cellseal/ormhooks/internal/door/opened"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
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
	texts      *bind.Texts
}

func newStatement(d *Door, generation uint64, text string, p *plan.Plan, refusal *plan.Refusal) *Statement {
	st := &Statement{Plan: p, door: d, generation: generation, text: text, refusal: refusal}
	if p == nil || p.Pass || refusal != nil {
		return st
	}
	for _, param := range p.Params {
		st.inputs = max(st.inputs, param.Number)
	}
	st.inputs = max(st.inputs, len(p.Params))
	st.inline = st.inputs == 0 && p.Each == nil
	st.Shape = opened.NewShape(d.Dialect, p)
	st.texts = bind.New(d.Dialect, p, d.MaxRows)
	st.unique, st.smoothed = st.texts.Pinned, st.texts.Smoothed
	return st
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

// Prepared returns the text to prepare: that of the last execution, or one for a single
// index key.
func (st *Statement) Prepared() string {
	text, _ := st.texts.Main.Fill(st.texts.Main.Nulls(), nil)
	return text
}
