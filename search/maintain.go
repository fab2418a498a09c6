package search

import (
	"context"

	"github.com/cellseal/cellseal/search/segment"
)

// Maintain flushes, merges and, with o.Rekey, re-keys indexes over segments, and deletes
// what was replaced: until ctx ends, or once. Without it searches stay right and become
// slow. Any process may run it, several at once without harm; see [segment.Maintain].
func Maintain(ctx context.Context, db segment.DB, o *segment.MaintainOptions, indexes ...Segmented) error {
	list := make([]*segment.Index, len(indexes))
	for i, x := range indexes {
		list[i] = x.Segments()
	}
	return segment.Maintain(ctx, db, o, list...)
}

// Segmented is an index over segments: a text.Index or a sorted.Index.
type Segmented interface{ Segments() *segment.Index }
