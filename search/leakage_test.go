package search_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/search"
)

// The table in doc.go is what Leakage returns, word for word.
func TestTheDocumentedLeakage(t *testing.T) {
	source, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	_, table, found := strings.Cut(string(source), "//\t             Blind")
	require.True(t, found)
	table, _, found = strings.Cut("             Blind"+table, "\n//\n")
	require.True(t, found)

	lines := strings.Split(table, "\n")
	first, second := strings.Index(lines[0], "Blind"), strings.Index(lines[0], "Blind, unique")
	cell := map[string][2]string{}
	row := "kind"
	for _, line := range lines {
		line = fmt.Sprintf("%-90s", strings.TrimPrefix(line, "//\t"))
		if name := strings.TrimSpace(line[:first]); name != "" {
			row = name
		}
		c := cell[row]
		c[0] = strings.TrimSpace(c[0] + " " + strings.TrimSpace(line[first:second]))
		c[1] = strings.TrimSpace(c[1] + " " + strings.TrimSpace(line[second:]))
		cell[row] = c
	}
	for i, o := range []search.Options{{}, {Unique: true, PinnedKey: primaryKey}} {
		l := index(t, fixedRing(t), search.Exact("a"), o).Leakage()
		require.Equal(t, search.LeakageOf(o), l)
		require.Equal(t, search.Leakage{
			Kind: cell["kind"][i], AtRest: cell["at rest"][i], OnQuery: cell["on a query"][i], OverTime: cell["over time"][i], For: cell["for"][i],
		}, l)
	}
	require.Len(t, cell, 5)
}

// What a non-unique index is said to show, it shows: whoever reads the table counts
// terms, and with the values' distribution at hand knows which is which.
func TestFrequencyAttackOnANonUniqueIndex(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	zipf := rand.NewZipf(r, 1.3, 1, 199)
	x := index(t, fixedRing(t), search.Exact("city", search.Fold), search.Options{})
	values, terms, truth := map[string]int{}, map[string]int{}, map[string]string{}
	for range 5000 {
		v := fmt.Sprintf("city %d", zipf.Uint64())
		b := string(term(t, x, v))
		values[v]++
		terms[b]++
		truth[b] = v
	}
	byCount := func(m map[string]int) (names []string, counts []int) {
		for name := range m {
			names = append(names, name)
		}
		slices.SortFunc(names, func(a, b string) int { return m[b] - m[a] })
		for _, name := range names {
			counts = append(counts, m[name])
		}
		return names, counts
	}
	knownValues, known := byCount(values)
	seenTerms, seen := byCount(terms)
	require.Equal(t, known, seen, "terms occur exactly as often as values do")

	recovered := 0
	for i, b := range seenTerms {
		if truth[b] == knownValues[i] {
			recovered += seen[i]
		}
	}
	require.Greater(t, recovered, 5000*3/4, "rows recovered by rank alone")
}

func TestAUniqueIndexShowsNothingButItsSize(t *testing.T) {
	x := index(t, fixedRing(t), search.Exact("email", search.Email), search.Options{Unique: true, PinnedKey: primaryKey})
	terms := map[string]bool{}
	for i := range 5000 {
		b := term(t, x, fmt.Sprintf("user%d@example.com", i))
		require.Len(t, b, 32)
		terms[string(b)] = true
	}
	require.Len(t, terms, 5000)
}

// Fewer bits than values blur what a term stands for.
func TestTruncationBlurs(t *testing.T) {
	x := index(t, fixedRing(t), search.Exact("city"), search.Options{Bits: 4})
	values := map[string]int{}
	for i := range 200 {
		values[string(term(t, x, fmt.Sprintf("city %d", i)))]++
	}
	require.Len(t, values, 16)
	for _, n := range values {
		require.Greater(t, n, 1)
	}
}
