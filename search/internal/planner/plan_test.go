package planner

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/search/internal/entry"
)

// counted is a sample of as many values, of which count says how often each occurs.
func counted(values int, count func(i int) uint64) Input {
	in := Input{Column: "city", Rows: 20_000, Known: 100, Text: true, SortedKey: 16, Counts: map[string]uint64{}}
	for i := range values {
		in.Counts[fmt.Sprintf("value number %d", i)] = count(i)
	}
	return in
}

// What is advised depends on what counting would give away: nothing where no value occurs twice, little where all
// are as frequent, and most of the rows where a few are.
func TestWhatIsAdvised(t *testing.T) {
	for best, in := range map[string]Input{
		"exact, unique": counted(500, func(int) uint64 { return 1 }),
		"exact":         counted(500, func(int) uint64 { return 4 }),
		"smoothed":      counted(100, func(i int) uint64 { return uint64(1 + 1000/(i+1)) }),
	} {
		p := Plan(in)
		require.Equal(t, best, p.Best)
		c, ok := p.Candidate(best)
		require.True(t, ok)
		require.InDelta(t, c.guess, c.AtRest, maxBeside*c.guess-c.guess+.01, "%s gives away little more than guessing does", best)
		require.Equal(t, p.String(), Plan(in).String(), "the same sample gives the same answer")
	}
	p := Plan(counted(100, func(i int) uint64 { return uint64(1 + 1000/(i+1)) }))
	exact, _ := p.Candidate("exact")
	require.Greater(t, exact.AtRest, 2*exact.guess)
}

// A row costs in a list what the index would write of it, and a tag says what is asked besides.
func TestListsCostTheirKeys(t *testing.T) {
	in := counted(1, func(int) uint64 { return 3 })
	in.Asked = Asked{Words: true, Order: true}
	in.Transforms = []string{"fold"}
	p := Plan(in)
	words, _ := p.Candidate("words")
	require.InDelta(t, float64(len(entry.WordKeys("value number 0")))*entryBytes(16), words.Bytes, .001)
	require.Equal(t, "=, IN, cellseal_match(city, 'word')", words.Answers)
	require.Equal(t, `search:"range,fold;words,fold"`, p.Tag, "a list that is needed anyway answers = too")
	ranges, _ := p.Candidate("range")
	require.Contains(t, p.String(), fmt.Sprintf("Price: %.0f bytes a row (range %.0f + words %.0f)", words.Bytes+ranges.Bytes, ranges.Bytes, words.Bytes), "every index of the tag is counted")
	require.Equal(t, 15.0, segmentsOf(200_000), "levels of 1 000, 6 000 and 36 000")
}

// Where a smoothed index and a list both do, the text says what speaks for which; guessing has one figure in all of it.
func TestTheChoiceIsExplained(t *testing.T) {
	in := counted(100, func(i int) uint64 { return uint64(1 + 1000/(i+1)) })
	in.Asked.Parts = true
	p := Plan(in)
	require.Equal(t, `search:"smoothed;substring"`, p.Tag)
	require.Equal(t, `search:"words;substring"`, p.Or)
	smoothed, _ := p.Candidate("smoothed")
	parts, _ := p.Candidate("substring")
	text := p.String()
	require.Contains(t, text, fmt.Sprintf("Price: %.0f bytes a row (smoothed 24 + substring %.0f)", smoothed.Bytes+parts.Bytes, parts.Bytes))
	require.Contains(t, text, "by guessing "+percent(p.Guess))
	require.Contains(t, text, "Maintain must run (for substring it does anyway)")
	require.NotContains(t, text, "sorted", "a tag says range")
	none, _ := p.Candidate("none")
	require.Equal(t, p.Guess, none.AtRest, "encrypted, and no index")
	for _, c := range p.Candidates {
		require.Equal(t, c.Index == "words" || c.Index == "substring" || c.Index == "range", c.Pages > 0, c.Index)
	}
}
