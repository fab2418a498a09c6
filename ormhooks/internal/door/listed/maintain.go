package listed

import (
	"context"
	"time"

	"github.com/cellseal/cellseal/search/segment"
)

// Maintain is [segment.Maintain] of indexes that are asked for before every pass, for there may be new
// scopes. An error of indexes that is last ends it; nil is none.
func Maintain(ctx context.Context, db segment.DB, o segment.MaintainOptions, last error, indexes func(context.Context) ([]*segment.Index, error)) error {
	pass := o
	pass.Once = true
	every := o.Every
	if every <= 0 {
		every = time.Second
	}
	for {
		all, err := indexes(ctx)
		if err == nil {
			err = segment.Maintain(ctx, db, &pass, all...)
		}
		if o.Once || err != nil && err == last {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(every):
		}
	}
}
