package reseal

import (
	"context"
	"database/sql"
	"time"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/internal/ddl"
	"github.com/cellseal/cellseal/ormhooks/internal/door"
	"github.com/cellseal/cellseal/ormhooks/reseal/internal/under"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// PinUnique writes down which index key the terms of a unique index are under, and returns
// when every process has read it. Do so before the ring gets a second index key: from
// then on a process that has read of no pin refuses statements on the index. If it is pinned
// already, nothing happens.
//
// index is the column that the schema has for the terms, as "email__eq". Of o, PresentKey
// says which key it is if the ring holds, or has disabled, more than one. With the tokens of a join
// group, as "email__jn", those of all its columns are pinned, in whatever tables.
func PinUnique(ctx context.Context, db *sql.DB, table, index string, o *Options) error {
	r, err := newRotation(ctx, db, table, index, 0, o)
	if err != nil {
		return err
	}
	group, err := r.group(ctx, db)
	if err != nil {
		return err
	}
	pins, err := pinsOf(ctx, group)
	if err != nil || len(pins) == 0 {
		return err
	}
	if err := r.pins().Add(ctx, pins...); err != nil {
		return err
	}
	return wait(ctx, r.o.Lease)
}

// RotateUnique moves a unique index to another index key while the application goes on reading
// and writing, and returns when that is done and no process uses the old key for it any more. The key must be
// enabled in every process's ring before; it need not be the primary. It can be called again after
// any error, and after the process died: it goes on where it was.
//
// The package's doc says what an operator does before and after, and what it relies on.
func RotateUnique(ctx context.Context, db *sql.DB, table, index string, key uint32, o *Options) error {
	r, err := newRotation(ctx, db, table, index, key, o)
	if err != nil {
		return err
	}
	if r.index.Joins() {
		return r.refuse("tokens of two keys do not meet, so the columns of a join group would have to move at once: declare a second group beside it with name=, pin that to the new key, fill it by Rows, and then drop the first")
	}
	s, err := r.look(ctx)
	if err != nil {
		return err
	}
	if s.live == nil || s.live.Key != key {
		if s, err = r.build(ctx, s); err != nil {
			return err
		}
	}
	return r.retire(ctx, s)
}

// A rotation is the work on one index.
type rotation struct {
	db    *sql.DB
	door  *door.Door
	o     Options
	table *schema.Table
	index *schema.Index
	key   uint32 // the new one
}

func newRotation(ctx context.Context, db *sql.DB, table, index string, key uint32, o *Options) (*rotation, error) {
	r := &rotation{db: db, key: key}
	err := under.Below(ctx, db, func(d *door.Door, _ door.Base) error {
		r.door = d
		return nil
	})
	if err != nil {
		return nil, err
	}
	r.o = o.withDefaults(r.door.Lease, r.door.Dialect == sqltext.SQLite)
	r.table = r.door.Schema.Table(table)
	refuse := func(problem string) (*rotation, error) { return nil, &IndexError{table, index, problem} }
	if r.table == nil {
		return refuse("the schema has no such table")
	}
	for _, x := range r.table.Indexes {
		if x.Hidden() == index {
			r.index = x
		}
	}
	limit := map[sqltext.Dialect]int{sqltext.PostgreSQL: 63, sqltext.MySQL: 64}[r.door.Dialect]
	switch {
	case r.index == nil || !r.index.Pinned():
		return refuse("the schema has no such unique index; others need no rotation of this kind, for they are looked up under every enabled key")
	case r.table.Explicit:
		return refuse("the application seals this table itself and writes no second column: rotate it while nobody writes")
	case r.table.Scope.Kind != "" && r.table.Scope.Column == "":
		return refuse("only the context says whose a row is, and here there is none: name a column that does, scope=" + r.table.Scope.Kind + "(column)")
	case limit > 0 && len(catalog.Second(index)) > limit:
		return refuse("the second column's name would be longer than the database keeps: give the index a shorter one, with name=")
	}
	return r, nil
}

// build leads from the old column to the new one, up to the switch.
func (r *rotation) build(ctx context.Context, s *state) (*state, error) {
	if s.building == nil {
		r.tell(Progress{Stage: Preparing})
		if err := r.prepare(ctx, s); err != nil {
			return nil, err
		}
	} else if s.building.Key != r.key {
		return nil, r.refuse("it is on its way to key %d: finish that rotation first, by calling RotateUnique with that key", s.building.Key)
	}
	// From here on every process writes the new column that has read its pins, which all have once
	// the lease is over. Before, a value can change without it: so what is there is no more than
	// a guess, without a constraint, until what was under way has ended.
	r.tell(Progress{Stage: Announcing})
	if err := wait(ctx, r.o.Lease+r.o.Settle); err != nil {
		return nil, err
	}
	if s.building == nil { // before it was prepared
		var err error
		if s, err = r.look(ctx); err != nil {
			return nil, err
		}
		if s.building == nil {
			return nil, r.refuse("its pins have changed meanwhile: somebody else rotates it too; let one of you finish")
		}
	}
	if err := r.fill(ctx, s); err != nil {
		return nil, err
	}
	// A transaction under REPEATABLE READ looks up as the pins of today say, in rows as they
	// were when it began.
	r.tell(Progress{Stage: Settling})
	if err := wait(ctx, r.o.Settle); err != nil {
		return nil, err
	}
	r.tell(Progress{Stage: Switching})
	if err := r.pins().Switch(ctx, s.live, s.building); err != nil {
		return nil, err
	}
	s.live, s.retired, s.building = s.building, s.live, nil
	s.live.State, s.retired.State = catalog.Live, catalog.Retired
	return s, nil
}

// retire leads from the switch to the end.
func (r *rotation) retire(ctx context.Context, s *state) error {
	if s.retired != nil {
		// Others may still look in the old column, or name it in ON CONFLICT.
		if err := wait(ctx, r.o.Lease+r.o.Settle); err != nil {
			return err
		}
		r.tell(Progress{Stage: Retiring})
		// The constraint goes first: once some process no longer writes the column, a term that it
		// leaves behind must not keep another's value out.
		if err := r.dropUnique(ctx, s, s.retired.Column); err != nil {
			return err
		}
		if err := r.pins().Remove(ctx, s.retired); err != nil {
			return err
		}
	}
	old := r.otherThan(s.live.Column)
	column := ddl.TermColumn(r.index, old, r.door.Dialect)
	drop := ""
	if s.Column(old) != nil {
		// Until a lease has passed since the pin went, others still write the column, for which they need
		// it and its key. Whether it has is not seen if an earlier call ended in between.
		r.tell(Progress{Stage: Dropping})
		if err := wait(ctx, r.o.Lease+r.o.Settle); err != nil {
			return err
		}
		drop = column.Drop(r.door.Dialect, s.Table.Name)
		var err error
		switch r.o.Old {
		case Clear:
			drop, err = "", r.clear(ctx, s, old)
		case Drop:
			drop, err = "", r.exec(ctx, drop)
		}
		if err != nil {
			return err
		}
	}
	r.tell(Progress{Stage: Done, DDL: drop})
	return nil
}

// otherThan returns the one of the two columns that the live one is not.
func (r *rotation) otherThan(live string) string {
	if live == r.index.Hidden() {
		return catalog.Second(live)
	}
	return r.index.Hidden()
}

func (r *rotation) tell(p Progress) {
	if r.o.Progress != nil {
		r.o.Progress(p)
	}
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
