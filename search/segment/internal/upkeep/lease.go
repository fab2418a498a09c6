package upkeep

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/cellseal/cellseal/search/segment/internal/core"
)

// A HeldError says that another maintainer has the index for itself at the moment. Try later.
type HeldError struct{ Index string }

func (e *HeldError) Error() string {
	return "cellseal/segment: index " + e.Index + " is maintained by another process at the moment: try later"
}

// Tuning is what Options say of maintenance.
type Tuning struct {
	FlushRows, Fanout      int
	FlushAge, Lease, Grace time.Duration
	Observer               func(Event)
}

// Due reports whether what is pending should become a segment.
func (t *Tuning) Due(p core.Waiting) bool {
	return p.Rows >= t.FlushRows || p.Rows > 0 && p.Age >= t.FlushAge
}

// Tell tells the Observer of an index, if there is one.
func (t *Tuning) Tell(x *core.Index, e Event) {
	if e.Index = x.Name; t.Observer != nil {
		t.Observer(e)
	}
}

// errLost says that another maintainer was faster: nothing was changed, and nothing is lost.
var errLost = errors.New("cellseal/segment: another maintainer was faster")

// A Maintainer has the lease of one index. The lease saves work and nothing more: what keeps two
// of them from harm is the compare-and-set of every commit.
type Maintainer struct {
	*core.Index
	*Tuning
	db      core.DB
	holder  []byte
	renewed time.Time // by the monotonic clock
	looked  time.Time // when pending rows were counted last
}

// Lease runs work with the lease of the index, and gives it back. Where another has it, that is a HeldError. Of an
// index that has not begun it does nothing.
func Lease(ctx context.Context, x *core.Index, t *Tuning, db core.DB, work func(*Maintainer) error) error {
	m := &Maintainer{Index: x, Tuning: t, db: db, holder: make([]byte, 16)}
	rand.Read(m.holder)
	// A manifest that is older than another one is noticed before anything is made of it. Of an index that nobody has
	// written to there is nothing to be done, and no row to wait for whose writer is in a long transaction.
	if now, err := m.ReadManifest(ctx, db); err != nil || now.Ver == 0 {
		return err
	}
	if err := m.acquire(ctx); err != nil {
		return err
	}
	err := work(m)
	back := context.WithoutCancel(ctx) // or the next maintainer waits for the lease to end
	_, failed := db.Exec(back, m.Store.SQL("UPDATE {segments} SET holder = NULL, until = 0 WHERE idx = ? AND holder = ?"), m.Number, m.holder)
	if errors.Is(err, errLost) { // the next pass sees what the other one made
		err = nil
	}
	return errors.Join(err, failed)
}

func (m *Maintainer) acquire(ctx context.Context) error {
	m.renewed = time.Now()
	n, err := m.db.Exec(ctx, m.Store.SQL("UPDATE {segments} SET holder = ?, until = {now} + ? WHERE idx = ? AND (holder IS NULL OR until < {now})"),
		m.holder, m.Lease.Milliseconds(), m.Number)
	if err == nil && n == 0 {
		err = &HeldError{m.Name}
	}
	return err
}

// renew is called between batches: it moves the lease on, and gives up if it has gone to another.
func (m *Maintainer) renew(ctx context.Context) error {
	if time.Since(m.renewed) < m.Lease/3 {
		return ctx.Err()
	}
	m.renewed = time.Now()
	// always a change, or MySQL would count no row
	n, err := m.db.Exec(ctx, m.Store.SQL("UPDATE {segments} SET until = CASE WHEN until < {now} + ? THEN {now} + ? ELSE until + 1 END WHERE idx = ? AND holder = ?"),
		m.Lease.Milliseconds(), m.Lease.Milliseconds(), m.Number, m.holder)
	if err == nil && n == 0 {
		err = errLost
	}
	return err
}
