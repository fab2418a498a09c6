package planner

import (
	"slices"
	"strings"
)

// recommend chooses the index for equality, and writes the tags.
func (p *Planned) recommend(in Input) {
	for i := range p.Candidates {
		c := &p.Candidates[i]
		if c.Index == "exact" && in.Leaks {
			c.Tag += ",leaks=frequency"
		}
		c.Tag = tag(c.Tag, in.Transforms)
	}
	exact, _ := p.Candidate("exact")
	_, smoothed := p.Candidate("smoothed")
	_, lists := p.Candidate("range")
	_, words := p.Candidate("words")
	switch {
	case p.unique:
		p.Best = "exact, unique"
	case p.asked.Order && lists: // it answers = before words does, where both are
		p.Best = "range"
	case p.asked.Words && words:
		p.Best = "words"
	case exact.AtRest <= maxBeside*exact.guess || !smoothed:
		p.Best = "exact"
	default:
		p.Best = "smoothed"
		if words {
			p.other = "words"
		} else if lists {
			p.other = "range"
		}
	}
	p.Tag = p.written(p.Best)
	if p.other != "" {
		p.Or = p.written(p.other)
	}
}

// taken are the candidates that answer all that was asked, where index answers equality.
func (p *Planned) taken(index string) []Candidate {
	first, _ := p.Candidate(index)
	list := []Candidate{first}
	for _, m := range p.more() {
		if c, ok := p.Candidate(m.index); ok && m.asked && m.index != index {
			list = append(list, c)
		}
	}
	return list
}

// written is the tag of these.
func (p *Planned) written(index string) string {
	var tags []string
	for _, c := range p.taken(index) {
		tags = append(tags, c.Tag)
	}
	return `search:"` + strings.Join(tags, ";") + `"`
}

// question is one that is asked besides equality, and the index that answers it.
type question struct {
	asked       bool
	index, what string
}

func (p *Planned) more() []question {
	return []question{{p.asked.Words, "words", "words"}, {p.asked.Parts, "substring", "parts of values"}, {p.asked.Order, "range", "ranges and order"}}
}

// maxBeside is how much more than by guessing an exact index may give away before the plan
// advises against it.
const maxBeside = 1.15

// tag adds the transforms to what names an index.
func tag(index string, transforms []string) string {
	if index == "" {
		return ""
	}
	kind, rest, _ := strings.Cut(index, ",")
	parts := append([]string{kind}, transforms...)
	if rest != "" {
		parts = append(parts, rest)
	}
	return strings.Join(parts, ",")
}

// partial reports whether transforms leave parts of values, which smoothed does not take.
func partial(transforms []string) bool {
	return slices.ContainsFunc(transforms, func(t string) bool { return strings.HasPrefix(t, "first") || strings.HasPrefix(t, "last") })
}

// takesLists reports whether transforms leave a value to look into.
func takesLists(transforms []string) bool {
	return !partial(transforms) && !slices.Contains(transforms, "email")
}
