package door

import (
	"context"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/internal/door/smooth"
	"github.com/cellseal/cellseal/ormhooks/internal/door/template"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

// Smoothed returns an index under the profiles that are known of a scope. over reads those that were not
// opened yet.
func (d *Door) Smoothed(ctx context.Context, over Base, k *codec.Keys, t *schema.Table, scope []keys.Label, x *schema.Index) (*search.SmoothedIndex, error) {
	at, err := k.Listed(t, scope, x)
	if err != nil {
		return nil, err
	}
	return d.profiles.Index(ctx, over, at, smooth.PlaceOf(t, x, scope))
}

// searched is Smoothed for whoever looks for rows.
func (d *Door) searched(ctx context.Context, over Base, k *codec.Keys, t *schema.Table, scope []keys.Label, x *schema.Index) (*search.SmoothedIndex, error) {
	at, err := k.Listed(t, scope, x)
	if err != nil {
		return nil, err
	}
	return d.profiles.Searched(ctx, over, at, smooth.PlaceOf(t, x, scope))
}

// Profiles reads which profiles there are, however lately that was done.
func (d *Door) Profiles(ctx context.Context, over Base) error { return d.profiles.Renew(ctx, over, 0) }

// token returns what a smoothed index stores of a value that is not NULL.
func (b *binder) token(s *plan.Slot, value any) ([]byte, error) {
	t := b.st.Plan.Rows[s.Row].Table
	scope, err := b.scope(s.Row)
	if err != nil && !s.Index.Unscoped {
		return nil, err
	}
	x, err := b.st.door.Smoothed(b.ctx, b.base, b.keys, t, scope, s.Index)
	if err != nil {
		return nil, err
	}
	id, err := b.rowID(s.Row, s.Index.Protected()[0])
	if err != nil {
		return nil, err
	}
	token, err := x.Token(id, value)
	if err != nil {
		err = &ormhooks.ColumnError{Table: t.Name, Column: s.Index.Hidden(), Err: err}
	}
	return token, err
}

// equal answers = and IN of a smoothed index.
func (s *Session) equal(b *binder, f *plan.Find) (template.Value, error) {
	w := &smooth.Search{
		Context: b.ctx, Dialect: s.door.Dialect, All: s.conn().All, Opener: s.door.opener(b.ctx), Find: f, Table: b.st.Plan.Rows[f.Row].Table,
		Limit: s.door.MaxRows, Lock: b.st.Plan.Writes || b.st.Plan.Each != nil,
	}
	w.Opener.Keys = b.keys
	w.Scope, w.Unscoped = b.scope(f.Row)
	return w.Answer(b.value, func(x *schema.Index) (*search.SmoothedIndex, error) {
		return s.door.searched(b.ctx, s.base, b.keys, w.Table, w.Scope, x)
	})
}
