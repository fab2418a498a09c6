package door

import (
	"strings"
	"sync"
	"time"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/door/cache"
	"github.com/cellseal/cellseal/ormhooks/internal/door/convert"
	"github.com/cellseal/cellseal/ormhooks/internal/door/known"
	"github.com/cellseal/cellseal/ormhooks/internal/door/listed"
	"github.com/cellseal/cellseal/ormhooks/internal/door/smooth"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search/segment"
)

// Config is what a Door is made of.
type Config struct {
	Schema  *schema.Schema
	Source  keys.Source
	Dialect sqltext.Dialect
	Options sqltext.Options
	// Times is how the bare driver delivers times.
	Times convert.Times
	// CacheSize is the number of statements of which plans are kept, 1024 by default.
	CacheSize int
	// Observer is told of what is worth counting. It must be safe for concurrent use.
	Observer func(Event)
	// Permissive lets stored values that are no cells through as they are, and counts them.
	// It is for the time in which a column is encrypted for the first time.
	Permissive bool
	// DestroyedAsNull makes NULL of cells whose scope was destroyed, and lets no NULL be written over one.
	DestroyedAsNull bool
	// Allowed are the views and routines that may be named although they work on protected
	// tables by themselves.
	Allowed []string
	// MaxRows is how many rows are read at most to sort or group them, or to answer LIKE and the like, DefaultMaxRows if zero.
	MaxRows int
	// Segments are the tuning of listed indexes.
	Segments *segment.Options
	// Lease is for how long what is known of a unique index's keys holds, DefaultLease if zero:
	// whoever moves one to another key relies on every process having read of it after that time.
	Lease time.Duration
}

// An Event is something worth counting. It names no value.
type Event struct {
	Kind          EventKind
	Table, Column string // "" where not known
}

// An EventKind says what happened.
type EventKind uint8

const (
	// Permitted is a stored plaintext that was let through.
	Permitted EventKind = iota + 1
	// Refused is a statement that was refused.
	Refused
)

// DefaultMaxRows is Config.MaxRows where it is not given.
const DefaultMaxRows = 100_000

// A Door is shared by all connections to one database.
type Door struct {
	Config
	cache     *cache.Cache[*Statement]
	catalogue *known.Catalogue
	unique    bool // some index is, or is of a join group, and so has pins
	shelf     *listed.Shelf
	smoothed  bool // some index is
	profiles  *smooth.Profiles

	clock sync.Mutex
	last  time.Time
}

// moment is the time, and never twice the same: transactions are told apart by it.
func (d *Door) moment() time.Time {
	d.clock.Lock()
	defer d.clock.Unlock()
	now := time.Now()
	if !now.After(d.last) {
		now = d.last.Add(1)
	}
	d.last = now
	return now
}

// New returns a Door. A nil Schema or Source panics.
func New(c Config) *Door {
	switch {
	case c.Schema == nil:
		panic("cellseal/ormhooks: nil Schema")
	case c.Source == nil:
		panic("cellseal/ormhooks: nil keys.Source")
	case c.Dialect < sqltext.PostgreSQL || c.Dialect > sqltext.SQLite:
		panic("cellseal/ormhooks: unknown dialect")
	}
	if c.CacheSize <= 0 {
		c.CacheSize = 1024
	}
	if c.MaxRows <= 0 {
		c.MaxRows = DefaultMaxRows
	}
	if c.Lease <= 0 {
		c.Lease = DefaultLease
	}
	d := &Door{Config: c, cache: cache.New[*Statement](c.CacheSize), catalogue: known.New(c.Dialect, c.Schema, c.Allowed), shelf: listed.New(c.Dialect, c.Segments)}
	d.profiles = smooth.New(c.Dialect, c.Lease)
	for t := range c.Schema.Tables() {
		for _, x := range t.Indexes {
			d.unique, d.smoothed = d.unique || x.Pinned(), d.smoothed || x.Smoothed()
		}
	}
	return d
}

// Invalidate has the catalogue read again when it is next needed.
func (d *Door) Invalidate() { d.catalogue.Invalidate() }

func (d *Door) permit(t *schema.Table, c *schema.Column) {
	d.observe(Event{Permitted, t.Name, c.Name})
}

func (d *Door) observe(e Event) {
	if d.Observer != nil {
		d.Observer(e)
	}
}

// refusal tells of a refused statement, and shows it as the public error.
func (d *Door) refusal(text string, r *plan.Refusal) error {
	table, column, _ := strings.Cut(r.Column, ".")
	d.observe(Event{Refused, table, column})
	line := 1 + strings.Count(text[:min(max(r.Pos, 0), len(text))], "\n")
	return &ormhooks.StatementError{Pos: r.Pos, Line: line, Column: r.Column, Reason: r.Reason, Instead: r.Instead}
}
