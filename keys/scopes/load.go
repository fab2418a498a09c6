package scopes

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
)

// attempts is how often a row is tried again that others change at the same time: each time somebody else has
// got through.
const attempts = 20

// batch is how many scopes are read by one statement.
const batch = 500

// roots returns the roots of the rings that the process holds.
func (s *state) roots(ctx context.Context) (all []*tree.Set, err error) {
	for _, from := range []walk{s.from.Cells, s.from.Index} {
		root, denied := from(ctx)
		switch {
		case denied == nil:
			all = append(all, root.Tree())
		case errors.As(denied, new(*keys.DeniedError)):
			err = denied
		default:
			return nil, denied
		}
	}
	if len(all) > 0 {
		err = nil
	}
	return all, err
}

// load reads a scope. If create is set it makes one that is not there; and unless the table must not be
// written, it gives a scope the secrets that it lacks.
func (s *state) load(ctx context.Context, label string, create bool) (*scope, error) {
	roots, err := s.roots(ctx)
	if err != nil {
		return nil, err
	}
	var mine []byte
	for range attempts {
		rows, err := s.table.read(ctx, label)
		if err != nil {
			return nil, err
		}
		if len(rows) == 0 {
			if !create || s.o.ReadOnly {
				return nil, &keys.UnknownScopeError{Scope: keys.Label(label)}
			}
			if mine, err = s.create(ctx, label, roots); err != nil {
				return nil, err
			}
			continue // whoever won: what counts is what the table says
		}
		c, again, err := s.complete(ctx, rows[0], roots)
		if err != nil || !again {
			if err == nil && mine != nil && slices.Equal(mine, c.stored) {
				s.tell(Event{Kind: Created, Scope: keys.Label(label)})
			}
			return c, err
		}
	}
	return nil, errors.New("cellseal/keys/scopes: a row of cellseal_scopes changes all the time: try again later")
}

func (s *state) create(ctx context.Context, label string, roots []*tree.Set) ([]byte, error) {
	var all []entry
	for _, root := range roots {
		for _, n := range tree.Nodes(root) {
			e, err := newEntry(ringOf(tree.Ring(root)), n, label)
			if err != nil {
				return nil, err
			}
			all = append(all, e)
		}
	}
	if len(all) > maxEntries {
		return nil, fmt.Errorf("cellseal/keys/scopes: the ring has %d enabled keys: a scope has secrets for at most %d, so disable and remove old ones", len(all), maxEntries)
	}
	stored := store(all)
	return stored, s.table.insert(ctx, record{label: label, secrets: stored, created: time.Now()})
}

// complete gives a scope the secrets that it lacks; again says that the row is to be read again. A root key
// is not written with before its secret is in the table, and so no two processes ever have two secrets for one.
func (s *state) complete(ctx context.Context, r record, roots []*tree.Set) (c *scope, again bool, err error) {
	if c, err = newScope(r); err != nil || c.destroyed || s.o.ReadOnly {
		return c, false, err
	}
	all, err := parse(c.stored)
	if err != nil {
		return nil, false, err
	}
	var added []uint32
	needed := false
	for _, root := range roots {
		needed = needed || c.lacksPrimary(root)
		for _, n := range c.lacks(root) {
			e, err := newEntry(ringOf(tree.Ring(root)), n, c.label)
			if err != nil {
				return nil, false, err
			}
			all, added = append(all, e), append(added, n.ID)
		}
	}
	if len(added) == 0 || len(all) > maxEntries && !needed {
		return c, false, nil
	}
	if len(all) > maxEntries {
		return nil, false, fmt.Errorf("cellseal/keys/scopes: a scope has secrets for %d root keys already, and cannot get one for another: let Shredder.Retire take those out that are not used", maxEntries)
	}
	done, err := s.table.update(ctx, s.table.db, r, store(all))
	switch {
	case err == nil && done:
		for _, id := range added {
			s.tell(Event{Extended, keys.Label(c.label), id})
		}
		return nil, true, nil
	case err == nil, needed:
		return nil, err == nil, err
	}
	return c, false, nil // nothing is written under those keys yet: the next load tries again
}

func (s *state) tell(e Event) {
	if s.o.Observer != nil {
		s.o.Observer(e)
	}
}

// Create creates scopes, before the first row is written in them. Of two that create one at the same time one
// wins, and both go on with its secrets. A scope that is there already is left as it is; one that was destroyed
// stays so, and is a [keys.DestroyedError]. Create does not take part in the caller's transaction: a scope that
// was created for one that is rolled back stays, and does no harm.
func (s *Source) Create(ctx context.Context, scopes ...keys.Label) error {
	st := s.state()
	for _, l := range scopes {
		if err := st.mine(l); err != nil {
			return err
		}
	}
	for _, l := range scopes {
		if st.o.ReadOnly {
			return errors.New("cellseal/keys/scopes: Create with Options.ReadOnly")
		}
		c, err := st.load(ctx, string(l), true)
		if err != nil {
			return err
		}
		if c.destroyed {
			st.cache.forget(string(l)) // it may be kept from before
			return &keys.DestroyedError{Scope: l}
		}
	}
	return nil
}

// mine makes sure that a label is of a scope in the table.
func (s *state) mine(l keys.Label) error {
	if err := check(tree.Cells, []keys.Label{l}); err != nil {
		return err
	}
	if !s.manages(l) {
		return errors.New("cellseal/keys/scopes: this is no scope of a kind in Options.Kinds: build it with keys.Scope")
	}
	return nil
}

// LoadScopes implements [keys.ScopeLoader]: it reads many scopes by few statements, so that what follows asks
// for none of them. Those that are not of the table are passed over, and so are those that are not there. More than
// Options.Scopes push one another out.
func (s *Source) LoadScopes(ctx context.Context, scopes ...keys.Label) error {
	st := s.state()
	var labels []string
	for _, l := range scopes {
		if st.manages(l) && check(tree.Cells, []keys.Label{l}) == nil {
			labels = append(labels, string(l))
		}
	}
	labels, epoch := st.cache.missing(labels)
	for some := range slices.Chunk(labels, batch) {
		read := time.Now()
		rows, err := st.table.read(ctx, some...)
		if err != nil {
			return err
		}
		if err := st.keep(ctx, rows, read, epoch); err != nil {
			return err
		}
	}
	return nil
}

// keep keeps what needs nothing more; the rest is loaded one by one, when it is used.
func (s *state) keep(ctx context.Context, rows []record, read time.Time, epoch uint64) error {
	roots, err := s.roots(ctx)
	if err != nil {
		return err
	}
	var all []*scope
	for _, r := range rows {
		c, err := newScope(r)
		if err != nil { // which is said where it is used
			continue
		}
		complete := true
		for _, root := range roots {
			complete = complete && len(c.lacks(root)) == 0
		}
		if complete || c.destroyed || s.o.ReadOnly {
			all = append(all, c)
		}
	}
	s.cache.keep(all, read, epoch)
	return nil
}

// Extend gives every scope a secret for each root key that it has none for, and returns to how many it gave one.
// Scopes get theirs by themselves when they are used; call Extend between Add and Promote where that would be
// in the way: with SQLite, where a transaction that writes keeps the table from being written beside it.
func (s *Source) Extend(ctx context.Context) (n int, err error) {
	st := s.state()
	if st.o.ReadOnly {
		return 0, errors.New("cellseal/keys/scopes: Extend with Options.ReadOnly")
	}
	roots, err := st.roots(ctx)
	if err != nil {
		return 0, err
	}
	err = st.table.each(ctx, "secrets IS NOT NULL", func(r record) error {
		if !st.manages(keys.Label(r.label)) {
			return nil
		}
		c, err := newScope(r)
		if err != nil || c.destroyed {
			return err
		}
		for _, root := range roots {
			if len(c.lacks(root)) > 0 {
				n++
				_, err := st.load(ctx, r.label, false)
				return err
			}
		}
		return nil
	})
	return n, err
}
