package reseal

import (
	"context"
	"database/sql"

	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
)

// group returns the work on each column whose terms compare with r's: those of its join group, or r
// alone. Tokens of two keys do not meet, so all of a group are pinned together.
func (r *rotation) group(ctx context.Context, db *sql.DB) ([]*rotation, error) {
	if !r.index.Joins() {
		return []*rotation{r}, nil
	}
	var all []*rotation
	for t := range r.door.Schema.Tables() {
		for _, x := range t.Indexes {
			if !x.JoinsWith(r.index) {
				continue
			}
			of, err := newRotation(ctx, db, t.Name, x.Hidden(), r.key, &r.o)
			if err != nil {
				return nil, err
			}
			all = append(all, of)
		}
	}
	return all, nil
}

// pinsOf returns the pins that a group lacks, of which all are under one key.
func pinsOf(ctx context.Context, group []*rotation) (pins []catalog.Pin, err error) {
	key := uint32(0)
	for _, r := range group {
		s, err := r.look(ctx)
		if err != nil {
			return nil, err
		}
		pin := s.live
		if pin == nil {
			made, err := r.present(ctx, s)
			if err != nil {
				return nil, err
			}
			pin, pins = &made, append(pins, made)
		}
		if key != 0 && key != pin.Key {
			return nil, r.refuse("its tokens are under key %d, and those of another column of its join group under key %d: they do not meet; empty its column, pin it to key %d in %s, and call Rows", pin.Key, key, key, catalog.PinTable)
		}
		key = pin.Key
	}
	return pins, nil
}
