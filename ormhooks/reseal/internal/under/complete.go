package under

import (
	"context"

	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/internal/door"
	"github.com/cellseal/cellseal/search/segment"
)

// Complete says of the table's lists that they have every row: all have been written again.
func (s *Sweep) Complete(ctx context.Context) error {
	var lists []*segment.Index
	err := Below(ctx, s.DB, func(d *door.Door, b door.Base) error {
		return codec.Reloading(ctx, d.Source, func() (err error) {
			lists, err = d.Session(b).Lists(ctx, nil, s.of)
			return err
		})
	})
	for _, x := range lists {
		if err == nil {
			err = x.Complete(ctx, segment.SQL(s.DB))
		}
	}
	return err
}
