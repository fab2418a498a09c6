package scopes

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"time"
	"unicode/utf8"

	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
)

// A Shredder destroys the secrets of scopes. It holds no keys and opens nothing; give it to the one place of a
// program that may destroy, and the [Source] to all others. It is safe for concurrent use.
type Shredder struct {
	table   table
	by      string
	sources []*Source
}

// NewShredder returns a Shredder over the table. by says who destroys, of 1 to 255 bytes: a person or a
// ticket, and not a role of the database; it stays in the table. The sources are those of this process,
// which forget a scope at once; others do within their TTL, or when their Forget is called.
func NewShredder(db *sql.DB, d Dialect, by string, sources ...*Source) *Shredder {
	s := &Shredder{table: newTable(db, d), by: by, sources: sources}
	if by == "" || len(by) > maxBy || !utf8.ValidString(by) {
		panic("cellseal/keys/scopes: NewShredder: say who destroys, in 1 to 255 bytes of text")
	}
	for _, source := range sources {
		source.state()
	}
	return s
}

// Shred destroys a scope: what was sealed in it and what finds it, in both rings, for good. It is one
// statement, and has happened as a whole when it returns nil. Its row in the table stays, as a
// tombstone that keeps the scope from being created again.
//
// A scope that is destroyed already is no error: the tombstone says by whom and when. One that is not there is a
// [keys.UnknownScopeError]. After any other error it is not known whether it is destroyed: call Shred again.
//
// Keep the tombstone outside the database, for [Shredder.Reapply]. See the package for what Shred does not reach.
func (s *Shredder) Shred(ctx context.Context, scope keys.Label) (Tombstone, error) {
	if err := isScope(scope); err != nil {
		return Tombstone{}, err
	}
	defer s.forget(scope) // after an error too, for it may have happened
	if _, err := s.table.destroy(ctx, string(scope), s.by, time.Now()); err != nil {
		return Tombstone{}, err
	}
	rows, err := s.table.read(ctx, string(scope))
	switch {
	case err != nil:
		return Tombstone{}, err
	case len(rows) == 0:
		return Tombstone{}, &keys.UnknownScopeError{Scope: scope}
	case rows[0].destroyed.IsZero():
		return Tombstone{}, errors.New("cellseal/keys/scopes: the scope is there as before: something has put its row back")
	}
	return rows[0].tombstone(), nil
}

func isScope(l keys.Label) error {
	if level, err := tree.Check(tree.Cells, []string{string(l)}); err != nil || level != tree.Scope {
		return errors.New("cellseal/keys/scopes: this is no scope: build it with keys.Scope")
	}
	return nil
}

func (s *Shredder) forget(scope keys.Label) {
	for _, source := range s.sources {
		source.Forget(scope)
	}
}

func (r record) tombstone() Tombstone {
	return Tombstone{Scope: keys.Label(r.label), By: r.by, At: r.destroyed}
}

// Retire destroys the secrets that a scope has for one root key, in both rings, and leaves the others: the end
// of a scope's rotation, after all that was under that key in it was sealed again. What is left under
// it is lost, and is a [keys.UnknownKeyError]; so reseal.Verify is to say that nothing is. It refuses to take
// the only secret of a ring.
func (s *Shredder) Retire(ctx context.Context, scope keys.Label, keyID uint32) error {
	if err := isScope(scope); err != nil {
		return err
	}
	defer s.forget(scope)
	for range attempts {
		rows, err := s.table.read(ctx, string(scope))
		switch {
		case err != nil:
			return err
		case len(rows) == 0:
			return &keys.UnknownScopeError{Scope: scope}
		case !rows[0].destroyed.IsZero():
			return &keys.DestroyedError{Scope: scope}
		}
		stored, err := without(rows[0].secrets, keyID)
		if err != nil || stored == nil {
			return err
		}
		done := false
		err = s.table.erasing(ctx, func(db executor) error {
			done, err = s.table.update(ctx, db, rows[0], stored)
			return err
		})
		if err != nil || done {
			return err
		}
	}
	return errors.New("cellseal/keys/scopes: a row of cellseal_scopes changes all the time: try again later")
}

// without returns what is stored with the secrets of one root key retired, or nil if they are.
func without(stored []byte, id uint32) ([]byte, error) {
	all, err := parse(stored)
	if err != nil {
		return nil, err
	}
	found, changed := false, false
	left := map[byte]int{}
	for i, e := range all {
		switch {
		case e.id == id && !e.retired:
			all[i], changed = retire(e.slot), true
		case !e.retired:
			left[e.ring]++
		}
		found = found || e.id == id
	}
	for _, e := range all {
		if e.id == id && left[e.ring] == 0 {
			return nil, fmt.Errorf("cellseal/keys/scopes: key %d is the only one that this scope has a secret for: to destroy the scope, call Shred", id)
		}
	}
	switch {
	case !found:
		return nil, &keys.UnknownKeyError{ID: id}
	case !changed:
		return nil, nil
	}
	return store(all), nil
}

// Tombstones yields what was destroyed, in the order of the scopes, until there is an error.
func (s *Shredder) Tombstones(ctx context.Context) iter.Seq2[Tombstone, error] {
	return func(yield func(Tombstone, error) bool) {
		stop := errors.New("stop")
		err := s.table.each(ctx, "destroyed IS NOT NULL", func(r record) error {
			if !yield(r.tombstone(), nil) {
				return stop
			}
			return nil
		})
		if err != nil && err != stop {
			yield(Tombstone{}, err)
		}
	}
}

// Reapply destroys again what a restored backup has brought back, after tombstones that were kept elsewhere, and
// returns the scopes that were alive. Call it before a restored database is used. Scopes that the backup does not
// know get their tombstone too, with who and when as it says. It stops at the first error; call it again.
func (s *Shredder) Reapply(ctx context.Context, tombstones ...Tombstone) (revived []keys.Label, err error) {
	for _, t := range tombstones {
		if err := isScope(t.Scope); err != nil {
			return revived, err
		}
		if t.By == "" || len(t.By) > maxBy || !utf8.ValidString(t.By) || t.At.IsZero() {
			return revived, errors.New("cellseal/keys/scopes: a tombstone without a name of 1 to 255 bytes, or without a time")
		}
	}
	for _, t := range tombstones {
		alive, err := s.bury(ctx, t)
		if err != nil {
			return revived, err
		}
		if alive {
			revived = append(revived, t.Scope)
		}
	}
	return revived, nil
}

func (s *Shredder) bury(ctx context.Context, t Tombstone) (alive bool, err error) {
	defer s.forget(t.Scope)
	if alive, err = s.table.destroy(ctx, string(t.Scope), t.By, t.At); err != nil || alive {
		return alive, err
	}
	return false, s.table.insert(ctx, record{label: string(t.Scope), created: t.At, destroyed: t.At, by: t.By})
}
