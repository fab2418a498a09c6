package planner

import (
	"fmt"
	"math"
	"strings"
	"text/tabwriter"
)

// String is the plan in words: what the column is like, what each index would show of it,
// and which one to take, at what price.
func (p *Planned) String() string {
	var b strings.Builder
	p.writeColumn(&b)
	p.writeTable(&b)
	p.writeAdvice(&b)
	return b.String()
}

func (p *Planned) writeColumn(b *strings.Builder) {
	fmt.Fprintf(b, "Column %s: %s rows expected, a sample of %s with %s different values.\n", p.Column, number(float64(p.Rows)), number(float64(p.Sampled)), number(float64(p.Distinct)))
	if p.unique {
		b.WriteString("No value occurs twice in the sample.\n\n")
		return
	}
	fmt.Fprintf(b, "The most frequent value fills %s of the rows: who always guesses it is right that often, and no encryption changes that.\n\n", percent(p.Guess))
}

func (p *Planned) writeTable(b *strings.Builder) {
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "A thief of the table gets\trows\ttimes guessing\tbits left\tknowing %d rows, of others\n", p.KnownRows)
	for _, c := range p.Candidates {
		fmt.Fprintf(t, "  %s\t%s\t%s\t%.1f\t%s\n", c.Index, percent(c.AtRest), p.beside(c), c.EntropyLeft, percent(c.Known))
	}
	t.Flush()
	b.WriteString("\n")
	t = tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "A query points at\trows\tof them false\tvalue guessed\ttokens (most)\tbytes/row\tanswers\n")
	for _, c := range p.Candidates {
		tokens := "-"
		if c.Tokens > 0 {
			tokens = number(c.Tokens)
		}
		if c.MostTokens > 1 {
			tokens += fmt.Sprintf(" (%s)", number(float64(c.MostTokens)))
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%s\t%.0f\t%s\n", c.Index, number(c.QueryRows), number(c.FalseRows), percent(c.Named), tokens, c.Bytes, c.Answers)
	}
	t.Flush()
	b.WriteString("Bits left: n bits are the doubt of guessing among 2^n values that are equally likely. Value guessed: how often who sees a query knows what was asked for, by how many rows it points at.\n\n")
}

// beside is what an attack recovers as a multiple of guessing.
func (p *Planned) beside(c Candidate) string {
	if p.unique && c.AtRest == 1 {
		return "-"
	}
	return fmt.Sprintf("%.1f", c.AtRest/c.guess)
}

func (p *Planned) writeAdvice(b *strings.Builder) {
	best, _ := p.Candidate(p.Best)
	fmt.Fprintf(b, "Take %s: %s\n", best.Index, p.Tag)
	say := func(format string, args ...any) { fmt.Fprintf(b, "- "+format+"\n", args...) }
	exact, _ := p.Candidate("exact")
	switch p.Best {
	case "exact, unique":
		say("Why: every row has a token of its own, so equal values cannot be counted, and whoever steals the table is left to guess: one row in %s.", number(float64(p.Rows)))
		say("Price: %.0f bytes a row; a query is one look-up, as on a plain column.", best.Bytes)
		say("What is left: who watches queries sees which row each of them is for, and the database refuses a second row of one value, which tells a writer that it exists.")
	case "exact":
		say("Why: values are about equally frequent, so counting equal tokens helps a thief little: %s of the rows, where guessing gets %s.", percent(best.AtRest), percent(best.guess))
		say("Price: %.0f bytes a row; a query is one look-up, as on a plain column.", best.Bytes)
		say("What is left: equal values are seen to be equal. Who learns the values of %d rows learns those of %s of the table.", p.KnownRows, percent(best.Known))
	case "smoothed":
		say("Why: in an exact index equal values have equal tokens, and a thief who knows how frequent each value is counts them: %s of the rows recovered. Smoothed spreads a frequent value over many tokens: %s, and guessing gets %s.", percent(exact.AtRest), percent(best.AtRest), percent(best.guess))
		say("Price: %.0f bytes a row; a query asks for %s tokens on average and %s for the most frequent value, and finds about %s rows too many, which are decrypted and dropped.", best.Bytes, number(best.Tokens), number(float64(best.MostTokens)), number(best.FalseRows))
		say("It needs a profile of how frequent values are (search.NewProfile), and a new one when a search.Monitor says so: after frequencies changed by 30 %%, a thief got %.1f times what guessing gets.", best.Drifted)
		say("What is left: who sees a query sees the rows it points at. Who learns the values of %d rows learns those of %s of the table (exact: %s).", p.KnownRows, percent(best.Known), percent(exact.Known))
	}
	p.writeMore(say)
}

func (p *Planned) writeMore(say func(string, ...any)) {
	if p.Best == "smoothed" && p.Guess > .25 {
		say("A query for the most frequent value brings %s of the table: no index makes that fast. Where only rare values are looked for, that costs nothing.", percent(p.Guess))
	}
	for _, m := range []struct {
		asked       bool
		index, what string
	}{{p.asked.Words, "words", "words"}, {p.asked.Parts, "substring", "parts of values"}, {p.asked.Order, "sorted", "ranges and order"}} {
		if c, ok := p.Candidate(m.index); ok && m.asked {
			say("For %s the index %s stands beside it: at rest it shows sizes only, and on a query which rows are read afterwards; %.0f bytes a row.", m.what, m.index, c.Bytes)
		} else if m.asked {
			say("For %s there is no index on this type.", m.what)
		}
	}
	if p.Rows <= 2000 {
		say("A table of %s rows is read and decrypted within milliseconds: without any index nothing at all is shown.", number(float64(p.Rows)))
	}
	if p.Sampled < 1000 && uint64(p.Sampled) < p.Rows {
		say("A sample of %d rows says little about %s: take some thousand.", p.Sampled, number(float64(p.Rows)))
	}
	if p.unique {
		say("If two rows may hold one value after all, leave unique out, and plan again with a larger sample.")
	}
}

// percent prints a fraction with the digits that mean something.
func percent(x float64) string {
	x *= 100
	switch {
	case x == 0:
		return "0 %"
	case x >= 99.95:
		return "100 %"
	case x >= .1:
		return fmt.Sprintf("%.1f %%", x)
	case x >= .001:
		return fmt.Sprintf("%.3f %%", x)
	}
	return "< 0.001 %"
}

// number prints a count with a space between thousands.
func number(x float64) string {
	if x < 10 && x != math.Trunc(x) {
		return fmt.Sprintf("%.1f", x)
	}
	s := fmt.Sprintf("%.0f", x)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + " " + s[i:]
	}
	return s
}
