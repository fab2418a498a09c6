package door

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"reflect"
	"sync/atomic"
	"time"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
)

const (
	// DefaultLease is Config.Lease where it is not given.
	DefaultLease = 5 * time.Second
	// patience is the least time between two loads that a statement's failure asks for.
	patience = time.Second
	// aged is how old a catalogue may get: whoever makes a view past the door, or another table, is
	// noticed after that time.
	aged = time.Minute
)

// A generation is the catalogue as plans are made with it. One that is not loaded yet
// serves statements that name nothing protected.
type generation struct {
	number  uint64
	catalog *catalog.Catalog // nil if not loaded
	at      atomic.Int64     // when it was read, or found to be unchanged, in Unix nanoseconds
	pinned  atomic.Int64     // the same of its pins alone
}

func (g *generation) age() time.Duration { return time.Duration(time.Now().UnixNano() - g.at.Load()) }

// read says when all of it was read.
func (g *generation) read(at int64) {
	g.at.Store(at)
	g.pinned.Store(at)
}

type catalogue struct {
	now     atomic.Pointer[generation]
	numbers atomic.Uint64
	loading chan struct{} // holds one token; taken while loading
}

func (c *catalogue) init() {
	c.loading = make(chan struct{}, 1)
	c.now.Store(c.next(nil))
}

func (c *catalogue) next(loaded *catalog.Catalog) *generation {
	g := &generation{number: c.numbers.Add(1), catalog: loaded}
	g.read(time.Now().UnixNano())
	return g
}

// Invalidate has the catalogue read again when it is next needed.
func (d *Door) Invalidate() { d.catalogue.now.Store(d.catalogue.next(nil)) }

// load reads the catalogue, unless somebody else has put another one in old's place
// meanwhile.
func (d *Door) load(ctx context.Context, base Base, old *generation) error {
	began := time.Now().UnixNano()
	select {
	case d.catalogue.loading <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-d.catalogue.loading }()
	if d.catalogue.now.Load() != old || old.catalog != nil && old.at.Load() >= began {
		return nil
	}
	read, err := d.read(ctx, base, d.Dialect == sqltext.SQLite)
	if err != nil {
		return err
	}
	if reflect.DeepEqual(read, old.catalog) { // plans that were made with it stay good
		old.read(began)
		return nil
	}
	next := d.catalogue.next(read)
	next.read(began)
	d.catalogue.now.CompareAndSwap(old, next)
	return nil
}

// renew reads the pins again, and all of the catalogue if they have changed: that takes longer, and
// many tables on the server are of other databases.
func (d *Door) renew(ctx context.Context, base Base, old *generation) error {
	began := time.Now().UnixNano()
	select {
	case d.catalogue.loading <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	same := d.catalogue.now.Load() != old || old.pinned.Load() >= began
	var err error
	if !same {
		var pins []catalog.Pin
		err = base.Catalogue(ctx, d.Dialect == sqltext.SQLite, func(q catalog.Querier) (err error) {
			pins, err = catalog.LoadPins(ctx, q, d.Dialect)
			return err
		})
		if same = err == nil && reflect.DeepEqual(pins, old.catalog.Pins); same {
			old.pinned.Store(began)
		}
	}
	<-d.catalogue.loading
	if err != nil {
		return unreadable(err)
	}
	if same {
		return nil
	}
	return d.load(ctx, base, old)
}

// read reads the catalogue over the connection that is at hand, if here is set, and else
// over one of its own: a transaction would see the past, and lose its way on an error.
func (d *Door) read(ctx context.Context, base Base, here bool) (read *catalog.Catalog, err error) {
	err = base.Catalogue(ctx, here, func(q catalog.Querier) error {
		if read, err = catalog.Load(ctx, q, d.Dialect); err != nil {
			return err
		}
		var mine []*catalog.Table
		for t := range d.Schema.Tables() {
			if live := read.Table("", t.Name); live != nil && !t.Explicit {
				mine = append(mine, live)
			}
		}
		read.Allowed = d.Allowed
		read.Dependents, err = catalog.LoadDependents(ctx, q, d.Dialect, mine)
		return err
	})
	if err != nil {
		return nil, unreadable(err)
	}
	return read, nil
}

func unreadable(err error) error {
	if errors.Is(err, driver.ErrBadConn) { // which would say of the caller's connection that it is broken
		err = fmt.Errorf("%v", err)
	}
	return fmt.Errorf("cellseal: cannot read the catalogue: %w", err)
}
