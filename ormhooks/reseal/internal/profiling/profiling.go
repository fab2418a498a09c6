// Package profiling makes, stores and drops the profiles of a smoothed index.
package profiling

import (
	"context"
	"strings"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/internal/ddl"
	"github.com/cellseal/cellseal/ormhooks/internal/door"
	"github.com/cellseal/cellseal/ormhooks/internal/door/smooth"
	"github.com/cellseal/cellseal/ormhooks/reseal/internal/under"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

// Work is that on the profiles of one index.
type Work struct {
	Sweep  *under.Sweep // through its table
	Refuse func(problem string) error

	Door  *door.Door
	table *schema.Table
	index *schema.Index
}

// Begin finds the index, by the column of its tokens.
func (w *Work) Begin(ctx context.Context, index string) error {
	if err := w.Sweep.Begin(ctx); err != nil {
		return err
	}
	err := under.Below(ctx, w.Sweep.DB, func(d *door.Door, _ door.Base) error {
		w.Door = d
		return nil
	})
	if err != nil {
		return err
	}
	w.table = w.Door.Schema.Table(w.Sweep.Name)
	for _, x := range w.table.Indexes {
		if x.Hidden() == index && x.Smoothed() {
			w.index = x
			return nil
		}
	}
	return w.Refuse("the schema has no such smoothed index" + w.others())
}

// others names the table's smoothed indexes, as Begin takes them.
func (w *Work) others() string {
	var names []string
	for _, x := range w.table.Indexes {
		if x.Smoothed() {
			names = append(names, x.Hidden())
		}
	}
	if names == nil {
		return `: declare one, as search:"smoothed"`
	}
	return ": the table has " + strings.Join(names, ", ")
}

func (w *Work) below(ctx context.Context, use func(door.Base) error) error {
	return under.Below(ctx, w.Sweep.DB, func(_ *door.Door, b door.Base) error { return use(b) })
}

func (w *Work) statement(text string) *under.Statement {
	return &under.Statement{Dialect: w.Door.Dialect, Text: text}
}

// Stored returns the index's profiles in a state, or in any if it is "".
func (w *Work) Stored(ctx context.Context, in catalog.State) (all []catalog.Profile, err error) {
	err = w.below(ctx, func(b door.Base) error {
		return b.Catalogue(ctx, true, func(q catalog.Querier) error {
			read, err := catalog.LoadProfiles(ctx, q, w.Door.Dialect)
			for _, one := range read {
				if one.Table == w.table.Name && one.Index == w.index.Hidden() && (in == "" || one.State == in) {
					all = append(all, one)
				}
			}
			return err
		})
	})
	return all, err
}

// ensure creates the table of profiles if need be.
func (w *Work) ensure(ctx context.Context) error {
	return w.below(ctx, func(b door.Base) error {
		there := false
		err := b.Catalogue(ctx, true, func(q catalog.Querier) (err error) {
			there, err = catalog.HasProfiles(ctx, q, w.Door.Dialect)
			return err
		})
		if err != nil || there {
			return err
		}
		_, err = b.Exec(ctx, ddl.CreateProfiles(w.Door.Dialect), nil)
		return err
	})
}

// Add makes and stores a profile. It is the live one if there is none of that scope, and else announced.
func (w *Work) Add(ctx context.Context, c Count, rows uint64) (made catalog.Profile, err error) {
	at := smooth.PlaceOf(w.table, w.index, c.scope)
	made = catalog.Profile{Table: at.Table, Index: at.Index, Scope: at.Scope, State: catalog.Live}
	if err := w.ensure(ctx); err != nil {
		return made, err
	}
	stored, err := w.Stored(ctx, "")
	if err != nil {
		return made, err
	}
	var before []catalog.Profile
	for _, one := range stored {
		if one.Scope != made.Scope {
			continue
		}
		switch one.State {
		case catalog.Live:
			made.State = catalog.Building
		case catalog.Building: // of a call that did not end: nobody has written by it
			if err := w.delete(ctx, one); err != nil {
				return made, err
			}
			continue
		}
		before = append(before, one)
	}
	profile, err := w.profile(ctx, c, rows, before)
	if err != nil {
		return made, err
	}
	made.Version = profile.Version()
	insert := w.statement("INSERT INTO " + catalog.ProfileTable + " (table_name, index_name, scope, version, state, profile) VALUES (")
	for i, v := range []any{made.Table, made.Index, made.Scope, int64(made.Version), string(made.State), profile.Seal()} {
		if i > 0 {
			insert.SQL(", ")
		}
		insert.Value(v)
	}
	return made, w.change(ctx, insert.SQL(")"))
}

func (w *Work) profile(ctx context.Context, c Count, rows uint64, before []catalog.Profile) (made *search.Profile, err error) {
	err = codec.Reloading(ctx, w.Door.Source, func() error {
		var d *keys.Derived
		if d, err = codec.NewKeys(ctx, w.Door.Source).Listed(w.table, c.scope, w.index); err != nil {
			return err
		}
		after, err := w.open(ctx, d, before)
		if err != nil {
			return err
		}
		typ, _ := w.index.Protected()[0].Declared()
		made, err = search.NewProfile(d, c.values, &search.ProfileOptions{Type: typ, Rows: rows, After: after})
		return err
	})
	return made, err
}

// Promote makes an announced profile the live one, and the live one retired.
func (w *Work) Promote(ctx context.Context, next catalog.Profile) error {
	live, err := w.Stored(ctx, catalog.Live)
	if err != nil {
		return err
	}
	update := "UPDATE " + catalog.ProfileTable + " SET state = "
	var changes []*under.Statement
	for _, old := range live {
		if old.Scope == next.Scope {
			changes = append(changes, at(w.statement(update).Value(string(catalog.Retired)).SQL(" WHERE "), old))
		}
	}
	return w.change(ctx, append(changes, at(w.statement(update).Value(string(catalog.Live)).SQL(" WHERE "), next))...)
}

// at adds the condition that a profile is as it was read.
func at(s *under.Statement, one catalog.Profile) *under.Statement {
	s.Equals("table_name", one.Table).SQL(" AND ").Equals("index_name", one.Index).SQL(" AND ").Equals("scope", one.Scope)
	return s.SQL(" AND ").Equals("version", int64(one.Version)).SQL(" AND ").Equals("state", string(one.State))
}

func (w *Work) change(ctx context.Context, statements ...*under.Statement) error {
	return w.below(ctx, func(b door.Base) error {
		return under.Change(ctx, b, catalog.ProfileTable, w.Refuse("its profiles have changed meanwhile: somebody else makes one too; let one of you finish"), statements...)
	})
}
