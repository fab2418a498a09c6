package plan

import (
	"fmt"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// Analyse makes the plan of a statement. Any error is a *Refusal.
func Analyse(d sqltext.Dialect, o sqltext.Options, s *schema.Schema, c *catalog.Catalog, text string) (*Plan, error) {
	a := newAnalysis(d, o, s, c, text)
	tokens, err := sqltext.Scan(d, o, text)
	if err != nil {
		return nil, notUnderstood(err)
	}
	concerned, err := a.concerned(tokens)
	if err != nil {
		return nil, err
	}
	if !concerned {
		return &Plan{Pass: true, Changes: changesCatalog(tokens), Names: namesTables(tokens), Effects: effects(a.dialect, tokens)}, nil
	}
	if passes, err := a.definition(tokens); passes || err != nil {
		return &Plan{Pass: true, Changes: true, Effects: effects(d, tokens)}, err
	}
	parsed, err := sqltext.Parse(d, o, text)
	if err != nil {
		return nil, withoutILIKE(d, tokens, notUnderstood(err))
	}
	for m := (mode{}); ; {
		try := newAnalysis(d, o, s, c, text)
		try.names, try.mode = a.names, m
		p, err := try.statement(parsed)
		r, refused := err.(*Refusal)
		switch {
		case refused && try.looks && !m.before:
			m.before = true
		case refused && r.later && !m.finish && canFinish(parsed.Statement):
			m = mode{finish: true}
		default:
			return p, err
		}
	}
}

// A mode is a way to answer a statement. The cheapest one that does not refuse it is taken.
type mode struct {
	before bool // smoothed indexes are asked before the statement is sent: see Find
	finish bool // the end of the statement is for the door: see finishing
}

func newAnalysis(d sqltext.Dialect, o sqltext.Options, s *schema.Schema, c *catalog.Catalog, text string) *analysis {
	return &analysis{dialect: d, escapes: o.BackslashEscapes, schema: s, catalog: c, text: text, plan: &Plan{}, origins: map[*origin]int{}, unseen: map[*sqltext.Item]bool{}}
}

// An analysis is the work on one statement. The first refusal ends it, by panic inside
// this package.
type analysis struct {
	mode
	dialect sqltext.Dialect
	escapes bool // MySQL's backslash is an escape
	schema  *schema.Schema
	catalog *catalog.Catalog
	text    string
	plan    *Plan

	names     map[string]bool  // of protected tables, lower case
	params    []*sqltext.Param // in the order of the text
	edits     []edit
	secrets   []sqltext.Span         // values for protected columns
	nulls     []*sqltext.IsNull      // of what is no column
	given     map[Param]*Slot        // one slot for all uses of a numbered or named parameter
	origins   map[*origin]int        // number in plan.Out.Origins
	aux       int                    // how many columns were added to inner queries
	touched   bool                   // something protected was met
	unseen    map[*sqltext.Item]bool // stars of which nothing is seen
	explain   bool
	denies    bool     // listed indexes are asked which rows are not so
	locks     bool     // a SELECT locks rows
	changes   bool     // rows are written
	explained string   // EXPLAIN and its options
	ignores   bool     // INSERT IGNORE, UPDATE IGNORE: values are made to fit
	unknown   *Refusal // a name that nothing has
	noFind    string   // why nothing can be looked for here: "after the row was written"
	looks     bool     // tokens of a smoothed index are looked for
	spans     []spanned
	besides   func() // makes further texts
	late      func() // makes the texts of a statement that is carried out row by row
}

func (a *analysis) statement(parsed *sqltext.Parsed) (p *Plan, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *Refusal:
			p, err = nil, r
		default:
			panic(r)
		}
	}()
	a.params, a.explain, a.explained = parsed.Params, parsed.Explain.End > 0, a.text[parsed.Explain.Pos:parsed.Explain.End]
	a.declareParams()
	out := a.top(parsed.Statement)
	if !a.touched {
		return &Plan{Pass: true}, nil
	}
	if a.unknown != nil {
		return nil, a.unknown
	}
	if a.explain {
		out, a.plan.Finish = nil, nil
		if a.late != nil {
			a.refuse(parsed.Statement, nil, nil, "this statement is carried out row by row, which EXPLAIN cannot show", "")
		}
	}
	a.plan.Out = out
	if a.explain && len(a.plan.Entries) > 0 {
		a.refuse(parsed.Statement, nil, nil, "beside this statement an index is written, which EXPLAIN cannot show", "")
	}
	a.nullTests()
	switch {
	case a.late != nil: // all edits are known now
		a.late()
	default:
		a.plan.Text = a.render(sqltext.Span{End: len(a.text)})
	}
	if a.besides != nil {
		a.besides()
	}
	a.relock()
	return a.plan, nil
}

// top analyses the statement itself, as against one inside another.
func (a *analysis) top(s sqltext.Statement) *Output {
	switch s := s.(type) {
	case *sqltext.Query:
		a.plan.Returns = true
		if a.finish {
			return a.output(a.finished(s))
		}
		return a.output(a.selected(s, nil))
	case *sqltext.Insert:
		return a.returned(a.insert(s, nil))
	case *sqltext.Update:
		return a.returned(a.update(s, nil, true))
	case *sqltext.Delete:
		return a.returned(a.delete(s, nil))
	}
	panic(fmt.Sprintf("plan: statement %T", s))
}

// returned is the output of RETURNING, or nil.
func (a *analysis) returned(q *query) *Output {
	if a.plan.Returns = q != nil || a.explain; q == nil {
		return nil
	}
	return a.output(q)
}

// refuse ends the analysis.
func (a *analysis) refuse(at sqltext.Node, t *schema.Table, c *schema.Column, reason, instead string) {
	panic(refusal(at, t, c, reason, instead))
}

// refuseYet ends it unless the door can carry out the end of the statement.
func (a *analysis) refuseYet(at sqltext.Node, t *schema.Table, c *schema.Column, reason, instead string) {
	r := refusal(at, t, c, reason, instead)
	r.later = true
	panic(r)
}

// refuseUnknown ends it because of what the catalogue does not have.
func (a *analysis) refuseUnknown(at sqltext.Node, t *schema.Table, reason, instead string) {
	r := refusal(at, t, nil, reason, instead)
	r.Unknown = true
	panic(r)
}

func refusal(at sqltext.Node, t *schema.Table, c *schema.Column, reason, instead string) *Refusal {
	column := ""
	switch {
	case t != nil && c != nil:
		column = t.Name + "." + c.Name
	case t != nil:
		column = t.Name
	}
	return &Refusal{Pos: at.At().Pos, Column: column, Reason: reason, Instead: instead}
}

func notUnderstood(err error) *Refusal {
	r := &Refusal{Reason: "the statement is not understood: " + err.Error(), Instead: "what is not understood is not sent while it names a protected table: write it in a simpler way, or split it"}
	if e, ok := err.(*sqltext.Error); ok {
		r.Pos = e.Pos
	}
	return r
}
