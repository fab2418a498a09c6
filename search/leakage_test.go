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

// The tables in doc.go are what Leakage returns, word for word.
func TestTheDocumentedLeakage(t *testing.T) {
	of := func(o search.Options) search.Leakage {
		l := index(t, fixedRing(t), search.Exact("a"), o).Leakage()
		require.Equal(t, search.LeakageOf(o), l)
		return l
	}
	blind, unique := documented(t, "Blind", "Blind, unique")
	require.Equal(t, blind, of(search.Options{}))
	require.Equal(t, unique, of(search.Options{Unique: true, PinnedKey: primaryKey}))
	segmented, sorted := documented(t, "Segmented", "Sorted")
	for _, kind := range []string{"words", "substring", "fuzzy"} {
		require.Equal(t, segmented, search.LeakageOfKind(kind))
	}
	require.Equal(t, sorted, search.LeakageOfKind("sorted"))
	require.Panics(t, func() { search.LeakageOfKind("exact") })
}

// documented reads the table of two kinds in doc.go.
func documented(t *testing.T, first, second string) (one, two search.Leakage) {
	source, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	head := "//\t             " + first
	_, table, found := strings.Cut(string(source), head+" ")
	require.True(t, found)
	table, _, found = strings.Cut(head+" "+table, "\n//\n")
	require.True(t, found)

	lines := strings.Split(table, "\n")
	at := strings.Index(lines[0], second)
	cell := map[string][2]string{}
	row := "kind"
	for _, line := range lines {
		line = fmt.Sprintf("%-90s", line)
		if name := strings.TrimSpace(line[3:16]); name != "" {
			row = name
		}
		c := cell[row]
		c[0] = strings.TrimSpace(c[0] + " " + strings.TrimSpace(line[16:at]))
		c[1] = strings.TrimSpace(c[1] + " " + strings.TrimSpace(line[at:]))
		cell[row] = c
	}
	require.Len(t, cell, 5)
	column := func(i int) search.Leakage {
		return search.Leakage{Kind: cell["kind"][i], AtRest: cell["at rest"][i], OnQuery: cell["on a query"][i], OverTime: cell["over time"][i], For: cell["for"][i]}
	}
	return column(0), column(1)
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
