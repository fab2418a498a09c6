package known

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
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// A Generation is the catalogue as plans are made with it. One that is not loaded yet
// serves statements that name nothing protected.
type Generation struct {
	Number  uint64
	Catalog *catalog.Catalog // nil if not loaded
	at      atomic.Int64     // when it was read, or found to be unchanged, in Unix nanoseconds
	pinned  atomic.Int64     // the same of its pins alone
}

// Age is how long ago all of it was read.
func (g *Generation) Age() time.Duration { return time.Duration(time.Now().UnixNano() - g.at.Load()) }

// Pinned is when its pins were read, in Unix nanoseconds.
func (g *Generation) Pinned() int64 { return g.pinned.Load() }

// Read says when all of it was read, in Unix nanoseconds.
func (g *Generation) Read(at int64) {
	g.at.Store(at)
	g.pinned.Store(at)
}

// A Catalogue is what is known now. It is safe for concurrent use.
type Catalogue struct {
	dialect sqltext.Dialect
	schema  *schema.Schema
	allowed []string
	now     atomic.Pointer[Generation]
	numbers atomic.Uint64
	loading chan struct{} // holds one token; taken while loading
}

// New returns a Catalogue that is not read yet, for a schema's tables. allowed are the views and
// routines that may be named.
func New(d sqltext.Dialect, s *schema.Schema, allowed []string) *Catalogue {
	c := &Catalogue{dialect: d, schema: s, allowed: allowed, loading: make(chan struct{}, 1)}
	c.Invalidate()
	return c
}

// Now returns the current generation.
func (c *Catalogue) Now() *Generation { return c.now.Load() }

// Next returns a generation that is not the current one: of a connection that sees other tables
// than the rest.
func (c *Catalogue) Next(loaded *catalog.Catalog) *Generation {
	g := &Generation{Number: c.numbers.Add(1), Catalog: loaded}
	g.Read(time.Now().UnixNano())
	return g
}

// Put makes what was read the current generation.
func (c *Catalogue) Put(loaded *catalog.Catalog) { c.now.Store(c.Next(loaded)) }

// Invalidate has the catalogue read again when it is next needed.
func (c *Catalogue) Invalidate() { c.Put(nil) }

// An Over gives use what reads the catalogue: the connection at hand if here is set, or one of
// its own.
type Over interface {
	Catalogue(ctx context.Context, here bool, use func(catalog.Querier) error) error
}

// Load reads the catalogue, unless somebody else has put another one in old's place
// meanwhile.
func (c *Catalogue) Load(ctx context.Context, over Over, old *Generation) error {
	began := time.Now().UnixNano()
	select {
	case c.loading <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-c.loading }()
	if c.now.Load() != old || old.Catalog != nil && old.at.Load() >= began {
		return nil
	}
	read, err := c.Read(ctx, over, c.dialect == sqltext.SQLite)
	if err != nil {
		return err
	}
	if reflect.DeepEqual(read, old.Catalog) { // plans that were made with it stay good
		old.Read(began)
		return nil
	}
	next := c.Next(read)
	next.Read(began)
	c.now.CompareAndSwap(old, next)
	return nil
}

// Renew reads the pins again, and all of the catalogue if they have changed: that takes longer, and
// many tables on the server are of other databases.
func (c *Catalogue) Renew(ctx context.Context, over Over, old *Generation) error {
	began := time.Now().UnixNano()
	select {
	case c.loading <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	same := c.now.Load() != old || old.pinned.Load() >= began
	var err error
	if !same {
		var pins []catalog.Pin
		err = over.Catalogue(ctx, c.dialect == sqltext.SQLite, func(q catalog.Querier) (err error) {
			pins, err = catalog.LoadPins(ctx, q, c.dialect)
			return err
		})
		if same = err == nil && reflect.DeepEqual(pins, old.Catalog.Pins); same {
			old.pinned.Store(began)
		}
	}
	<-c.loading
	if err != nil {
		return Unreadable(err)
	}
	if same {
		return nil
	}
	return c.Load(ctx, over, old)
}

// Read reads the catalogue over the connection that is at hand, if here is set, and else
// over one of its own: a transaction would see the past, and lose its way on an error.
func (c *Catalogue) Read(ctx context.Context, over Over, here bool) (read *catalog.Catalog, err error) {
	err = over.Catalogue(ctx, here, func(q catalog.Querier) error {
		if read, err = catalog.Load(ctx, q, c.dialect); err != nil {
			return err
		}
		var mine []*catalog.Table
		for t := range c.schema.Tables() {
			if live := read.Table("", t.Name); live != nil && !t.Explicit {
				mine = append(mine, live)
			}
		}
		read.Allowed = c.allowed
		read.Dependents, err = catalog.LoadDependents(ctx, q, c.dialect, mine)
		return err
	})
	if err != nil {
		return nil, Unreadable(err)
	}
	return read, nil
}

// Unreadable is the error of what could not be read. It says nothing of the caller's own connection.
func Unreadable(err error) error {
	if errors.Is(err, driver.ErrBadConn) { // which would say of the caller's connection that it is broken
		err = fmt.Errorf("%v", err)
	}
	return fmt.Errorf("cellseal: cannot read the catalogue: %w", err)
}
