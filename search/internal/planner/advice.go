package planner

import (
	"fmt"
	"strings"
)

// maxGathered is how many rows the driver wrapper gathers for one query (Options.MaxRows) unless told otherwise.
const maxGathered = 100_000

func (p *Planned) writeAdvice(b *strings.Builder) {
	fmt.Fprintf(b, "Take %s: %s\n", p.Best, p.Tag)
	if p.Or != "" {
		fmt.Fprintf(b, "or %s: %s\n", p.other, p.Or)
	}
	say := func(format string, args ...any) { fmt.Fprintf(b, "- "+format+"\n", args...) }
	p.writeWhy(say)
	p.writePrice(say)
	p.writeLeft(say)
	p.writeMore(say)
}

func (p *Planned) writeWhy(say func(string, ...any)) {
	best, _ := p.Candidate(p.Best)
	exact, _ := p.Candidate("exact")
	_, smoothed := p.Candidate("smoothed")
	switch {
	case p.unique:
		say("Why: every row has a token of its own, so equal values cannot be counted, and whoever steals the table is left to guess: one row in %s.", number(float64(p.Rows)))
	case p.Best == "range" || p.Best == "words":
		what := "ranges and order"
		if p.Best == "words" {
			what = "words"
		}
		say("Why: %s need the index %s anyway, and it answers = and IN too. An exact or smoothed index beside it would make = one statement, and show more: exact %s of the rows.", what, p.Best, percent(p.recovered(exact)))
	case p.Best == "exact" && !smoothed:
		say("Why: for parts of values (first, last) there is no other index. It tells a thief %s of the rows, where guessing gets %s: leave it out if that is too much.", percent(p.recovered(best)), percent(p.Guess))
	case p.Best == "exact":
		say("Why: counting equal tokens helps a thief little here: %s of the rows, where guessing gets %s.", percent(p.recovered(best)), percent(p.Guess))
	default:
		say("Why not exact: equal values have equal tokens there, and a thief who knows how frequent each value is counts them: %s of the rows. With %s it is %s, and by guessing %s.",
			percent(p.recovered(exact)), p.Best, percent(p.recovered(best)), percent(p.Guess))
		p.writeChoice(say, best)
	}
}

// writeChoice is what speaks for smoothed, and what for a list.
func (p *Planned) writeChoice(say func(string, ...any), best Candidate) {
	say("smoothed: a plain SELECT is one indexed statement, and there is no list to maintain; in joins, COUNT, GROUP BY and LIMIT rows are read first, as after a list. It needs a profile.")
	if p.other == "" {
		return
	}
	maintain := "sqlcell.Maintain must run"
	if p.asked.Parts {
		maintain += " (for substring it does anyway)"
	}
	say("%s: no profile, no rows too many, and %d known rows give away no others (smoothed: %s); but each look-up is at least 3 queries more, and %s.", p.other, p.KnownRows, percent(best.Known), maintain)
}

// writePrice counts every index of the tag.
func (p *Planned) writePrice(say func(string, ...any)) {
	price := func(index string) string {
		total, parts := 0.0, []string{}
		for _, c := range p.taken(index) {
			total += c.Bytes
			parts = append(parts, fmt.Sprintf("%s %.0f", c.Index, c.Bytes))
		}
		s := fmt.Sprintf("%.0f bytes a row", total)
		if len(parts) > 1 {
			s += " (" + strings.Join(parts, " + ") + ")"
		}
		c, _ := p.Candidate(index)
		switch {
		case c.Pages > 0:
			return s + fmt.Sprintf(" and, a look-up, at least 3 queries more and about %s pages", number(c.Pages))
		case index == "smoothed":
			return s + fmt.Sprintf(" and, a look-up, %s tokens on average and about %s rows too many", number(c.Tokens), number(c.FalseRows))
		}
		return s + "; a look-up is one statement, as on a plain column"
	}
	text := "Price: " + price(p.Best)
	if p.other != "" {
		text += "; with " + p.other + " " + price(p.other)
	}
	say("%s.", text)
	if best, _ := p.Candidate("smoothed"); p.Best == "smoothed" {
		say("The profile says how frequent values are: reseal.Profile makes it with the driver wrapper, search.NewProfile without. Make a new one when a search.Monitor says so: after frequencies changed by 30 %%, a thief got %.1f times what guessing gets.", best.Drifted)
	}
}

// writeLeft is what no index of the tag protects.
func (p *Planned) writeLeft(say func(string, ...any)) {
	best, _ := p.Candidate(p.Best)
	exact, _ := p.Candidate("exact")
	switch p.Best {
	case "exact, unique":
		say("What is left: who watches queries sees which row each of them is for, and the database refuses a second row of one value, which tells a writer that it exists.")
	case "exact":
		say("What is left: equal values are seen to be equal. Who learns the values of %d rows learns those of %s of the table.", p.KnownRows, percent(best.Known))
	case "smoothed":
		say("What is left: smoothed protects the stolen table and not the watched query, which shows the rows it is for. Who is told %d rows learns %s of the others (exact: %s).", p.KnownRows, percent(best.Known), percent(exact.Known))
	case "words":
		say("What is left: a list protects the stolen table and not the watched query, which shows the pages it reads and the rows it is for.")
	}
	if _, ok := p.Candidate("range"); ok && (p.asked.Order || p.other == "range") {
		say("range: who watches queries learns the order of values after tens to hundreds of ranges, and sees which rows each query is for. The stolen table does not show it.")
	}
}

func (p *Planned) writeMore(say func(string, ...any)) {
	if p.Guess > .25 {
		say("A query for the most frequent value brings %s of the table: no index makes that fast. Where only rare values are looked for, that costs nothing.", percent(p.Guess))
	}
	if best, _ := p.Candidate(p.Best); (best.Pages > 0 || p.other != "") && p.Guess*float64(p.Rows) > maxGathered {
		say("A list gathers %s rows a query unless Options.MaxRows says more, and the most frequent value has more: such a query is refused.", number(maxGathered))
	}
	lists := false
	for _, m := range p.more() {
		_, ok := p.Candidate(m.index)
		lists = lists || ok && m.asked
		switch {
		case ok || !m.asked:
		case p.listless:
			say("For %s there is no index under these transforms.", m.what)
		default:
			say("For %s there is no index on this type.", m.what)
		}
	}
	if lists {
		say("Lists (words, substring, range) show a thief their size only; sqlcell.Maintain, or search.Maintain, keeps them fast.")
	}
	if p.Rows <= 2000 {
		say("A table of %s rows is read and decrypted within milliseconds: without any index nothing at all is shown.", number(float64(p.Rows)))
	}
	if p.unique {
		say("If two rows may hold one value after all, leave unique out, and plan again with a larger sample.")
	}
}
