package door

import (
	"context"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

// Smoothed returns an index under the profiles that are known of a scope. over reads those that were not
// opened yet.
func (d *Door) Smoothed(ctx context.Context, over Base, k *codec.Keys, t *schema.Table, scope []keys.Label, x *schema.Index) (*search.SmoothedIndex, error) {
	return d.profiles.Of(ctx, over, k, t, scope, x)
}

// Profiles reads which profiles there are, however lately that was done.
func (d *Door) Profiles(ctx context.Context, over Base) error { return d.profiles.Renew(ctx, over, 0) }
