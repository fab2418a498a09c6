package reseal

import (
	"context"
	"database/sql"
	"database/sql/driver"

	"github.com/cellseal/cellseal/ormhooks/reseal/internal/under"
)

// RowsOptions are what most callers of Rows need not set; nil and the zero value mean the defaults.
type RowsOptions struct {
	// Batch is how many rows are read at a time, 500 by default. They are written one by one, each in
	// a transaction of its own: the application never waits for more than one row.
	Batch int
	// Reindex writes every row again, also those that are right. So a listed index (words, substring, …)
	// that is new, or was dropped, gets the entries of rows that were there before it: nothing but writing a row
	// tells whether it has them. Until that has been done to the end, its searches are a segment.FillingError.
	// One that is dropped or has rows quarantined meanwhile needs another call.
	Reindex bool
	// Progress is told after every batch what was done so far.
	Progress func(Report)
}

// Rows seals every row of a table that is not as it would be written now: of which a cell is not
// under the primary key, or a term is missing, or is not the one that would be written. It writes
// the protected columns through the door, each row in a transaction that has locked it, so what
// others write meanwhile stays. Rows that are right already are read only: it can be called again
// after any error, and goes on.
//
// What is no cell is an [ormhooks.CellError] inside a [RowError], which names the row; with
// sqlcell.Options.Permissive it is taken for plaintext and sealed, and its row gets a row key if it
// has none. Rows of a scope that was destroyed are passed over, and counted. It stops at the first error, with the Report so far.
func Rows(ctx context.Context, db *sql.DB, table string, o *RowsOptions) (Report, error) {
	if o == nil {
		o = &RowsOptions{}
	}
	s := sweep(db, table)
	s.Batch, s.All = o.Batch, o.Reindex
	report := Report{Table: table}
	err := s.Begin(ctx)
	if err == nil {
		err = s.Sealable()
	}
	if err != nil {
		return report, err
	}
	err = s.Each(ctx, func(rows [][]driver.Value) error {
		report.Rows += len(rows)
		err := s.Renew(ctx, rows, &report.Wrote, &report.Destroyed)
		if err == nil && o.Progress != nil {
			o.Progress(report)
		}
		return err
	})
	if err == nil && o.Reindex {
		err = s.Complete(ctx)
	}
	return report, err
}

func sweep(db *sql.DB, table string) *under.Sweep {
	return &under.Sweep{DB: db, Name: table, Fail: func(columns []string, values []any, err error) error {
		return &RowError{Table: table, Row: Key{columns, values}, Err: err}
	}}
}
