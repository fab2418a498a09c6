package plan

import (
	"fmt"
	"slices"

	"github.com/cellseal/cellseal/internal/sqltext"
)

// An edit puts parts in place of a span of the text; an empty span is an insertion. A
// part is a string, a *Slot, or a Span of the text, which is rendered with the
// edits inside it.
type edit struct {
	sqltext.Span
	parts  []any
	behind bool // it belongs behind what ends there, and not to it when that is rendered elsewhere
}

func (a *analysis) replace(at sqltext.Span, parts ...any) {
	a.edits = append(a.edits, edit{Span: at, parts: parts})
}

func (a *analysis) insertAt(pos int, parts ...any) {
	a.edits = append(a.edits, edit{Span: sqltext.Span{Pos: pos, End: pos}, parts: parts})
}

// insertBehind adds to a list, behind its last element.
func (a *analysis) insertBehind(pos int, parts ...any) {
	a.edits = append(a.edits, edit{Span: sqltext.Span{Pos: pos, End: pos}, parts: parts, behind: true})
}

// render returns a span of the text with its edits, and with a slot for each placeholder
// that no edit took away.
func (a *analysis) render(s sqltext.Span) Text {
	var out builder
	a.renderTo(&out, s, nil)
	return out.text
}

// renderTo renders a span; of is the edit whose part it is, which is not applied again.
func (a *analysis) renderTo(out *builder, s sqltext.Span, of *edit) {
	var inside []*edit
	for i := range a.edits {
		if e := &a.edits[i]; e != of && e.Pos >= s.Pos && e.End <= s.End && !(e.behind && of != nil && e.Pos == s.End) {
			inside = append(inside, e)
		}
	}
	for _, p := range a.params {
		if p.Pos >= s.Pos && p.End <= s.End {
			inside = append(inside, &edit{Span: p.Span, parts: []any{p}})
		}
	}
	// Outermost first where edits begin together, insertions before what follows them.
	slices.SortStableFunc(inside, func(x, y *edit) int {
		if x.Pos != y.Pos {
			return x.Pos - y.Pos
		}
		xEmpty, yEmpty := x.Pos == x.End, y.Pos == y.End
		switch {
		case xEmpty && !yEmpty:
			return -1
		case yEmpty && !xEmpty:
			return 1
		}
		return y.End - x.End
	})
	pos := s.Pos
	for _, e := range inside {
		if e.Pos < pos {
			continue // inside an edit that was rendered already
		}
		a.verbatim(out, sqltext.Span{Pos: pos, End: e.Pos})
		out.edge = true
		a.renderParts(out, e.parts, e)
		out.edge = true
		pos = e.End
	}
	a.verbatim(out, sqltext.Span{Pos: pos, End: s.End})
}

func (a *analysis) renderParts(out *builder, parts []any, of *edit) {
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			out.sql(p)
		case *Slot:
			out.slot(p)
		case *sqltext.Param:
			a.check(p.Span)
			a.refuseSecondRole(p)
			out.slot(a.givenSlot(p))
		case sqltext.Span:
			a.renderTo(out, p, of)
		case []any:
			a.renderParts(out, p, of)
		default:
			panic(fmt.Sprintf("plan: part %T", p))
		}
	}
}

func (a *analysis) verbatim(out *builder, s sqltext.Span) {
	a.check(s)
	out.sql(a.text[s.Pos:s.End])
}

// protect remembers that an expression is a value for a protected column: no edit that is
// missing, or wrong, may let it through.
func (a *analysis) protect(e sqltext.Expr) { a.secrets = append(a.secrets, e.At()) }

// refuseSecondRole refuses a parameter in clear that is a value for a protected column
// elsewhere: what is protected there would be seen here.
func (a *analysis) refuseSecondRole(p *sqltext.Param) {
	for _, other := range a.params {
		if paramOf(other) == paramOf(p) && a.isSecret(other.Span) {
			panic(&Refusal{Pos: p.Pos, Reason: "an argument that is a value for a protected column stands here too, where it would be seen", Instead: "if it is to be seen, pass it twice, as two arguments"})
		}
	}
}

func (a *analysis) isSecret(s sqltext.Span) bool {
	return slices.ContainsFunc(a.secrets, func(secret sqltext.Span) bool { return secret.Pos <= s.Pos && s.End <= secret.End })
}

// nullTests lets IS NULL ask of a parameter where one is a value for a protected column: of the same
// one, or of another with the same value, as in (? IS NULL OR email = ?).
func (a *analysis) nullTests() {
	if !slices.ContainsFunc(a.params, func(p *sqltext.Param) bool { return a.isSecret(p.Span) }) {
		return
	}
	for _, test := range a.nulls {
		p, ok := unparen(test.X).(*sqltext.Param)
		if cast, isCast := unparen(test.X).(*sqltext.Cast); isCast {
			p, ok = unparen(cast.X).(*sqltext.Param)
		}
		if !ok {
			continue
		}
		parts := []any{&Slot{Kind: Nullness, Value: a.paramValue(p)}}
		if a.dialect == sqltext.PostgreSQL {
			parts = append(parts, "::text") // nothing else says its type
		}
		a.replace(test.X.At(), parts...)
	}
}

func (a *analysis) check(s sqltext.Span) {
	for _, secret := range a.secrets {
		if s.Pos < secret.End && secret.Pos < s.End {
			panic(&Refusal{Pos: secret.Pos, Reason: "a value for a protected column would be sent in clear", Instead: "this is a mistake of Cellseal's: please report the statement without its values, and write it in another way"})
		}
	}
}

// declareParams lists the caller's parameters, each once.
func (a *analysis) declareParams() {
	a.given = map[Param]*Slot{}
	for _, p := range a.params {
		if param := paramOf(p); !slices.Contains(a.plan.Params, param) {
			a.plan.Params = append(a.plan.Params, param)
		}
	}
	slices.SortStableFunc(a.plan.Params, func(x, y Param) int { return x.Number - y.Number })
}

func paramOf(p *sqltext.Param) Param {
	if p.Name != "" {
		return Param{Name: p.Name}
	}
	return Param{Number: p.Number}
}

func (a *analysis) paramValue(p *sqltext.Param) Value {
	return Value{Kind: FromParam, Param: slices.Index(a.plan.Params, paramOf(p))}
}

// givenSlot is the slot of a parameter that goes through unchanged.
func (a *analysis) givenSlot(p *sqltext.Param) *Slot {
	key := paramOf(p)
	if a.given[key] == nil {
		a.given[key] = &Slot{Kind: Given, Value: a.paramValue(p)}
	}
	return a.given[key]
}

// ident quotes a name.
func (a *analysis) ident(name string) string {
	quote := byte('`') // of "x" SQLite makes text if there is no column x
	if a.dialect == sqltext.PostgreSQL {
		quote = '"'
	}
	b := []byte{quote}
	for i := range len(name) {
		if name[i] == quote {
			b = append(b, quote)
		}
		b = append(b, name[i])
	}
	return string(append(b, quote))
}
