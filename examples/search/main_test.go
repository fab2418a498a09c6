package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every counted answer is checked by the story itself; the file gives away the cities that were indexed carelessly, and nothing else.
func TestStory(t *testing.T) {
	dir := t.TempDir()
	file, drawing := filepath.Join(dir, "clinic.db"), filepath.Join(dir, "city.svg")
	var out bytes.Buffer
	require.NoError(t, run(context.Background(), &out, file, drawing, 2000))

	recovered := func(column string) float64 {
		share := regexp.MustCompile(column + ` with the cities by frequency: +([0-9.]+) %`).FindStringSubmatch(out.String())
		require.Len(t, share, 2, out.String())
		n, err := strconv.ParseFloat(share[1], 64)
		require.NoError(t, err)
		return n
	}
	require.Greater(t, recovered("town__eq"), 40.0, "counting terms works, or the attack is no longer one")
	require.Less(t, recovered("city__sm"), 25.0)
	require.Contains(t, out.String(), "Take smoothed")

	svg, err := os.ReadFile(drawing)
	require.NoError(t, err)
	require.Contains(t, string(svg), "<svg")
	for _, name := range []string{file, file + "-wal"} {
		raw, err := os.ReadFile(name)
		if os.IsNotExist(err) {
			continue
		}
		require.NoError(t, err)
		for _, p := range clinic(2000)[:200] {
			require.NotContains(t, string(raw), p.Email)
			require.NotContains(t, string(raw), p.Notes[:20])
		}
	}
}
