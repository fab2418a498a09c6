package listed_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/segment"
)

// ages are drawn as in a clinic: every age at its own rate.
func ages(r *rand.Rand, n int) []int64 {
	list := make([]int64, n)
	for i := range list {
		list[i] = int64(min(max(r.NormFloat64()*22+48, 0), 99))
	}
	return list
}

// A table read at rest: every page with its segment and label.
type storedPage struct {
	segment, label int64
	page           string
}

func stored(t *testing.T, p *place) (pages []storedPage) {
	rows, err := p.Query(t.Context(), "SELECT seg, label, page FROM cellseal_pages ORDER BY seg, label")
	require.NoError(t, err)
	for _, r := range rows {
		pages = append(pages, storedPage{r[0].(int64), r[1].(int64), string(r[2].([]byte))})
	}
	return pages
}

func sortedAges(t *testing.T, r *rand.Rand, values []int64) []storedPage {
	p := newPlace(t, testdb.OpenSQLite(t), &segment.Options{FlushRows: 500})
	x := p.sorted(t, newRing(t), search.Sorted("age"), search.Int)
	for from := 0; from < len(values); from += 500 {
		tx, err := p.Begin(t.Context())
		require.NoError(t, err)
		for i := from; i < min(from+500, len(values)); i++ {
			require.NoError(t, x.Add(t.Context(), tx, search.DocInt(int64(i)), values[i]))
		}
		require.NoError(t, tx.Commit())
		require.NoError(t, search.Maintain(t.Context(), p, &segment.MaintainOptions{Once: true}, x))
	}
	p.rekey(t, x)
	return stored(t, p)
}

// Whoever has the sorted table and knows exactly how often each age occurs guesses rows no
// better than without the table. What he has is pages: he puts them in any order that
// something stored gives, lays the known ages along them in order, and so guesses the age of
// every row by where its entry may be.
func TestAgesAtRestAreNotRecovered(t *testing.T) {
	r := rand.New(rand.NewPCG(20, 20))
	const n = 4000
	values := ages(r, n)
	pages := sortedAges(t, r, values)
	count := map[int64]int{}
	for _, v := range values {
		count[v]++
	}
	blind := 0
	for _, c := range count {
		blind = max(blind, c)
	}
	known := slices.Sorted(slices.Values(values))
	perPage := (n + len(pages) - 1) / len(pages)
	for name, rank := range map[string]func(a, b storedPage) int{
		"label":       func(a, b storedPage) int { return int(min(max(a.label-b.label, -1), 1)) },
		"first bytes": func(a, b storedPage) int { return strings.Compare(a.page, b.page) },
		"last bytes":  func(a, b storedPage) int { return strings.Compare(a.page[len(a.page)-16:], b.page[len(b.page)-16:]) },
		"sum of all":  func(a, b storedPage) int { return sum(a.page) - sum(b.page) },
	} {
		order := slices.Clone(pages)
		slices.SortFunc(order, rank)
		right := 0
		for row, v := range values { // rows were written in an order of their own, which nothing stored repeats
			at := slices.Index(order, pages[row/perPage])
			if known[min(at*perPage+row%perPage, n-1)] == v {
				right++
			}
		}
		require.LessOrEqual(t, float64(right)/n, float64(blind)/n+0.01, "by %s", name)
	}
}

func sum(s string) (n int) {
	for i := range len(s) {
		n += int(s[i])
	}
	return n
}

// Two tables over the same number of rows have the same number of pages of the same length,
// and their bytes are uniform, whatever was stored: ages, one age for all, all the same words or none.
func TestTablesAtRestAreAlike(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 21))
	const n = 2000
	same := slices.Repeat([]int64{42}, n)
	one, two := sortedAges(t, r, ages(r, n)), sortedAges(t, r, same)
	require.Len(t, two, len(one))
	for _, pages := range [][]storedPage{one, two} {
		seen := map[string]bool{}
		var bytes [256]float64
		total := 0.0
		for _, p := range pages {
			require.Len(t, p.page, len(one[0].page))
			require.False(t, seen[p.page[12:]], "no page is stored twice")
			seen[p.page[12:]] = true
			for i := range len(p.page) {
				bytes[p.page[i]]++
				total++
			}
		}
		chi := 0.0
		for _, c := range bytes {
			chi += (c - total/256) * (c - total/256) / (total / 256)
		}
		// 255 degrees of freedom: six standard deviations, once in 10^9 runs.
		require.InDelta(t, 255, chi, 6*math.Sqrt(2*255), "bytes are uniform")
	}
}
