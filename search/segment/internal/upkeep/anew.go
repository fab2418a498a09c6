package upkeep

import (
	"context"
	"errors"
	"fmt"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search/segment/internal/core"
	"github.com/cellseal/cellseal/search/segment/internal/format"
)

// Drop deletes all of the index but its manifest, in one transaction. That stays, names nothing, says that the index is
// to be filled, and is newer than any before it: whoever has met one would take its absence for a theft.
func Drop(ctx context.Context, x *core.Index, db core.DB) error {
	for range swaps {
		err := drop(ctx, x, db)
		if !errors.Is(err, errSwapped) {
			return err
		}
	}
	return errLost
}

func drop(ctx context.Context, x *core.Index, db core.DB) error {
	ver, stored, err := x.Newer(ctx, db)
	if err != nil {
		return err
	}
	sealed := x.Roots[0].SealManifest(x.Number, uint64(ver), format.Contents{Shape: x.Shape, Filling: true})
	return transact(ctx, db, func(tx core.Tx) error {
		n, err := tx.Exec(ctx, x.Store.SQL("UPDATE {segments} SET ver = ?, manifest = ?, holder = NULL, until = 0 WHERE idx = ? AND ver = ?"), ver, sealed, x.Number, stored)
		if err == nil && n == 0 {
			n, err = tx.Exec(ctx, x.Store.Text.Create, x.Number, ver, sealed)
		}
		if err != nil {
			return err
		}
		if n != 1 {
			return errSwapped
		}
		for _, text := range []string{
			"DELETE FROM {pages} WHERE seg IN (SELECT seg FROM {parts} WHERE idx = ?)",
			"DELETE FROM {parts} WHERE idx = ?",
			"DELETE FROM {pending} WHERE idx = ?",
		} {
			if _, err := tx.Exec(ctx, x.Store.SQL(text), x.Number); err != nil {
				return err
			}
		}
		return nil
	})
}

// Complete says that every document is in the index.
func Complete(ctx context.Context, x *core.Index, db core.DB) error {
	if err := x.Begin(ctx, db, nil); err != nil {
		return err
	}
	m, whole := &Maintainer{Index: x, db: db}, false
	now, err := m.ReadManifest(ctx, db)
	if err != nil || !now.Filling {
		return err
	}
	return m.commit(ctx, change{filling: &whole})
}

// Quarantine sets pending rows aside of which each is of no writer, or under a key that is not known. What they said is
// lost, and nobody knows what that was: so the index is to be filled.
func Quarantine(ctx context.Context, x *core.Index, db core.DB, ids []int64) error {
	m, filling := &Maintainer{Index: x, db: db}, true
	for _, id := range ids {
		rows, err := core.Query(ctx, db, "i", x.Store.SQL("SELECT id FROM {pending} WHERE id = ? AND idx = ?"), id, x.Number)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return fmt.Errorf("cellseal/segment: index %s: %s has no row %d of it: nothing was done", x.Name, x.Store.Table("pending"), id)
		}
		_, err = x.ReadPending(ctx, db, []int64{id})
		switch {
		case err == nil:
			return fmt.Errorf("cellseal/segment: index %s: row %d of %s is in order: nothing was done", x.Name, id, x.Store.Table("pending"))
		case errors.As(err, new(*core.CorruptError)), errors.As(err, new(*keys.UnknownKeyError)):
		default:
			return err
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return m.commit(ctx, change{filling: &filling, aside: ids})
}
