package sqlcell

import (
	"database/sql"
	"database/sql/driver"
	"time"

	"github.com/cellseal/cellseal/internal/dialect"
	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/door"
	"github.com/cellseal/cellseal/search/segment"
)

// Dialect is a database's way to write SQL: the same type as search.Dialect. The zero Dialect is none.
type Dialect = dialect.Dialect

// The dialects. MySQL is MariaDB too.
const (
	PostgreSQL = dialect.PostgreSQL
	MySQL      = dialect.MySQL
	SQLite     = dialect.SQLite
)

// Options are what most programs need not set; nil and the zero value mean the defaults.
type Options struct {
	// CacheSize is the number of statements of which the plans are kept, 1024 by default.
	CacheSize int
	// Observer is told of refused statements and of plaintext that was let through. It must be
	// safe for concurrent use, and be quick.
	Observer func(Event)
	// Permissive lets stored values that are no cells through as they are. It is for the time
	// in which a column is encrypted for the first time: who can write the table can then
	// put plaintext in a cell's place unnoticed. Plaintext is read, and neither found by = nor
	// kept unique: reseal.Rows seals it.
	Permissive bool
	// DestroyedAsNull gives NULL in place of cells whose scope was destroyed (keys/scopes), in place of a
	// *keys.DestroyedError. Such a NULL is never written back: writing NULL, like any other value, in a destroyed
	// scope is a *keys.DestroyedError. So writing NULL in a table with a scope asks whose row it is, and where the context
	// alone says so, it must. Columns that rows are found by are not NULL to the database: WHERE email IS NULL
	// does not find these rows.
	DestroyedAsNull bool
	// Allowed are names of views, routines, partitions and the like that work on protected tables by
	// themselves, and that the application answers for: statements may name them, and Check
	// says nothing of them. What they are given goes to the server in clear.
	Allowed []string
	// MaxRows is how many rows are read at most to answer LIKE, a range and the like, and to sort, group or add up what the database has only
	// cells of, and to delete rows that have lists, 100 000 by default; beyond it a statement is an *ormhooks.TooManyRowsError.
	MaxRows int
	// Segments tunes the indexes that keep lists (words, substring, fuzzy, range, prefix, suffix), and
	// its Observer is told what Maintain does. Its Prefix stays empty.
	Segments *segment.Options
	// Lease is for how long a process relies on what it has read of the keys that unique indexes
	// are under, 5 s by default; then it reads again, and refuses statements that need it if it
	// cannot. A rotation (package reseal) waits it out: it must be told of a longer one.
	Lease time.Duration
}

// An Event is something worth counting. It names no value.
type Event struct {
	Kind          EventKind
	Table, Column string // "" where not known
}

// An EventKind says what happened.
type EventKind uint8

// The kinds of events.
const (
	Permitted = EventKind(door.Permitted) // a stored plaintext was let through: see Options.Permissive
	Refused   = EventKind(door.Refused)   // a statement was refused
)

// Wrap returns a connector for sql.OpenDB whose connections encrypt and decrypt what s
// declares to be protected. It panics if an argument is nil or d is no dialect.
func Wrap(base driver.Connector, s *ormhooks.Schema, source keys.Source, d Dialect) driver.Connector {
	return WrapOptions(base, s, source, d, nil)
}

// WrapOptions is Wrap with options.
func WrapOptions(base driver.Connector, s *ormhooks.Schema, source keys.Source, d Dialect, o *Options) driver.Connector {
	if base == nil {
		panic("cellseal/ormhooks/sqlcell: nil driver.Connector")
	}
	if o == nil {
		o = &Options{}
	}
	config := door.Config{
		Schema: s, Source: source, Dialect: d,
		Options:   sqltext.Options{BackslashEscapes: d == MySQL}, // until a connection says so
		CacheSize: o.CacheSize, Permissive: o.Permissive, DestroyedAsNull: o.DestroyedAsNull, Allowed: o.Allowed, Lease: o.Lease, MaxRows: o.MaxRows, Segments: o.Segments,
	}
	if observer := o.Observer; observer != nil {
		config.Observer = func(e door.Event) { observer(Event{EventKind(e.Kind), e.Table, e.Column}) }
	}
	return &connector{base: base, door: door.New(config)}
}

// Open opens a pool over a driver by its registered name, as sql.Open does, with its
// connections wrapped.
func Open(driverName, dsn string, s *ormhooks.Schema, source keys.Source, d Dialect, o *Options) (*sql.DB, error) {
	bare, err := sql.Open(driverName, dsn)
	if err != nil {
		return nil, err
	}
	registered := bare.Driver()
	bare.Close() // it never connected
	var base driver.Connector = dsnConnector{registered, dsn}
	if with, ok := registered.(driver.DriverContext); ok {
		if base, err = with.OpenConnector(dsn); err != nil {
			return nil, err
		}
	}
	return sql.OpenDB(WrapOptions(base, s, source, d, o)), nil
}
