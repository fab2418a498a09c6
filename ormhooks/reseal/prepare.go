package reseal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/internal/ddl"
)

// prepare adds the second column and announces it.
func (r *rotation) prepare(ctx context.Context, s *state) error {
	var pins []catalog.Pin
	live := s.live
	if live == nil {
		pin, err := r.present(ctx, s)
		if err != nil {
			return err
		}
		live, pins = &pin, []catalog.Pin{pin}
	} else if err := r.check(ctx, s, live, 1); err != nil {
		return err
	}
	if live.Key == r.key {
		return r.refuse("its terms are under key %d already", r.key)
	}
	if err := r.checkConstraint(s, live.Column); err != nil {
		return err
	}
	second := ddl.TermColumn(r.index, r.otherThan(live.Column), r.door.Dialect)
	if r.table.ColumnNamed(second.Name) != nil {
		return r.refuse("the schema has a column %s of the application's, which is the name of the second column: give that one, or the index, another with name=", second.Name)
	}
	if s.Column(second.Name) == nil {
		if err := r.exec(ctx, second.Add(r.door.Dialect, s.Table.Name)); err != nil {
			return err
		}
	}
	// A column that an earlier rotation, or a migration, has left is filled like any other, but
	// what is in it must not keep anything out until then.
	if err := r.dropUnique(ctx, s, second.Name); err != nil {
		return err
	}
	pins = append(pins, catalog.Pin{Table: r.table.Name, Index: r.index.Hidden(), Column: second.Name, Key: r.key, State: catalog.Building})
	if err := r.ensurePinTable(ctx, s); err != nil {
		return err
	}
	return r.pins().Add(ctx, pins...)
}

// present returns the pin of what the index does without one, and makes sure of it: a wrong one
// would let duplicates pass at once.
func (r *rotation) present(ctx context.Context, s *state) (catalog.Pin, error) {
	pin := catalog.Pin{Table: r.table.Name, Index: r.index.Hidden(), Column: r.index.Hidden(), State: catalog.Live}
	var err error
	if pin.Key, err = r.presentKey(ctx); err == nil {
		err = r.check(ctx, s, &pin, 100)
	}
	if err == nil {
		err = r.ensurePinTable(ctx, s)
	}
	return pin, err
}

// presentKey finds out which key the terms are under where there is no pin.
func (r *rotation) presentKey(ctx context.Context) (uint32, error) {
	declared := r.index.Options().PinnedKey
	switch {
	case declared != 0 && r.o.PresentKey != 0 && declared != r.o.PresentKey:
		return 0, r.refuse("the schema pins it to key %d, and Options.PresentKey says %d", declared, r.o.PresentKey)
	case declared != 0:
		return declared, nil
	case r.o.PresentKey != 0:
		return r.o.PresentKey, nil
	}
	enabled, known, err := r.keys(ctx)
	if err != nil {
		return 0, err
	}
	others := slices.DeleteFunc(slices.Clone(enabled), func(id uint32) bool { return id == r.key })
	if len(others) == 1 && known-1 <= len(enabled)-len(others) {
		return others[0], nil
	}
	return 0, r.refuse("it is not pinned, and the ring holds, or has disabled, several index keys: say in Options.PresentKey which one its terms are under; for a new table, the primary: ring.IndexKeys().Primary()")
}

// keys returns the index keys of the ring, and how many it holds with the disabled ones.
func (r *rotation) keys(ctx context.Context) (enabled []uint32, known int, err error) {
	d, err := r.door.Source.Index(ctx, r.index.Table(), r.index.Label()) // all scopes are under the same root keys
	if err != nil {
		return nil, 0, err
	}
	for _, n := range tree.Nodes(d.Tree()) {
		enabled = append(enabled, n.ID)
	}
	return enabled, tree.Known(d.Tree()), nil
}

// check compares some rows' terms with what the pin says, and asks for the new key with the
// scopes that these rows have.
func (r *rotation) check(ctx context.Context, s *state, pin *catalog.Pin, rows int) error {
	if s.Column(pin.Column) == nil {
		return r.refuse("the database has no column %s: sqlcell.Check says how to add it", pin.Column)
	}
	if r.key != 0 {
		enabled, _, err := r.keys(ctx)
		if reload, ok := r.door.Source.(keys.Reloader); ok && err == nil && !slices.Contains(enabled, r.key) {
			if err := reload.Reload(ctx, r.key); err != nil && !errors.As(err, new(*keys.UnknownKeyError)) {
				return err
			}
			enabled, _, err = r.keys(ctx)
		}
		if err == nil && !slices.Contains(enabled, r.key) {
			err = fmt.Errorf("%w: the new index key must be enabled in every process's ring", &keys.UnknownKeyError{ID: r.key})
		}
		if err != nil {
			return err
		}
	}
	w := r.walk(s, pin, nil)
	w.limit = rows
	batch, err := w.next(ctx)
	if err != nil {
		return err
	}
	for _, row := range batch {
		if row.old != nil && string(row.old) != string(row.present) {
			return &RowError{r.table.Name, r.index.Hidden(), row.key, fmt.Errorf("its term is not under key %d: if it is under another one, say so in Options.PresentKey; else %w", pin.Key, ormhooks.ErrTerm)}
		}
	}
	return nil
}

// checkConstraint makes sure that the live column refuses duplicates now, and that its
// constraint can be taken away later.
func (r *rotation) checkConstraint(s *state, column string) error {
	want := ddl.TermIndex(r.table, r.index, column)
	if !s.HasUnique(want) {
		return r.refuse("%s has no unique index on (%s), so there may be duplicates: sqlcell.Check says how to add it", column, strings.Join(want.Columns, ", "))
	}
	for _, i := range s.Uniques(column) {
		if r.door.Dialect == sqltext.SQLite && i.Text == "" {
			return r.refuse("its UNIQUE stands in CREATE TABLE, from where SQLite cannot take it: copy the rows to a table without it (https://sqlite.org/lang_altertable.html#otheralter), and create a unique index instead")
		}
	}
	return nil
}
