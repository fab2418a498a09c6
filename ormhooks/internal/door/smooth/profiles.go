package smooth

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/internal/door/known"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

// A Place is where a profile belongs.
type Place struct {
	Table, Index string // "people", "city__sm"
	Scope        string // kind/id, or ""
}

// PlaceOf returns the place of an index under a scope.
func PlaceOf(t *schema.Table, x *schema.Index, scope []keys.Label) Place {
	p := Place{Table: t.Name, Index: x.Hidden()}
	if !x.Unscoped && len(scope) > 0 {
		p.Scope = strings.TrimPrefix(string(scope[0]), "s:")
	}
	return p
}

// LabelOf is the inverse of what PlaceOf makes of a scope.
func LabelOf(scope string) keys.Label { return keys.Label("s:" + scope) }

// kept is how many indexes Profiles keeps ready. Each has 8 bytes for every token there can be.
const kept = 1024

// Profiles are those of a database, as far as they are known. It is safe for concurrent use.
type Profiles struct {
	dialect sqltext.Dialect
	lease   time.Duration
	reading chan struct{} // holds one token; taken while reading

	mu     sync.Mutex
	at     int64 // when the list was read, in Unix nanoseconds; 0 if it was not
	list   map[Place][]catalog.Profile
	opened map[*keys.Derived]*opened
	newest map[Place]uint32 // the highest generation that was ever live here
}

// opened are the profiles of one index under one scope; profiles and versions go together.
type opened struct {
	list     []catalog.Profile
	profiles []*search.Profile
	index    *search.SmoothedIndex
	lost     bool  // one is gone that rows may have tokens of
	at       int64 // when the list was read
}

// New returns Profiles of which none is known yet.
func New(d sqltext.Dialect, lease time.Duration) *Profiles {
	return &Profiles{dialect: d, lease: lease, reading: make(chan struct{}, 1), opened: map[*keys.Derived]*opened{}, newest: map[Place]uint32{}}
}

// Known reports whether it was ever read which profiles there are.
func (p *Profiles) Known() bool { return p.read() > 0 }

func (p *Profiles) read() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.at
}

// Renew reads which profiles there are, if what is known of them is older than a part of the lease: one
// of so many, or 0 to read them now.
func (p *Profiles) Renew(ctx context.Context, over known.Over, parts int) error {
	began := time.Now().UnixNano()
	old := func() bool {
		return parts == 0 && p.read() < began || parts > 0 && began-p.read() >= int64(p.lease)/int64(parts)
	}
	if !old() {
		return nil
	}
	select {
	case p.reading <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-p.reading }()
	if !old() {
		return nil
	}
	list := map[Place][]catalog.Profile{}
	err := over.Catalogue(ctx, p.here(), func(q catalog.Querier) error {
		all, err := catalog.LoadProfiles(ctx, q, p.dialect)
		for _, one := range all {
			place := Place{one.Table, one.Index, one.Scope}
			if list[place] = append(list[place], one); one.State == catalog.Live { // NewSmoothed writes with the first
				last := len(list[place]) - 1
				list[place][0], list[place][last] = list[place][last], list[place][0]
			}
		}
		return err
	})
	if err != nil {
		return known.Unreadable(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at, p.list = began, list
	return nil
}

// here says that SQLite is read over the connection at hand: see known.Catalogue.
func (p *Profiles) here() bool { return p.dialect == sqltext.SQLite }

// Of returns the index of a scope, under all of its profiles. over reads those that were not opened yet.
func (p *Profiles) Of(ctx context.Context, over known.Over, k *codec.Keys, t *schema.Table, scope []keys.Label, x *schema.Index) (*search.SmoothedIndex, error) {
	have, err := p.of(ctx, over, k, t, scope, x)
	if err != nil {
		return nil, err
	}
	return have.index, nil
}

// Searched is Of for whoever looks for rows: a profile that is gone, and should not be, is an error.
func (p *Profiles) Searched(ctx context.Context, over known.Over, k *codec.Keys, t *schema.Table, scope []keys.Label, x *schema.Index) (*search.SmoothedIndex, error) {
	have, err := p.of(ctx, over, k, t, scope, x)
	if err != nil {
		return nil, err
	}
	if have.lost {
		at := PlaceOf(t, x, scope)
		return nil, &ormhooks.ProfileError{Table: at.Table, Index: at.Index, Scope: at.Scope, Lost: true}
	}
	return have.index, nil
}

func (p *Profiles) of(ctx context.Context, over known.Over, k *codec.Keys, t *schema.Table, scope []keys.Label, x *schema.Index) (*opened, error) {
	d, err := k.Listed(t, scope, x)
	if err != nil {
		return nil, err
	}
	at := PlaceOf(t, x, scope)
	p.mu.Lock()
	list, have, read := p.list[at], p.opened[d], p.at
	p.mu.Unlock()
	switch {
	case len(list) == 0 || list[0].State != catalog.Live:
		return nil, &ormhooks.ProfileError{Table: at.Table, Index: at.Index, Scope: at.Scope}
	case have != nil && slices.Equal(have.list, list) && (!have.lost || have.at == read): // a lost one may be given up
		return have, nil
	}
	made, err := p.open(ctx, over, d, list, have)
	if err != nil {
		return nil, fmt.Errorf("cellseal: %s.%s: a profile: %w", at.Table, at.Index, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.opened) >= kept {
		clear(p.opened)
	}
	p.opened[d], made.at = made, read
	p.newest[at] = max(p.newest[at], made.profiles[0].Generation())
	made.lost = made.lost || !slices.ContainsFunc(made.profiles, func(one *search.Profile) bool { return one.Generation() >= p.newest[at] })
	return made, nil
}

// open opens those profiles of a list that are not open yet.
func (p *Profiles) open(ctx context.Context, over known.Over, d *keys.Derived, list []catalog.Profile, have *opened) (*opened, error) {
	made := &opened{list: list}
	for _, one := range list {
		var profile *search.Profile
		if have != nil {
			if i := slices.IndexFunc(have.profiles, func(p *search.Profile) bool { return p.Version() == one.Version }); i >= 0 && whole(list, have.profiles[i]) {
				profile = have.profiles[i]
			}
		}
		if profile == nil {
			var sealed []byte
			err := over.Catalogue(ctx, p.here(), func(q catalog.Querier) (err error) {
				sealed, err = catalog.LoadProfile(ctx, q, p.dialect, one)
				return err
			})
			if err != nil {
				return nil, known.Unreadable(err)
			}
			if sealed == nil && one.State != catalog.Live {
				continue // it was dropped: no row has a token of it, or those that stay say otherwise
			}
			if profile, err = search.OpenProfile(d, sealed); err != nil {
				return nil, err
			}
		}
		if profile.Version() != one.Version || len(made.profiles) > 0 && profile.Type() != made.profiles[0].Type() {
			return nil, search.ErrProfile
		}
		made.profiles = append(made.profiles, profile)
		made.lost = made.lost || !whole(list, profile)
	}
	made.index = search.NewSmoothed(d, made.profiles...)
	return made, nil
}

// whole reports whether a list has all that a profile says there are.
func whole(list []catalog.Profile, p *search.Profile) bool {
	return !slices.ContainsFunc(p.Before(), func(version uint32) bool {
		return !slices.ContainsFunc(list, func(one catalog.Profile) bool { return one.Version == version })
	})
}
