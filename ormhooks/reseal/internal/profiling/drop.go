package profiling

import (
	"context"
	"slices"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/internal/door"
	"github.com/cellseal/cellseal/ormhooks/internal/door/smooth"
	"github.com/cellseal/cellseal/ormhooks/reseal/internal/under"
	"github.com/cellseal/cellseal/search"
)

// A Drop is what is given up of one scope's profiles.
type Drop struct {
	Old  []catalog.Profile
	lost []uint32 // versions that are gone already, and not by a Drop
	kept []kept
}

// A kept profile is one that stays.
type kept struct {
	row     catalog.Profile
	profile *search.Profile
}

// Drops returns what there is to be given up: profiles that were replaced, and those that somebody
// deleted.
func (w *Work) Drops(ctx context.Context) (all []*Drop, err error) {
	stored, err := w.Stored(ctx, "")
	if err != nil {
		return nil, err
	}
	of := map[string]*Drop{}
	for _, one := range stored {
		d := of[one.Scope]
		if d == nil {
			d = &Drop{}
			of[one.Scope], all = d, append(all, d)
		}
		if one.State == catalog.Retired {
			d.Old = append(d.Old, one)
			continue
		}
		err := codec.Reloading(ctx, w.Door.Source, func() error {
			key, err := w.key(ctx, one.Scope)
			if err != nil {
				return err
			}
			opened, err := w.open(ctx, key, []catalog.Profile{one})
			if err == nil && len(opened) > 0 {
				d.kept = append(d.kept, kept{one, opened[0]})
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	for _, d := range all {
		for _, k := range d.kept {
			for _, version := range k.profile.Before() {
				if !slices.ContainsFunc(stored, func(one catalog.Profile) bool { return one.Version == version }) {
					d.lost = append(d.lost, version)
				}
			}
		}
	}
	return slices.DeleteFunc(all, func(d *Drop) bool { return len(d.Old)+len(d.lost) == 0 }), nil
}

// Drop deletes the old profiles of a scope, and seals those that stay anew, so that they miss them no more.
func (w *Work) Drop(ctx context.Context, d *Drop) error {
	var changes []*under.Statement
	gone := d.lost
	for _, one := range d.Old {
		gone = append(gone, one.Version)
		changes = append(changes, w.deletion(one))
	}
	for _, k := range d.kept {
		if slices.ContainsFunc(k.profile.Before(), func(v uint32) bool { return slices.Contains(gone, v) }) {
			update := w.statement("UPDATE " + catalog.ProfileTable + " SET profile = ").Value(k.profile.Without(gone...).Seal())
			changes = append(changes, at(update.SQL(" WHERE "), k.row))
		}
	}
	return w.change(ctx, changes...)
}

func (w *Work) delete(ctx context.Context, one catalog.Profile) error {
	return w.change(ctx, w.deletion(one))
}

func (w *Work) deletion(one catalog.Profile) *under.Statement {
	return at(w.statement("DELETE FROM "+catalog.ProfileTable+" WHERE "), one)
}

// open opens profiles, but for those that are gone by now.
func (w *Work) open(ctx context.Context, d *keys.Derived, rows []catalog.Profile) (all []*search.Profile, err error) {
	for _, one := range rows {
		var sealed []byte
		err := w.below(ctx, func(b door.Base) error {
			return b.Catalogue(ctx, true, func(q catalog.Querier) (err error) {
				sealed, err = catalog.LoadProfile(ctx, q, w.Door.Dialect, one)
				return err
			})
		})
		if err != nil {
			return nil, err
		}
		if sealed == nil {
			continue
		}
		p, err := search.OpenProfile(d, sealed)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// key is the index's under a scope as the table of profiles names it.
func (w *Work) key(ctx context.Context, scope string) (*keys.Derived, error) {
	var path []keys.Label
	if scope != "" {
		path = []keys.Label{smooth.LabelOf(scope)}
	}
	return codec.NewKeys(ctx, w.Door.Source).Listed(w.table, path, w.index)
}
