package reseal

import (
	"context"
	"database/sql"
	"time"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/reseal/internal/profiling"
)

// ProfileOptions are what most callers of Profile need not set; nil and the zero value mean the defaults.
type ProfileOptions struct {
	// Counts say how often values occur, or are expected to, in place of the table's own rows: before
	// there are any. Several thousand rows are wanted; see search.NewProfile.
	Counts map[any]uint64
	// Scope is the id of the tenant that Counts are of, in a table with a scope. Each tenant has
	// a profile of its own, unless the index says scope=none. Without Counts all tenants that
	// have rows get one, or this one alone.
	Scope string
	// Rows is how many rows the table, or the tenant, is expected to have in the profile's time; 0
	// stands for as many as were counted.
	Rows uint64
	// Settle and Lease are those of Options.
	Settle, Lease time.Duration
	// Batch is how many rows are read at a time, 500 by default.
	Batch int
}

// Profile gives a smoothed index a profile of how frequent its values are, and returns when every process
// writes by it. Without one nothing is written or looked for. index is the column of its tokens, as
// "city__sm".
//
// By default the values are counted in the table, which is read as a whole. The profile is sealed and
// kept in the table cellseal_profiles, which is created if need be. It lives when every process has had the time to
// learn of it, which takes Lease and Settle, 35 s by default. If there is an older one, the
// new one is first announced, which takes both once more; the older one is looked for until [DropProfiles]. It can be called again after any error.
func Profile(ctx context.Context, db *sql.DB, table, index string, o *ProfileOptions) error {
	if o == nil {
		o = &ProfileOptions{}
	}
	w, d, err := profiles(ctx, db, table, index, &Options{Settle: o.Settle, Lease: o.Lease, Batch: o.Batch})
	if err != nil {
		return err
	}
	counted, err := w.Counted(ctx, o.Counts, o.Scope)
	if err != nil {
		return err
	}
	var announced []catalog.Profile
	for _, c := range counted {
		made, err := w.Add(ctx, c, o.Rows)
		if err != nil {
			return err
		}
		if made.State == catalog.Building {
			announced = append(announced, made)
		}
	}
	if len(announced) == 0 { // whoever has not heard of a first one writes nothing yet
		return wait(ctx, d.Lease)
	}
	if err := wait(ctx, d.Lease+d.Settle); err != nil {
		return err
	}
	for _, one := range announced {
		if err := w.Promote(ctx, one); err != nil {
			return err
		}
	}
	return wait(ctx, d.Lease+d.Settle)
}

// DropProfiles removes the profiles of an index that were replaced, and reports how many those were. Before, it
// waits for Settle and Lease, and reads the table: a row that has a token of one of them still is an
// [IndexError], and Rows to be called first. Every profile that is kept makes queries longer, and
// needs its key. A profile that somebody deleted is given up in the same way: queries are an [ormhooks.ProfileError] until then.
func DropProfiles(ctx context.Context, db *sql.DB, table, index string, o *Options) (dropped int, err error) {
	w, d, err := profiles(ctx, db, table, index, o)
	if err != nil {
		return 0, err
	}
	old, err := w.Drops(ctx)
	if err != nil || len(old) == 0 {
		return 0, err
	}
	if err := wait(ctx, d.Lease+d.Settle); err != nil {
		return 0, err
	}
	if err := w.Unused(ctx); err != nil {
		return 0, err
	}
	for _, one := range old {
		if err := w.Drop(ctx, one); err != nil {
			return dropped, err
		}
		dropped += len(one.Old)
	}
	return dropped, nil
}

func profiles(ctx context.Context, db *sql.DB, table, index string, o *Options) (*profiling.Work, Options, error) {
	w := &profiling.Work{Sweep: sweep(db, table), Refuse: func(problem string) error { return &IndexError{table, index, problem} }}
	if err := w.Begin(ctx, index); err != nil {
		return nil, Options{}, err
	}
	d := o.withDefaults(w.Door.Lease, w.Door.Dialect == sqltext.SQLite)
	w.Sweep.Batch = d.Batch
	return w, d, nil
}
