package sorted_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/sorted"
)

// TestPagesHoldWhatTheyShow walks in pages of every length, both ways, with ties kept together and not: a value has its
// place on the page that shows its document, and on no other unless its equals are on both.
func TestPagesHoldWhatTheyShow(t *testing.T) {
	ctx := context.Background()
	for _, text := range []bool{false, true} {
		typ, label := search.Int, search.Sorted("years")
		if text {
			typ, label = search.Text, search.Sorted("shelf")
		}
		c, x := newIndex(ctx, label, typ)
		values := map[string]any{}
		for i := range 40 {
			value := any(int64(i % 7))
			if text {
				value = []string{"sixteen bytes or more", "sixteen bytes or less", "a", "b"}[i%4]
			}
			doc := search.DocInt(int64(i))
			values[string(doc)] = value
			require.NoError(t, x.Add(ctx, c, doc, value))
		}
		for limit := 1; limit < 45; limit += 3 {
			for _, o := range []*sorted.PageOptions{{}, {Descending: true}, {Ties: true}, {Ties: true, Descending: true}} {
				o.Limit = limit
				shown := 0
				for more := true; more; more = o.After != nil {
					page, err := x.All().Page(ctx, c, o)
					require.NoError(t, err)
					here := map[any]bool{}
					for _, f := range page.Found {
						here[values[string(f.Doc)]] = true
					}
					for doc, value := range values {
						holds, err := page.Holds(value)
						require.NoError(t, err)
						if here[value] {
							require.True(t, holds, doc)
						} else if o.Ties && !text {
							require.False(t, holds, doc)
						}
					}
					holds, err := page.Holds(nil)
					require.NoError(t, err)
					require.False(t, holds)
					shown += len(page.Found)
					o.After = page.Next
				}
				require.Equal(t, len(values), shown)
			}
		}
	}
}

func TestNoPage(t *testing.T) {
	require.PanicsWithValue(t, "cellseal/search/sorted: zero Page; ask a Span for one", func() { (&sorted.Page{}).Holds(1) })
}
