package profiling

import (
	"context"
	"database/sql/driver"
	"maps"
	"slices"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/internal/door"
	"github.com/cellseal/cellseal/ormhooks/reseal/internal/under"
)

// A Count is how often the values of one scope occur.
type Count struct {
	scope  []keys.Label
	values map[any]uint64
}

// Counted returns the counts that are given, or those of the table's rows: of the scope of an id, or of each
// that has rows.
func (w *Work) Counted(ctx context.Context, given map[any]uint64, id string) ([]Count, error) {
	kind := w.table.Scope.Kind
	scoped := kind != "" && !w.index.Unscoped
	switch {
	case id != "" && !scoped:
		return nil, w.Refuse("it has one profile for all, and ProfileOptions.Scope is given")
	case given != nil && scoped && id == "":
		return nil, w.Refuse("each " + kind + " has a profile of its own: ProfileOptions.Scope says whose Counts are")
	}
	var only []keys.Label
	if id != "" {
		only = []keys.Label{keys.Scope(kind, id)}
	}
	if given != nil {
		return []Count{{only, given}}, nil
	}
	counts, err := w.read(ctx, scoped, only)
	if err == nil && len(counts) == 0 {
		err = w.Refuse("there are no rows to count values in: give ProfileOptions.Counts")
	}
	return counts, err
}

// read counts the values of all rows, or of those of one scope.
func (w *Work) read(ctx context.Context, scoped bool, only []keys.Label) ([]Count, error) {
	if err := w.Sweep.Sealable(); err != nil {
		return nil, err
	}
	all := map[keys.Label]Count{}
	err := w.each(ctx, func(_ door.Base, stored [][]driver.Value) error {
		opener := w.Sweep.Reader.Opener(ctx)
		batch := map[keys.Label]Count{}
		for _, row := range stored {
			scope, value, err := w.Sweep.Reader.Value(opener, w.index.Protected()[0], row)
			if err != nil {
				return w.failed(row, err)
			}
			var id keys.Label
			if !scoped {
				scope = nil
			} else if id = scope[0]; only != nil && id != only[0] {
				continue
			}
			if _, known := batch[id]; !known {
				batch[id] = Count{scope, map[any]uint64{}}
			}
			if b, ok := value.([]byte); ok {
				value = string(b)
			}
			batch[id].values[value]++ // nil too, which no profile counts
		}
		for id, c := range batch { // when all have opened: else the batch is read once more
			if _, known := all[id]; !known {
				all[id] = Count{c.scope, map[any]uint64{}}
			}
			for v, n := range c.values {
				all[id].values[v] += n
			}
		}
		return nil
	})
	var counts []Count
	for _, id := range slices.Sorted(maps.Keys(all)) {
		counts = append(counts, all[id])
	}
	return counts, err
}

// Unused makes sure that every token in the table is of the live profile.
func (w *Work) Unused(ctx context.Context) error {
	return w.each(ctx, func(b door.Base, stored [][]driver.Value) error {
		opener := w.Sweep.Reader.Opener(ctx)
		for _, row := range stored {
			holds, err := w.Sweep.Reader.Holds(opener, b, w.index, row)
			if err != nil {
				return w.failed(row, err)
			}
			if !holds {
				return w.Refuse("rows have tokens of older profiles: call Rows, then drop these")
			}
		}
		return nil
	})
}

func (w *Work) each(ctx context.Context, use func(door.Base, [][]driver.Value) error) error {
	return w.Sweep.Each(ctx, func(rows [][]driver.Value) error {
		rows = w.Sweep.Reader.Readable(ctx, rows, new(int)) // of the others there is nothing to count
		return under.Below(ctx, w.Sweep.DB, func(_ *door.Door, b door.Base) error {
			return codec.Reloading(ctx, w.Door.Source, func() error { return use(b, rows) })
		})
	})
}

func (w *Work) failed(row []driver.Value, err error) error {
	return w.Sweep.Fail(w.Sweep.Reader.Key, w.Sweep.Reader.KeyOf(row), err)
}
