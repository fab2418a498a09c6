package planner

import (
	"maps"
	"math"
	"slices"

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

// segmentsOf is how many segments an index of n documents has at the most (package segment); each costs a look-up a page.
func segmentsOf(n float64) float64 {
	return 5 * (1 + math.Floor(max(0, math.Log(n/1000)/math.Log(6))))
}

func entryBytes(key int) float64 { return float64(key+docVersion) * pageBytes / pageRoom }

// segments are the candidates that show sizes only: at rest there is nothing to attack, and
// a query shows the rows it reads afterwards, as an exact index does.
func segments(p *Planned, in Input) []Candidate {
	known := Candidate{QueryRows: 1, Named: p.Guess}
	if !p.unique {
		known, _ = p.Candidate("exact")
	}
	candidate := func(index, tag, answers string, entries, found float64, key int) Candidate {
		return Candidate{
			Index: index, Tag: tag, Answers: answers, AtRest: p.Guess, EntropyLeft: attack.EntropyLeft(p.Guess),
			QueryRows: known.QueryRows, Named: known.Named, Bytes: entries * entryBytes(key), guess: p.Guess,
			Pages: math.Ceil(found*float64(key+docVersion)/pageRoom) + segmentsOf(float64(p.Rows)),
		}
	}
	var list []Candidate
	if in.Text {
		words, grams, with := 0.0, 0.0, map[string]float64{} // with: the share of rows that hold a gram
		for v, n := range in.Counts {
			share := float64(n) / float64(p.Sampled)
			words += share * float64(len(entry.WordKeys(v)))
			if keys, err := entry.GramKeys(v); err == nil { // else the index does not take it
				grams += share * float64(len(keys))
				for _, k := range keys {
					with[string(k)] += share
				}
			}
		}
		found := 0.0
		for _, k := range slices.Sorted(maps.Keys(with)) {
			found += with[k] * with[k] / grams * float64(p.Rows)
		}
		list = append(list,
			candidate("words", "words", "=, IN, cellseal_match("+p.Column+", 'word')", words, known.QueryRows, 16),
			candidate("substring", "substring", "LIKE '%part%'", grams, found, 16))
	}
	answers := "=, IN, <, BETWEEN, ORDER BY"
	if in.Text {
		answers += ", LIKE 'x%'"
	}
	return append(list, candidate("range", "range", answers, 1, known.QueryRows, in.SortedKey))
}
