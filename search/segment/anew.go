package segment

import (
	"context"

	"github.com/cellseal/cellseal/search/segment/internal/upkeep"
)

// Begin makes the index's first manifest, on the Conn of whoever writes the first document, and before that is written: from then
// on an index that is missing was deleted. whole is asked, if there is no manifest yet, whether the index is going to have every
// document that it is to be asked for; nil stands for yes. If there are some from before it is not, and every search is
// a [FillingError] until they are written and [Index.Complete] is called.
//
// Two transactions that begin one index wait for each other, and in MySQL its maintenance for the second. Where somebody deleted the manifest Begin makes no other one.
func (x *Index) Begin(ctx context.Context, c Conn, whole func(context.Context) (bool, error)) error {
	return x.state().Begin(ctx, c, whole)
}

// Begun reports whether the index has a manifest, or had one as far as this process knows. A View of one that has not begun
// is empty: whoever knows that there are documents knows then that somebody deleted all of the index.
func (x *Index) Begun(ctx context.Context, c Conn) (bool, error) { return x.state().Begun(ctx, c) }

// Unfilled returns a [FillingError] of an index that had not Begun when documents were seen that are to be in it: unless
// another transaction has begun it since, with those documents, or beside those of this one.
func (x *Index) Unfilled(ctx context.Context, c Conn) error {
	s := x.state()
	begun, err := s.Begun(ctx, c) // each statement may see more than the one before
	if begun || err != nil {
		return err
	}
	beyond, err := s.Beyond(ctx, c)
	if err == nil && !beyond {
		err = &FillingError{Index: s.Name}
	}
	return err
}

// Complete says that every document is in the index: from now on it is searched.
func (x *Index) Complete(ctx context.Context, db DB) error {
	return upkeep.Complete(ctx, x.state().Index, db)
}

// Quarantine sets pending rows aside that somebody else wrote or changed, by their ids, which a [CorruptError] names in its Rows,
// Stats in Poisoned and Verify in its faults. Nothing is found or flushed while there is one. They stay in
// cellseal_pending, to be looked at, under an idx of −1 − idx, which nothing reads; delete them when you know enough.
//
// What such a row said is lost. It may have been a document's, so every search is a [FillingError] from then on until all
// documents are written again and [Index.Complete] is called: at once, if you know that the rows were added and none was changed.
//
// A row that is in order is an error, and so is one that is not there, and nothing is done then. One under a key that
// this process does not hold is taken for a forgery: call it where the ring is up to date.
func (x *Index) Quarantine(ctx context.Context, db DB, rows ...int64) error {
	return upkeep.Quarantine(ctx, x.state().Index, db, rows)
}

// Drop deletes all of the index, pending rows and pages, in one transaction, and leaves a manifest that names nothing. Whoever
// maintains it at that moment gives up. Every search is a [FillingError] until all documents are written again and
// [Index.Complete] is called.
func (x *Index) Drop(ctx context.Context, db DB) error {
	return upkeep.Drop(ctx, x.state().Index, db)
}
