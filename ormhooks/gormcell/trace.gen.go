package gormcell

import (
	"context"
	"time"
)

// Trace implements logger.Interface. It is written by hand, in a file of this name because
// GORM's logger says where a statement came from, and takes for that the first caller that is
// neither GORM nor in a file that ends in .gen.go.
func (r redacting) Trace(ctx context.Context, begin time.Time, fc func() (string, int64), err error) {
	r.Interface.Trace(ctx, begin, fc, withoutValues(err))
}
