package reseal

import (
	"cmp"
	"time"
)

// Options are what most callers need not set; nil and the zero value mean the defaults.
type Options struct {
	// PresentKey is the index key that the terms are under now. It is needed where it cannot be
	// told: nothing was pinned yet, and the ring has, or had, more keys than that one
	// and the new one.
	PresentKey uint32
	// Settle is how long a transaction of the application's takes at most, from its first
	// statement to its end; 30 s by default. It covers a statement that was made ready and is
	// sent later, a replica that lags behind, and clocks. What takes longer may write
	// without the new terms, or look for them in a snapshot that has none.
	Settle time.Duration
	// Lease is the longest sqlcell.Options.Lease of all processes, if it is longer than that of
	// the *sql.DB that is given.
	Lease time.Duration
	// Batch is how many rows are read at a time, 500 by default. They are written one by one, each
	// on its own: the application never waits for more than one row.
	Batch int
	// Old says what becomes of the old column in the end.
	Old Old
	// Progress is told of every stage as it begins, and of every batch.
	Progress func(Progress)
}

// Old says what becomes of a column of old terms once nobody writes it any more.
type Old uint8

// What becomes of the old column.
const (
	Keep  Old = iota // it stays as it is; the last Progress has the statement that drops it, and may be followed at once
	Clear            // its terms become NULL
	Drop             // ALTER TABLE … DROP COLUMN, which SQLite, and older servers, copy the table for
)

// Progress is where a rotation is.
type Progress struct {
	Stage Stage
	Rows  int    // that were read in this stage
	Wrote int    // of which were written
	DDL   string // of Done, if the old column was kept: what drops it
}

// A Stage is a part of a rotation.
type Stage string

// The stages, in their order. Wherever one ends, the next call goes on.
const (
	Preparing  Stage = "preparing"  // the second column
	Announcing Stage = "announcing" // its pin, and the time until every process writes it
	Filling    Stage = "filling"    // the rows from before
	Indexing   Stage = "indexing"   // its UNIQUE constraint
	Verifying  Stage = "verifying"  // every row again, now that no duplicate can come
	Settling   Stage = "settling"   // the time until no snapshot is older than the filled rows
	Switching  Stage = "switching"  // look-ups go to it, and the time until all do
	Retiring   Stage = "retiring"   // the old column's constraint and its pin go
	Dropping   Stage = "dropping"   // the time until nobody writes the old column, and what becomes of it
	Done       Stage = "done"
)

func (o *Options) withDefaults(lease time.Duration, sqlite bool) Options {
	if o == nil {
		o = &Options{}
	}
	d := *o
	d.Settle = cmp.Or(d.Settle, 30*time.Second)
	d.Lease = max(d.Lease, lease)
	if sqlite {
		// There a transaction reads pins as it sees everything, as of its beginning, and its process
		// shares them: they may be older by one transaction.
		d.Lease += d.Settle
	}
	if d.Batch <= 0 {
		d.Batch = 500
	}
	return d
}
