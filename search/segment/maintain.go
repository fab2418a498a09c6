package segment

import (
	"context"
	"errors"
	"time"

	"github.com/cellseal/cellseal/search/segment/internal/core"
	"github.com/cellseal/cellseal/search/segment/internal/upkeep"
)

// MaintainOptions are [Maintain]'s. nil or zero fields are the defaults.
type MaintainOptions struct {
	Once  bool          // one pass, whose errors are returned; else until ctx ends, and errors go to the Observer
	All   bool          // flush whatever is pending, due or not
	Rekey bool          // write anew what is not under the primary key
	Every time.Duration // from the end of one pass to the next (default 1 s)
}

// Maintain does what an index needs beside writes and searches: it flushes what is due, merges, and
// deletes what was replaced. Any number of processes may run it at the same time; each index is
// with one of them at a moment, and one that another has is passed over. Killed anywhere, it leaves nothing that the next
// pass does not finish or delete.
//
// Without Once it returns when ctx ends, with ctx's error.
func Maintain(ctx context.Context, db DB, o *MaintainOptions, indexes ...*Index) error {
	var options MaintainOptions
	if o != nil {
		options = *o
	}
	if options.Every <= 0 {
		options.Every = time.Second
	}
	for first := true; ; first = false {
		var failed []error
		for _, x := range indexes {
			if err := x.maintain(ctx, db, options, first); err != nil && ctx.Err() == nil {
				e := Event{Kind: Failed, Err: err}
				if corrupt := new(CorruptError); errors.As(err, &corrupt) && len(corrupt.Rows) > 0 {
					e.Kind = Poisoned
				}
				x.s.store.Tell(x.s.Index, e)
				failed = append(failed, err)
			}
		}
		if options.Once {
			return errors.Join(append(failed, ctx.Err())...)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(options.Every):
		}
	}
}

// maintain is one pass over one index. One query tells whether there is anything to be done, for most of the
// time there is not; thorough is not to trust it.
func (x *Index) maintain(ctx context.Context, db DB, o MaintainOptions, thorough bool) error {
	s := x.state()
	p, err := s.CountPending(ctx, db)
	if err != nil {
		return err
	}
	if s.store.overdue(p) {
		s.store.Tell(s.Index, Event{Kind: Alarm, Rows: p.Rows})
	}
	old, err := core.Query(ctx, db, "ii", s.Store.Text.Garbage, s.Number)
	if err != nil {
		return err
	}
	if !thorough && !o.Rekey && len(old) == 0 && !s.store.Due(p) && !(o.All && p.Rows > 0) {
		return nil
	}
	err = upkeep.Lease(ctx, s.Index, &s.store.Tuning, db, func(m *upkeep.Maintainer) error {
		work := []func(context.Context) error{m.FlushDue, m.MergeDue, m.Garbage}
		if o.All {
			work[0] = m.FlushAll
		}
		if o.Rekey {
			work = append(work, m.Rekey)
		}
		for _, step := range work {
			if err := step(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if errors.As(err, new(*HeldError)) {
		return nil
	}
	return err
}

// Flush makes segments of all that is pending. It returns a [HeldError] if another maintainer has
// the index.
func (x *Index) Flush(ctx context.Context, db DB) error {
	return x.lease(ctx, db, (*upkeep.Maintainer).FlushAll)
}

// Merge merges every level that has Options.Fanout segments, from the lowest up, until none has. It
// returns a [HeldError] if another maintainer has the index.
func (x *Index) Merge(ctx context.Context, db DB) error {
	return x.lease(ctx, db, (*upkeep.Maintainer).MergeDue)
}

// Rekey flushes what is pending and writes every segment anew that is not under the primary key, each
// for itself: the older root keys are needed no more when it returns, but by readers who began before, for
// Options.Grace, and by backups. It returns a [HeldError] if another maintainer has the index.
func (x *Index) Rekey(ctx context.Context, db DB) error {
	return x.lease(ctx, db, (*upkeep.Maintainer).Rekey)
}

func (x *Index) lease(ctx context.Context, db DB, work func(*upkeep.Maintainer, context.Context) error) error {
	s := x.state()
	return upkeep.Lease(ctx, s.Index, &s.store.Tuning, db, func(m *upkeep.Maintainer) error { return work(m, ctx) })
}
