package listed_test

import (
	"cmp"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/segment"
	"github.com/cellseal/cellseal/search/sorted"
)

// An ordering is a type with values to draw from and the truth about their order.
type ordering struct {
	typ     search.Type
	draw    func(*rand.Rand) any
	compare func(a, b any) int
}

func oneOf(list ...any) func(*rand.Rand) any {
	return func(r *rand.Rand) any { return list[r.IntN(len(list))] }
}

func compareAs[T any](compare func(a, b T) int) func(a, b any) int {
	return func(a, b any) int { return compare(a.(T), b.(T)) }
}

var orderings = []ordering{
	{search.Int, oneOf(int64(math.MinInt64), int64(math.MinInt64+1), int64(-256), int64(-1), int64(0), int64(1), int64(255), int64(math.MaxInt64-1), int64(math.MaxInt64)), compareAs(cmp.Compare[int64])},
	{search.Uint, oneOf(uint64(0), uint64(1), uint64(1<<63-1), uint64(1<<63), uint64(math.MaxUint64-1), uint64(math.MaxUint64)), compareAs(cmp.Compare[uint64])},
	{search.Float64, oneOf(math.Inf(-1), -math.MaxFloat64, -1.5, -math.SmallestNonzeroFloat64, math.Copysign(0, -1), 0.0, math.SmallestNonzeroFloat64, 1.5, math.MaxFloat64, math.Inf(1)),
		compareAs(func(a, b float64) int { return cmp.Compare(a+0, b+0) })},
	{search.Float32, oneOf(float32(-1.5), float32(math.Copysign(0, -1)), float32(0), float32(math.SmallestNonzeroFloat32), float32(math.MaxFloat32)),
		compareAs(func(a, b float32) int { return cmp.Compare(a+0, b+0) })},
	{search.Bool, oneOf(false, true), compareAs(func(a, b bool) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) })},
	{search.Time, func(r *rand.Rand) any {
		at := time.Unix(int64(r.IntN(5)-2)*1e9, int64(r.IntN(2)))
		return at.In(time.FixedZone("", (r.IntN(25)-12)*3600))
	}, compareAs(time.Time.Compare)},
	{search.Decimal, oneOf("-12345678901234567890123456789", "-12345678901234567890123456788", "-1.5", "-1.50", "-0.001", "0", "0.00", "1e-30", "1", "1.05", "9", "10", "12345678901234567890123456788", "12345678901234567890123456789.5"),
		compareAs(func(a, b string) int { return rat(a).Cmp(rat(b)) })},
	{search.Text, oneOf("", "a", "A", "a\x00", "aa", "b", "\u00E9", "\U0001D400", "https://example.com/a", "https://example.com/b", "https://example.", "https://example", "\u6F22\u5B57"), compareAs(strings.Compare)},
	{search.UUID, func(r *rand.Rand) any { return [16]byte{15: byte(r.IntN(4)), 0: byte(255 * r.IntN(2))} },
		compareAs(func(a, b [16]byte) int { return slices.Compare(a[:], b[:]) })},
}

func rat(s string) *big.Rat {
	n, _ := new(big.Rat).SetString(s)
	return n
}

// Ranges, pages and ends of every type, while values change, segments merge and the key is
// rotated, against what is true.
func TestSortedAgainstTheTruth(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		p := newPlace(t, db, &segment.Options{Fanout: 2})
		for _, o := range orderings {
			t.Run(o.typ.String(), func(t *testing.T) {
				r := rand.New(rand.NewPCG(6, uint64(o.typ)))
				rings := rotation(t)
				label := search.Sorted("c" + o.typ.String())
				truth := map[int64]any{}
				for stage, ring := range rings {
					if stage == 2 {
						p.rekey(t, p.sorted(t, rings[1], label, o.typ))
					}
					x := p.sorted(t, ring, label, o.typ)
					for range steps(5) {
						for range 3 {
							writeValue(t, r, p, x, o, truth)
						}
						if r.IntN(4) == 0 {
							p.maintain(t, r, x)
						}
						o.check(t, r, p, x, truth)
					}
				}
			})
		}
	})
}

func writeValue(t *testing.T, r *rand.Rand, p *place, x *sorted.Index, o ordering, truth map[int64]any) {
	id, v := r.Int64N(30)-15, o.draw(r)
	_, there := truth[id]
	switch {
	case !there:
		require.NoError(t, x.Add(t.Context(), p, search.DocInt(id), v))
	case r.IntN(4) == 0:
		require.NoError(t, x.Remove(t.Context(), p, search.DocInt(id)))
		delete(truth, id)
		return
	case r.IntN(5) == 0:
		require.NoError(t, x.Replace(t.Context(), p, search.DocInt(id), nil))
		delete(truth, id)
		return
	default:
		require.NoError(t, x.Replace(t.Context(), p, search.DocInt(id), v))
	}
	truth[id] = v
}

// check asks a random range whole and in pages.
func (o ordering) check(t *testing.T, r *rand.Rand, p *place, x *sorted.Index, truth map[int64]any) {
	rg := sorted.Range{AboveFrom: r.IntN(2) == 0, BelowTo: r.IntN(2) == 0}
	if r.IntN(4) > 0 {
		rg.From = o.draw(r)
	}
	if r.IntN(4) > 0 {
		rg.To = o.draw(r)
	}
	in := func(v any) bool {
		low, high := 1, -1
		if rg.From != nil {
			low = o.compare(v, rg.From)
		}
		if rg.To != nil {
			high = o.compare(v, rg.To)
		}
		return (low > 0 || low == 0 && !rg.AboveFrom) && (high < 0 || high == 0 && !rg.BelowTo)
	}
	span, err := x.Range(rg)
	require.NoError(t, err)
	var want []int64
	for id, v := range truth {
		matches, err := span.Matches(v)
		require.NoError(t, err)
		require.Equal(t, in(v), matches)
		if matches {
			want = append(want, id)
		}
	}
	all, err := span.Find(t.Context(), p)
	require.NoError(t, err)
	got := ids(all)
	for _, id := range got {
		require.Contains(t, truth, id)
		require.True(t, in(truth[id]) || !span.Exact())
	}
	got = slices.DeleteFunc(got, func(id int64) bool { return !in(truth[id]) })
	require.ElementsMatch(t, want, got)
	for _, descending := range []bool{false, true} {
		o.checkPages(t, p, x, span, descending, 1+r.IntN(5), all, truth)
	}
}

func (o ordering) checkPages(t *testing.T, p *place, x *sorted.Index, span *sorted.Span, descending bool, limit int, all [][]byte, truth map[int64]any) {
	got, cuts := []int64{}, []int{}
	var after sorted.Cursor
	for first := true; first || after != nil; first = false {
		page, err := span.Page(t.Context(), p, &sorted.PageOptions{Descending: descending, After: after, Limit: limit})
		require.NoError(t, err)
		require.True(t, len(page.Found) >= limit || page.Next == nil, "a page is full unless it is the last")
		for i, f := range page.Found {
			if i == 0 {
				require.Zero(t, f.Rank)
			} else {
				before := page.Found[i-1]
				order := o.compare(truth[search.IntOf(before.Doc)], truth[search.IntOf(f.Doc)])
				require.Contains(t, []int{before.Rank, before.Rank + 1}, f.Rank)
				if f.Rank == before.Rank {
					require.True(t, order == 0 || !sorted.Complete(o.typ))
				} else {
					require.Equal(t, map[bool]int{true: 1, false: -1}[descending], order, "ranks are in order")
				}
			}
			if i == limit-1 && sorted.Complete(o.typ) {
				require.Len(t, page.Found, limit)
			}
			got = append(got, search.IntOf(f.Doc))
		}
		after = page.Next
		cuts = append(cuts, len(got))
	}
	for _, n := range cuts[:len(cuts)-1] { // what comes after a page ties with nothing on it
		require.True(t, sorted.Complete(o.typ) || o.compare(truth[got[n-1]], truth[got[n]]) != 0)
	}
	if descending {
		slices.Reverse(got)
	}
	require.Equal(t, ids(all), got, "pages are the whole")
	ends, err := map[bool]func() ([][]byte, error){
		false: func() ([][]byte, error) { return span.Min(t.Context(), p) },
		true:  func() ([][]byte, error) { return span.Max(t.Context(), p) },
	}[descending]()
	require.NoError(t, err)
	require.Equal(t, len(all) == 0, len(ends) == 0)
	if len(ends) > 0 {
		slices.SortFunc(got, func(a, b int64) int {
			order, err := x.Compare(truth[a], truth[b])
			require.NoError(t, err)
			require.Equal(t, o.compare(truth[a], truth[b]), order)
			return order
		})
		end := truth[got[0]]
		if descending {
			end = truth[got[len(got)-1]]
		}
		require.True(t, slices.ContainsFunc(ids(ends), func(id int64) bool { return o.compare(truth[id], end) == 0 }))
	}
}
