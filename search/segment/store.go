package segment

import (
	"fmt"
	"log/slog"
	"regexp"
	"time"

	"github.com/cellseal/cellseal/internal/dialect"
	"github.com/cellseal/cellseal/internal/redact"
	"github.com/cellseal/cellseal/search/segment/internal/core"
	"github.com/cellseal/cellseal/search/segment/internal/upkeep"
)

// Options are a Store's. nil or zero fields are the defaults.
type Options struct {
	// Prefix stands before the names of the tables: a schema as in "search.", a
	// prefix as in "app_", or both. Letters, digits and _ only. Default: none.
	Prefix string

	// A flush is due when FlushRows rows are pending (default 1 000), or when the
	// oldest has been for FlushAge (default 10 s). Pending rows cost every search
	// 16 bytes each to read, and the first one that sees them their decryption.
	FlushRows int
	FlushAge  time.Duration

	// Fanout is how many neighbours of one level become one of the next (default 6,
	// at least 2). A look-up reads a page of each segment: up to Fanout − 1 a level.
	Fanout int

	// Lease is for how long a maintainer has an index for itself without a sign of
	// life (default 30 s). Grace is for how long what was replaced is still there for
	// readers, and what is being written is no garbage (default 1 min): an INSERT of
	// 1 MB must take less. Both by the database's clock.
	Lease, Grace time.Duration

	// Lag is how far a server may be behind that is reached through the same pool as one that
	// is not (default 10 s). A manifest that is older than one that was met so long ago is a SetBackError.
	Lag time.Duration

	// More than AlarmRows pending rows (default 20 × FlushRows), or one for longer than AlarmAge
	// (default 20 × FlushAge), mean that nobody maintains the index, or not fast enough: Maintain
	// tells the Observer, Stats say so, and of rows that are too many each process that searches tells its own.
	AlarmRows int
	AlarmAge  time.Duration

	// CacheBytes bounds what all indexes of the Store keep in memory together: opened
	// pending rows, fences and voids (default 64 MiB). A search that needs more
	// than that works, and reads it again the next time.
	CacheBytes int

	// Observer is told what maintenance does, and of searches that meet too many pending rows. It is
	// called by the goroutine that does it and must not wait.
	Observer func(Event)
}

// A Store is where segments are kept: a dialect, the names of the tables, the tuning,
// and what the indexes keep in memory. Make one for a database and keep it; it is safe
// for concurrent use. The zero value is not usable.
type Store struct {
	_ [0]func()
	s *storeState
}

var prefixes = regexp.MustCompile(`^([A-Za-z0-9_]+\.)?[A-Za-z0-9_]*$`)

type storeState struct {
	*core.Store
	upkeep.Tuning
	waiting core.Waiting // more than this is an alarm
}

// NewStore returns a Store for tables that [Store.DDL] made. It panics on a dialect that
// there is not, and on options out of their range.
func NewStore(d dialect.Dialect, options *Options) *Store {
	if d < dialect.PostgreSQL || d > dialect.SQLite {
		panic(fmt.Sprintf("cellseal/segment: there is no dialect %d", d))
	}
	var o Options
	if options != nil {
		o = *options
	}
	o.defaults()
	return &Store{s: &storeState{
		Store:   core.NewStore(d, o.Prefix, o.CacheBytes, o.Lag),
		Tuning:  upkeep.Tuning{FlushRows: o.FlushRows, Fanout: o.Fanout, FlushAge: o.FlushAge, Lease: o.Lease, Grace: o.Grace, Observer: o.Observer},
		waiting: core.Waiting{Rows: o.AlarmRows, Age: o.AlarmAge},
	}}
}

func (o *Options) defaults() {
	set := func(n *int, name string, value, least int) {
		if *n == 0 {
			*n = value
		}
		if *n < least {
			panic(fmt.Sprintf("cellseal/segment: Options.%s is %d: at least %d", name, *n, least))
		}
	}
	last := func(d *time.Duration, name string, value time.Duration) {
		if *d == 0 {
			*d = value
		}
		if *d < time.Millisecond {
			panic(fmt.Sprintf("cellseal/segment: Options.%s is %v: at least a millisecond", name, *d))
		}
	}
	if !prefixes.MatchString(o.Prefix) {
		panic("cellseal/segment: Options.Prefix: letters, digits and _, and a schema with a dot before that")
	}
	set(&o.FlushRows, "FlushRows", 1000, 1)
	last(&o.FlushAge, "FlushAge", 10*time.Second)
	set(&o.Fanout, "Fanout", 6, 2)
	last(&o.Lease, "Lease", 30*time.Second)
	last(&o.Grace, "Grace", time.Minute)
	last(&o.Lag, "Lag", 10*time.Second)
	set(&o.AlarmRows, "AlarmRows", 20*o.FlushRows, 1)
	last(&o.AlarmAge, "AlarmAge", 20*o.FlushAge)
	set(&o.CacheBytes, "CacheBytes", 64<<20, 1)
}

func (s *Store) state() *storeState {
	if s == nil || s.s == nil {
		panic("cellseal/segment: zero Store; use NewStore")
	}
	return s.s
}

// DDL returns the statements that make the four tables, each harmless if run again. MySQL before 8.0 gives
// ids of pending rows again after a restart: use MySQL 8, MariaDB 10.2 or what is newer.
func (s *Store) DDL() []string { return s.state().DDL() }

// Format implements fmt.Formatter and prints nothing of what is kept in memory.
func (Store) Format(f fmt.State, _ rune) { redact.Format(f, "segment.Store") }

// LogValue implements slog.LogValuer and prints nothing of what is kept in memory.
func (Store) LogValue() slog.Value { return redact.LogValue("segment.Store") }
