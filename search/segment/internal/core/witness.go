package core

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/cellseal/cellseal/internal/dialect"
)

// A SetBackError says that a manifest is older than one that this process has seen of the index, or that it is gone.
type SetBackError struct {
	Index     string // such as "patients notes/words", without scope
	Got, Seen int64  // versions; Got is 0 if there is no manifest
}

func (e *SetBackError) Error() string {
	is := "there is no manifest any more"
	if e.Got > 0 {
		is = fmt.Sprintf("the manifest is of version %d", e.Got)
	}
	return fmt.Sprintf("cellseal/segment: index %s: %s, and this process has seen version %d: somebody has set it back. If that was you, who restored a backup "+
		"or moved to a server that had not everything yet, restart the processes that have it open; else drop the index and fill it again", e.Index, is, e.Seen)
}

// Dated is what a Conn may have beside its methods. Began says when the transaction began in which its statements
// run, which no other has as its beginning, and zero that each statement is one of its own and sees what was committed
// before it. A Conn that has no such method may look at any past.
type Dated interface{ Began() time.Time }

// A witness remembers of each index the newest manifest that this process has met, so that an older
// one is noticed.
//
// What is older and yet right: what a transaction sees that began before the newer one was there; what a server sees that
// the newer one has not reached, for a moment, or without end if it is a replica and says so.
type witness struct {
	lag time.Duration
	mu  sync.Mutex
	all map[int64]met
}

type met struct {
	ver   int64     // the newest that was committed; 0: none
	at    time.Time // when it was met first
	first time.Time // and when the first of all was
	begun time.Time // when this process made the first manifest, in a transaction that may never be committed
	in    time.Time // the beginning of that transaction, if it is known
}

// mostMet is how many indexes are remembered, some of them being forgotten beyond it: 64 MB.
const mostMet = 1 << 19

func newWitness(lag time.Duration) *witness { return &witness{lag: lag, all: map[int64]met{}} }

func (w *witness) of(index int64) met {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all[index]
}

func (w *witness) put(index int64, change func(*met)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	m, known := w.all[index]
	if !known && len(w.all) >= mostMet {
		for other := range w.all {
			delete(w.all, other)
			break
		}
	}
	change(&m)
	w.all[index] = m
}

// A look is one statement that reads a manifest: what was known before it was sent, and since when it can
// see what was committed.
type look struct {
	x     *Index
	c     Conn
	known met
	dated bool
	alone bool // the statement is a transaction of its own
	since time.Time
}

// begun reports whether a first manifest was made in the transaction at hand.
func (l look) begun() bool { return l.dated && !l.alone && l.since.Equal(l.known.in) }

// look is called before the statement is sent.
func (x *Index) look(c Conn) look {
	l := look{x: x, c: c, known: x.Store.witness.of(x.Number)}
	if d, ok := c.(Dated); ok {
		l.since, l.dated = d.Began(), true
		if l.alone = l.since.IsZero(); l.alone {
			l.since = time.Now()
		}
	}
	return l
}

// saw says which manifest there was, 0 if none, and returns a SetBackError if that cannot be right.
func (l look) saw(ctx context.Context, ver int64) error {
	if ver > l.known.ver {
		// The first manifest may be that of the transaction at hand, and rolled back with it.
		if own := !l.known.begun.IsZero() && ver == firstVersion; !own || l.dated && (l.alone || l.since.After(l.known.begun)) {
			l.x.Store.witness.put(l.x.Number, func(m *met) {
				now := time.Now()
				if ver > m.ver {
					*m = met{ver: ver, at: now, first: cmp.Or(m.first, now)}
				}
			})
		}
		return nil
	}
	newer := l.known.at
	if ver == 0 {
		newer = l.known.first
	}
	if ver == l.known.ver || !l.dated || !l.since.After(newer.Add(l.x.Store.witness.lag)) {
		return nil
	}
	if replica, err := l.x.Store.replica(ctx, l.c); err != nil || replica {
		return err
	}
	return &SetBackError{l.x.Name, ver, l.known.ver}
}

var replicas = map[dialect.Dialect]string{
	dialect.PostgreSQL: "SELECT CASE WHEN pg_is_in_recovery() THEN 1::BIGINT ELSE 0::BIGINT END",
	dialect.MySQL:      "SELECT @@GLOBAL.read_only",
}

// replica asks whether the server is one that follows another.
func (s *Store) replica(ctx context.Context, c Conn) (bool, error) {
	text, ok := replicas[s.dialect]
	if !ok {
		return false, nil
	}
	rows, err := Query(ctx, c, "i", text)
	return err == nil && len(rows) == 1 && rows[0].N[0] != 0, err
}
