package checkup

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// keys finds indexes whose terms are under keys that this process does not have: rows would not be
// found, and duplicates pass. What it was not granted, it cannot know, nor use.
func (c *checker) keys(ctx context.Context, t *schema.Table, source keys.Source) error {
	for _, x := range t.Indexes {
		if !x.Pinned() {
			continue
		}
		at, err := source.Index(ctx, x.Table(), x.Label())
		if errors.As(err, new(*keys.DeniedError)) {
			continue
		}
		if err != nil {
			return err
		}
		enabled := func(id uint32) bool {
			return slices.ContainsFunc(tree.Nodes(at.Tree()), func(n tree.Node) bool { return n.ID == id })
		}
		column, pins, live := x.Hidden(), pinsOf(c.pins, t, x), 0
		for _, p := range pins {
			if !enabled(p.Key) {
				c.add(t.Name, p.Column, fmt.Sprintf("holds terms under index key %d (%s says %s), which is unknown or not enabled: enable it, or give this process the ring that has it", p.Key, catalog.PinTable, p.State))
			}
			if p.State == catalog.Live {
				live++
			}
		}
		pinned := x.Options().PinnedKey
		known := tree.Known(at.Tree())
		switch {
		case len(pins) > 0 && live != 1:
			c.add(t.Name, column, fmt.Sprintf("has %d live columns in %s, but it is looked up in one: set the state of one to live", live, catalog.PinTable))
		case len(pins) == 0 && pinned != 0 && !enabled(pinned):
			c.add(t.Name, column, fmt.Sprintf("is pinned to index key %d, which is unknown or not enabled: enable it, or give this process the ring that has it", pinned))
		case len(pins) == 0 && pinned == 0 && known > 1:
			c.add(t.Name, column, fmt.Sprintf("is a "+pinnedKind(x)+" of a ring with %d index keys, disabled ones included, and it is not said which of them its terms are under: add the row ('%s', '%s', '%s', <key id>, 'live') to %s", known, t.Name, x.Hidden(), column, catalog.PinTable))
		}
	}
	return nil
}

func pinnedKind(x *schema.Index) string {
	if x.Joins() {
		return "join group"
	}
	return "unique index"
}
