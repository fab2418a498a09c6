package core

import (
	"context"
	"errors"
	"time"

	"github.com/cellseal/cellseal/search/segment/internal/format"
)

// firstVersion is that of an index's first manifest.
const firstVersion = 1

// errOrphans says that the row of cellseal_segments was deleted.
var errOrphans = errors.New("there is no manifest, and there are segments or pending rows that one belongs to: it was deleted")

// Begun reports whether there is a manifest, without a look at it if there was one before. A transaction that is older than the
// first one looks: its snapshot may not have it, and it must not write rows that stand there by themselves then. If it makes one,
// PostgreSQL tells it to begin anew; for MySQL see Beyond.
func (x *Index) Begun(ctx context.Context, c Conn) (bool, error) {
	l := x.look(c)
	older := l.dated && !l.alone && l.since.Before(l.known.first)
	if l.begun() || l.known.ver > 0 && !older {
		return true, nil
	}
	text, args := x.Store.Inlined(x.Store.Text.Manifest, x.Number)
	rows, err := Query(ctx, c, "ib", text, args...)
	if err != nil || len(rows) == 0 {
		return false, err
	}
	if m, err := x.OpenManifest(rows[0].N[0], rows[0].B); err == nil { // else whoever reads it is told
		_ = l.saw(ctx, m.Ver) // nothing was known that it could be older than
	}
	return true, nil
}

// Begin makes the first manifest on c, if there is none; whole, if not nil, is asked then whether the index has every
// document that it is to have. Where a manifest was deleted Begin makes no other: that there is none is what tells of it.
func (x *Index) Begin(ctx context.Context, c Conn, whole func(context.Context) (bool, error)) error {
	begun, err := x.Begun(ctx, c)
	if begun || err != nil {
		return err
	}
	if left, err := x.orphans(ctx, c); left || err != nil {
		return err
	}
	is := true
	if whole != nil {
		if is, err = whole(ctx); err != nil {
			return err
		}
	}
	sealed := x.Roots[0].SealManifest(x.Number, firstVersion, format.Contents{Shape: x.Shape, Filling: !is})
	l, before := x.look(c), time.Now()
	n, err := c.Exec(ctx, x.Store.Text.Create, x.Number, int64(firstVersion), sealed)
	if err == nil && n > 0 {
		x.Store.witness.put(x.Number, func(m *met) {
			m.begun, m.in = before, time.Time{}
			if l.dated && !l.alone {
				m.in = l.since
			}
		})
	}
	return err
}

// Newer returns a version for a manifest that is made anew: above that of the one that is stored, of any that this process
// has met, and, by the database's clock in milliseconds, above whatever others have. stored is the one that
// stands in the row, 0 if there is none.
func (x *Index) Newer(ctx context.Context, c Conn) (ver, stored int64, err error) {
	rows, err := Query(ctx, c, "i", x.Store.SQL("SELECT {now}"))
	if err != nil || len(rows) == 0 {
		return 0, 0, err
	}
	ver = max(rows[0].N[0], x.Store.witness.of(x.Number).ver+1)
	rows, err = Query(ctx, c, "ib", x.Store.Text.Manifest, x.Number)
	if err != nil || len(rows) == 0 {
		return ver, 0, err
	}
	stored = rows[0].N[0]
	if _, err := x.OpenManifest(stored, rows[0].B); err == nil { // one that somebody made up does not count
		ver = max(ver, stored+1)
	}
	return ver, stored, nil
}

// Beyond reports whether there is a whole manifest that the transaction at hand cannot see: in MySQL one sees its own
// rows beside a snapshot that may be older than the manifest that another one began the index with. It is asked where
// there are rows without one, and else never: asking for what is not there would lock others out.
func (x *Index) Beyond(ctx context.Context, c Conn) (bool, error) {
	if x.Store.Text.Beyond == "" {
		return false, nil
	}
	rows, err := Query(ctx, c, "ib", x.Store.Text.Beyond, x.Number)
	if err != nil || len(rows) == 0 {
		return false, err
	}
	m, err := x.OpenManifest(rows[0].N[0], rows[0].B)
	if err == nil && m.Filling {
		err = &FillingError{x.Name}
	}
	return err == nil, err
}

// orphans reports whether there is anything of the index but a manifest.
func (x *Index) orphans(ctx context.Context, c Conn) (bool, error) {
	text, args := x.Store.Inlined(x.Store.Text.Orphans, x.Number, x.Number)
	rows, err := Query(ctx, c, "i", text, args...)
	return len(rows) > 0, err
}
