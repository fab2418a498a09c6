package plan

import (
	"fmt"
	"slices"
	"strings"
)

// Describe shows what the plan makes of its statement, for reviewers and tests: slots stand
// in «», constants of the statement are not shown.
func (p *Plan) Describe() string {
	if p.Pass {
		return "passes unchanged"
	}
	var b strings.Builder
	if p.Locks != nil {
		fmt.Fprintf(&b, "%s\nuntil what is found stays, and then: ", p.describe(p.Locks))
	}
	if p.Each != nil {
		fmt.Fprintf(&b, "%s\nand for each row: ", p.describe(p.Each.Fetch))
	}
	if p.Doomed != nil {
		fmt.Fprintf(&b, "%s\nand then: ", p.describe(p.Doomed.Fetch))
	}
	b.WriteString(p.describe(p.Text))
	if p.Doomed != nil {
		fmt.Fprintf(&b, "\nfor each row that is not found by: %s", p.describe(p.Doomed.There))
	}
	for _, e := range p.Entries {
		b.WriteString("\nthen " + p.entry(e))
	}
	if p.Out == nil {
		return b.String()
	}
	b.WriteString("\nresult:")
	for i, c := range p.Out.Columns {
		switch {
		case c.Column != nil && c.Visible:
			fmt.Fprintf(&b, " %d opened as %s,", i+1, c.Column.Label())
		case !c.Visible:
			fmt.Fprintf(&b, " %d taken out,", i+1)
		}
	}
	for _, f := range p.Out.Filters {
		fmt.Fprintf(&b, " checked against %s,", f.Slots[0].Index.Hidden())
	}
	for _, pair := range p.Out.Pairs {
		fmt.Fprintf(&b, " %d and %d checked to be equal,", pair.X.At+1, pair.Y.At+1)
	}
	described := strings.TrimSuffix(b.String(), ",")
	if p.Finish != nil {
		described += "\nthen, here: " + p.finish()
	}
	if p.Totals != nil {
		described += p.totals()
	}
	if p.Walk != nil {
		described += p.walk()
	}
	return described
}

func (p *Plan) describe(t Text) string {
	var b strings.Builder
	for _, piece := range t {
		if piece.Slot == nil {
			b.WriteString(piece.SQL)
			continue
		}
		b.WriteString("«" + p.slot(piece.Slot) + "»")
	}
	return b.String()
}

func (p *Plan) slot(s *Slot) string {
	switch s.Kind {
	case Given:
		return p.value(s.Value)
	case Nullness:
		return "whether " + p.value(s.Value) + " is NULL"
	case Cell:
		return s.Column.Name + " of " + p.value(s.Value)
	case Hidden:
		return s.Column.Hidden() + " of " + p.value(s.Value)
	case RowKey:
		return "new row key"
	case Most:
		return "one more than the most rows"
	case Fetched:
		return fmt.Sprintf("fetched %d", s.At+1)
	case Found:
		return p.find(s.Find)
	case Numbered:
		return s.Index.Numbers() + " of " + p.value(s.Summand.Value)
	case Masked:
		return s.Index.Hidden() + " of " + p.value(s.Summand.Value)
	}
	var values []string
	for _, v := range s.Values {
		values = append(values, p.value(v))
	}
	kind := "term"
	switch s.Kind {
	case Terms:
		kind = "terms"
	case Tokens:
		kind = "tokens"
	}
	if s.Key != 0 {
		kind += fmt.Sprintf(" under key %d", s.Key)
	}
	return s.Index.Hidden() + " " + kind + " of " + strings.Join(values, ", ")
}

func (p *Plan) value(v Value) string {
	switch v.Kind {
	case FromParam:
		param := p.Params[v.Param]
		if param.Name != "" {
			return param.Name
		}
		return fmt.Sprintf("argument %d", param.Number)
	case FromFetch:
		return fmt.Sprintf("fetched %d", v.At+1)
	case FromConst:
		if v.Const == nil {
			return "NULL"
		}
		return "constant"
	}
	return "nothing"
}

func (p *Plan) find(f *Find) string {
	if f.Ask == 0 {
		return "keys of the page's rows"
	}
	var parts []string
	switch f.Ask {
	case Like:
		parts = append(parts, "LIKE")
	case Match:
		parts = append(parts, "has words")
	case Near:
		parts = append(parts, "is near words")
	case Equal:
		parts = append(parts, "is one of")
	case Between:
		parts = append(parts, p.bounds(f))
	}
	for _, v := range slices.Concat(f.Pattern, f.Values) {
		parts = append(parts, p.value(v))
	}
	var by []string
	for _, x := range f.Indexes {
		by = append(by, x.String())
	}
	return "keys of rows whose " + f.Column.Name + " " + strings.Join(parts, " ") + ", by " + strings.Join(by, " or ")
}

func (p *Plan) bounds(f *Find) string {
	parts := []string{"is"}
	if f.Low.Kind != 0 {
		parts = append(parts, map[bool]string{false: ">=", true: ">"}[f.LowOpen], p.value(f.Low))
	}
	if f.High.Kind != 0 {
		if f.Low.Kind != 0 {
			parts = append(parts, "and")
		}
		parts = append(parts, map[bool]string{false: "<=", true: "<"}[f.HighOpen], p.value(f.High))
	}
	return strings.Join(parts, " ")
}

func (p *Plan) entry(e Entry) string {
	text := map[Op]string{Added: "adds", Replaced: "replaces", Removed: "removes"}[e.Op] + " the row in " + e.Index.String()
	if e.Was {
		text += " as it was before"
	}
	if e.Value.Kind != 0 {
		text += " with " + p.value(e.Value)
	}
	return text
}
