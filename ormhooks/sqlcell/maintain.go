package sqlcell

import (
	"context"
	"database/sql"

	"github.com/cellseal/cellseal/ormhooks/internal/door/listed"
	"github.com/cellseal/cellseal/search/segment"
)

// MaintainOptions are what most callers of Maintain need not set; nil and the zero value mean the
// defaults, which are those of package segment.
type MaintainOptions struct {
	segment.MaintainOptions
	// Scopes are the ids of scopes, by kind, for tables whose scope is in the context alone. Where a
	// column names it, they are found in the table.
	Scopes map[string][]string
}

// Maintain does what listed indexes need beside writes and searches: it flushes what is pending, merges,
// and deletes what was replaced, of every such index of the schema. Without it they stay right and become
// slow. Any process may run it, several at once without harm: see [segment.Maintain].
//
//	go sqlcell.Maintain(ctx, db, nil)       // until ctx ends
//	sqlcell.Maintain(ctx, db, &sqlcell.MaintainOptions{MaintainOptions: segment.MaintainOptions{Once: true, Rekey: true}})
//
// With Once it makes one pass and returns its errors; else it returns when ctx ends, and Options.Segments'
// Observer is told of errors. db goes through the door. Where it runs nowhere, the Observer is told of that by searches,
// once more than Options.Segments.AlarmRows rows are pending, and Stats of [Lists] say Overdue.
func Maintain(ctx context.Context, db *sql.DB, o *MaintainOptions) error {
	if o == nil {
		o = &MaintainOptions{}
	}
	return listed.Maintain(ctx, segment.SQL(db), o.MaintainOptions, ErrNoDoor, func(ctx context.Context) ([]*segment.Index, error) {
		return Lists(ctx, db, o.Scopes)
	})
}

// Lists returns the listed indexes of the schema; scopes are those of MaintainOptions. It is for operators:
//
//	lists, err := sqlcell.Lists(ctx, db, nil)
//	stats, err := lists[0].Stats(ctx, segment.SQL(db))             // what is pending, since when, and what of it is forged
//	faults, err := lists[0].Verify(ctx, segment.SQL(db))           // all that is missing or was changed
//	err = lists[0].Quarantine(ctx, segment.SQL(db), faults[0].Row) // a forged row that stops searches and maintenance
//	err = lists[0].Drop(ctx, segment.SQL(db))                      // where a page or the manifest is lost
//	reseal.Rows(ctx, db, "people", &reseal.RowsOptions{Reindex: true})
//
// After the last but one, and after Quarantine, searches are a [segment.FillingError] until Rows has written every row again.
func Lists(ctx context.Context, db *sql.DB, scopes map[string][]string) (all []*segment.Index, err error) {
	over, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer over.Close()
	var failed error
	err = over.Raw(func(driverConn any) error {
		c, ok := driverConn.(*conn)
		if !ok {
			return ErrNoDoor
		}
		all, failed = c.session.Lists(ctx, scopes, nil)
		return nil
	})
	if err == nil {
		err = failed
	}
	return all, err
}
