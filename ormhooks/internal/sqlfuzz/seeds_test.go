package sqlfuzz

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// seeds are the statements of package plan's testdata, and those that found something.
func (d *dialect) seeds(t testing.TB) []string {
	t.Helper()
	const plans = "../plan/testdata/"
	var all []string
	for _, folder := range []string{"", "listed/", "join/"} {
		for block := range strings.SplitSeq(read(t, plans+folder+d.name+".plans"), "\n\n") {
			if statement, _, ok := strings.Cut(block, "\n→ "); ok {
				all = append(all, statement)
			}
		}
	}
	for line := range strings.Lines(read(t, plans+"shapes.tsv")) {
		if cols := strings.Split(line, "\t"); cols[0] == d.name {
			all = append(all, cols[2])
		}
	}
	require.Greater(t, len(all), 25)
	return slices.Concat(all, blocks(t, d, "testdata/found.txt"), blocks(t, d, "testdata/seeds.txt"), d.grammar(t))
}

// blocks are the statements of a file for one dialect: blocks between empty lines, which
// begin with its name.
func blocks(t testing.TB, d *dialect, file string) []string {
	t.Helper()
	var all []string
	for block := range strings.SplitSeq(read(t, file), "\n\n") {
		if name, statement, ok := strings.Cut(strings.TrimSpace(block), ": "); ok && name == d.name {
			all = append(all, statement)
		}
	}
	return all
}

func read(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	return strings.TrimSpace(string(data))
}
