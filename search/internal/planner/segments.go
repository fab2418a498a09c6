package planner

import (
	"github.com/cellseal/cellseal/search/internal/attack"
	"github.com/cellseal/cellseal/search/internal/entry"
)

// Bytes of a segment's pages (search/FORMAT.md §2), with their place in the table, spread
// over the entries they hold.
const (
	pageBytes  = 1984 + 16
	pageRoom   = 1954
	docVersion = 8 + 6
)

func entryBytes(key int) float64 { return float64(key+docVersion) * pageBytes / pageRoom }

// segments are the candidates that show sizes only: at rest there is nothing to attack, and
// a query shows the rows it reads afterwards, as an exact index does.
func segments(p *Planned, in Input) []Candidate {
	known := Candidate{QueryRows: 1, Named: p.Guess}
	if !p.unique {
		known, _ = p.Candidate("exact")
	}
	candidate := func(index, tag, answers string, entries float64, key int) Candidate {
		return Candidate{
			Index: index, Tag: tag, Answers: answers, AtRest: p.Guess, EntropyLeft: attack.EntropyLeft(p.Guess),
			QueryRows: known.QueryRows, Named: known.Named, Bytes: entries * entryBytes(key), guess: p.Guess,
		}
	}
	var list []Candidate
	if in.Text {
		words, grams := 0.0, 0.0
		for v, n := range in.Counts {
			share := float64(n) / float64(p.Sampled)
			words += share * float64(len(entry.WordKeys(v)))
			if keys, err := entry.GramKeys(v); err == nil { // else the index does not take it
				grams += share * float64(len(keys))
			}
		}
		list = append(list,
			candidate("words", "words", "cellseal_match("+p.Column+", 'word')", words, 16),
			candidate("substring", "substring", "LIKE '%part%'", grams, 16))
	}
	return append(list, candidate("sorted", "range", "<, BETWEEN, ORDER BY, LIKE 'x%'", 1, in.SortedKey))
}
