package planner

import (
	"fmt"
	"math"
	"strings"
	"text/tabwriter"
)

// few is a sample of which the figures mean little.
const few = 1000

// String is the plan in words: what the column is like, what each index would show of it,
// and which one to take, at what price.
func (p *Planned) String() string {
	var b strings.Builder
	p.writeColumn(&b)
	p.writeTables(&b)
	p.writeAdvice(&b)
	return b.String()
}

func (p *Planned) writeColumn(b *strings.Builder) {
	fmt.Fprintf(b, "Column %s: %s rows expected, a sample of %s with %s different values.\n", p.Column, number(float64(p.Rows)), number(float64(p.Sampled)), number(float64(p.Distinct)))
	if p.Sampled < few {
		fmt.Fprintf(b, "WARNING: with a sample of %d rows the figures below mean little. Take some thousand, drawn at random.\n", p.Sampled)
	}
	if p.unique {
		b.WriteString("No value occurs twice in the sample.\n\n")
		return
	}
	fmt.Fprintf(b, "Guessing, which no encryption prevents: who always says the most frequent value is right for %s of the rows.\n\n", percent(p.Guess))
}

func (p *Planned) writeTables(b *strings.Builder) {
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "Who steals the table\tlearns of all rows\tif told %d rows, of the others\n", p.KnownRows)
	for _, c := range p.Candidates {
		fmt.Fprintf(t, "  %s\t%s\t%s\n", c.Index, percent(p.recovered(c)), percent(c.Known))
	}
	t.Flush()
	b.WriteString("plain: not encrypted. none: encrypted, no index. The thief knows how frequent each value is, and guesses where he learns nothing.\n\n")

	t = tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "A query for one value\trows found\ttoo many\twatcher names it\tlooks up\tbytes/row\tanswers\n")
	for _, c := range p.Candidates {
		if c.Index == "none" {
			fmt.Fprintf(t, "  none\t-\t-\t-\t-\t0\t%s\n", c.Answers)
			continue
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%s\t%.0f\t%s\n", c.Index, number(c.QueryRows), number(c.FalseRows), percent(c.Named), c.looksUp(), c.Bytes, c.Answers)
	}
	t.Flush()
	b.WriteString("too many: rows of other values, dropped after decryption. watcher names it: how often who sees queries tells the value by the number of rows.\n")
	if _, ok := p.Candidate("range"); ok {
		b.WriteString("pages: of 2 kB, in a list beside the table: 2 queries more, and 1 or more that read the rows, before the statement itself.")
		if _, ok := p.Candidate("substring"); ok {
			b.WriteString(" substring: for 3 characters.")
		}
		b.WriteString("\n")
	} else {
		b.WriteString("words, substring and range do not take the transforms email, first and last.\n")
	}
	b.WriteString("\n")
}

// looksUp is what a query for one value reads besides the rows.
func (c Candidate) looksUp() string {
	switch {
	case c.Pages > 0:
		return number(c.Pages) + " pages"
	case c.Index == "plain":
		return "1 value"
	case c.MostTokens > 1:
		return fmt.Sprintf("%s tokens, at most %s", number(c.Tokens), number(float64(c.MostTokens)))
	}
	return "1 token"
}

// recovered is what a thief learns of all rows. In the tables that are simulated, guessing gets a little more or less
// than in the sample; there is one figure for it.
func (p *Planned) recovered(c Candidate) float64 {
	if c.AtRest <= 1.01*c.guess {
		return p.Guess
	}
	return max(c.AtRest, p.Guess)
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
